import type { Build, Instance } from './core.js';
import { HounsfieldError, dataOfError, isLoss, wordsOf } from './errors.js';
import { perform } from './perform.js';
import type { Context } from './performer.js';
import type { Call, FromWorker, ToWorker } from './protocol.js';
import { StopWatch, type IsGone } from './stops.js';
import { Store } from './store.js';

/** The worker's end of the line; browsers and Node differ in it. */
export interface Line {
  post(message: FromWorker, transfer?: Transferable[]): void;
  listen(handler: (message: ToWorker) => void): void;
  /** Looks whether an address still works; where shared memory is always there nobody asks. */
  readonly isGone: IsGone;
}

/** A report is sent when the stage changes, or this long after the one before. */
const REPORT_EVERY_MS = 40;

/**
 * Runs the worker's side of the protocol: one call after another, in the order they came. Between
 * calls (and between the steps of a recipe) messages are let in, so a call that was cancelled
 * while it waited is never begun.
 */
export function serve(line: Line, build: Build): void {
  new Host(line, build).listen();
}

class Host {
  readonly #line: Line;
  readonly #build: Build;
  readonly #store = new Store();
  readonly #queue: (Call & { id: number; stopUrl: string | null })[] = [];
  readonly #cancelled = new Set<number>();
  readonly #breath = new MessageChannel();
  #instance: Instance | null = null;
  #stops: StopWatch | null = null;
  #threads = 1;
  #busy = false;
  /** The call that runs, and what ends its waiting. */
  #running: { readonly id: number; readonly cancel: AbortController } | null = null;

  constructor(line: Line, build: Build) {
    this.#line = line;
    this.#build = build;
  }

  listen(): void {
    this.#line.listen((message) => {
      switch (message.type) {
        case 'start':
          this.#threads = message.threads;
          this.#stops = new StopWatch(message.stops, this.#line.isGone);
          void this.#load(message.wasm).catch((error: unknown) => this.#lose(error));
          break;
        case 'threadsRunning':
          this.#started();
          break;
        case 'cancel':
          this.#cancelled.add(message.id);
          if (this.#running?.id === message.id) this.#running.cancel.abort(stopped());
          break;
        case 'call':
          this.#queue.push(message);
          void this.#drain();
          break;
      }
    });
    this.#line.post({ type: 'ready' });
  }

  async #load(wasm: string): Promise<void> {
    this.#instance = await this.#build.load(wasm);
    if (!this.#build.threads) return this.#started();
    this.#line.post({
      type: 'threadsWanted',
      module: this.#build.threads.module(),
      memory: this.#instance.memory,
    });
  }

  #started(): void {
    try {
      this.#build.threads?.start(this.#threads);
      if (!this.#instance) throw new TypeError('started before it was loaded');
      this.#line.post({ type: 'started', version: this.#instance.core.version() });
    } catch (error) {
      this.#lose(error);
    }
  }

  async #drain(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      await this.#breathe();
      if (!this.#cancelled.delete(next.id)) await this.#run(next.id, next.stopUrl, next);
    }
    // Nothing waits, so what is left here are cancels of calls that were done already.
    this.#cancelled.clear();
    this.#busy = false;
  }

  async #run(id: number, stopUrl: string | null, call: Call): Promise<void> {
    const instance = this.#instance;
    if (!instance) return;
    const cancel = new AbortController();
    this.#running = { id, cancel };
    try {
      const {
        value,
        handles = [],
        transfer,
      } = await perform(call, this.#context(id, stopUrl, instance, cancel.signal));
      this.#line.post({ type: 'done', id, value, handles }, transfer);
    } catch (error) {
      if (isLoss(error)) this.#lose(error);
      else this.#line.post({ type: 'failed', id, error: dataOfError(error) });
    } finally {
      this.#running = null;
    }
  }

  #context(
    id: number,
    stopUrl: string | null,
    instance: Instance,
    cancelled: AbortSignal,
  ): Context {
    const mustStop = this.#stops?.watch(id, stopUrl) ?? (() => false);
    let stageBefore = '';
    let reportedAt = 0;
    const onReport = (stage: string, fraction: number): number => {
      const now = performance.now();
      if (stage !== stageBefore || now - reportedAt >= REPORT_EVERY_MS) {
        stageBefore = stage;
        reportedAt = now;
        this.#line.post({ type: 'progress', id, stage, fraction });
      }
      return now;
    };
    return {
      instance,
      withPhantom: this.#build.withPhantom,
      store: this.#store,
      onProgress: (stage, fraction) => mustStop(onReport(stage, fraction)),
      onReport,
      cancelled,
      checkpoint: async () => {
        await this.#breathe();
        cancelled.throwIfAborted();
      },
    };
  }

  /** A turn of the event loop: messages that have arrived are handled before it ends. */
  #breathe(): Promise<void> {
    const { port1, port2 } = this.#breath;
    return new Promise((resolve) => {
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
  }

  #lose(error: unknown): void {
    this.#queue.length = 0;
    this.#instance = null;
    this.#line.post({ type: 'lost', message: wordsOf(error) });
  }
}

function stopped(): HounsfieldError {
  return new HounsfieldError('stopped', 'Stopped on request.');
}
