import { createEngine } from 'hounsfield';
import type { Engine, EngineOptions } from 'hounsfield';

import { problemOf } from '../lib/problem.js';
import { get, set } from '../session.js';

/** The engine that is being made or runs; replaced as a whole when it is lost. */
let current: Promise<Engine> | null = null;
let onLost: () => string | null = () => null;

const MEMORY_EVERY_MS = 3000;

/** `lost` is called when the engine dies; it drops its handles and says what was open. */
export function startEngine(options: EngineOptions = {}, lost = onLost): Promise<Engine> {
  onLost = lost;
  set({ engine: { step: 'starting' } });
  // Confined: the policy in index.html is the one its workers obey.
  const starting = createEngine({ ...options, confine: true });
  current = starting;
  starting.then(
    (engine) => {
      set({ engine: { step: 'ready', info: engine.info } });
      void engine.lost.then((error) => loseEngine(starting, error));
    },
    (error: unknown) => loseEngine(starting, error),
  );
  return starting;
}

function loseEngine(which: Promise<Engine>, error: unknown): void {
  if (current !== which) return;
  current = null;
  const problem = problemOf(error, 'Start the engine again. Your settings are kept.');
  set({
    engine: { step: 'lost', problem, reopenName: onLost() },
    memory: null,
  });
}

/** Waits for the start where it is still going on. */
export function theEngine(): Promise<Engine> {
  return current ?? Promise.reject(new Error('The engine has stopped. Start it again first.'));
}

/** The engine's own count, asked for only while somebody can see it. */
export function watchMemory(): () => void {
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking || document.hidden || get().engine.step !== 'ready') return;
    asking = true;
    try {
      set({ memory: await (await theEngine()).memory() });
    } catch {
      // A lost engine is told elsewhere.
    }
    asking = false;
  };
  const timer = setInterval(() => void ask(), MEMORY_EVERY_MS);
  void theEngine().then(ask, () => undefined);
  return () => clearInterval(timer);
}
