/** The engine's side of planes that other workers read. */

import { admit, leftBytes } from './budget.js';
import type { Assembly } from './core.js';
import { HounsfieldError } from './errors.js';
import type { Broken, FromReader, ToReader } from './formats-protocol.js';
import type { Context } from './performer.js';
import type { InputPlanes } from './protocol.js';
import type { ScanInfo, Triple } from './types.js';

/** What the engine goes by in a plan. */
interface Volume {
  readonly info: Gathered;
  readonly fileSize: Triple;
  readonly rasFromFile: readonly (readonly number[])[];
  /** Where there is no plane. */
  readonly fill: number;
  /** Are all planes one stream, to be read in order? */
  readonly sequential: boolean;
}

/** But for what only the engine knows; how it is held is a forecast. */
export type Gathered = Omit<ScanInfo, 'name' | 'peakBytes' | 'limitBytes'>;

/**
 * Planes that one worker may send before the first of them is in the volume: some that are on their
 * way while another is decoded, and no more, however slow this worker is.
 */
const ON_THEIR_WAY = 3;

/** Planes that one worker is asked for at a time: it reads ahead so far. */
const RUN_PLANES = 16;

/**
 * Asks the workers at the ports for every plane and puts each to its place. Planes that cannot be
 * read stay empty and are named; only when none can be read, or when all are one stream, is that an
 * error. Reports stage "reading".
 */
export async function gather(
  { plan, planes, ports }: InputPlanes,
  context: Context,
): Promise<{ assembly: Assembly; info: Gathered }> {
  const { instance, store } = context;
  let assembly: Assembly | null = null;
  try {
    const { info, fileSize, rasFromFile, fill, sequential } = JSON.parse(plan) as Volume;
    admit(info.volumeBytes, store);
    assembly = new instance.core.Assembly(
      Uint32Array.from(fileSize),
      Float64Array.from(rasFromFile.flat()),
      info.heldAs === 'f32',
      fill,
      leftBytes(store),
    );
    const noted = await fillWith(assembly, planes, ports, context, sequential);
    return { assembly, info: JSON.parse(noted) as Gathered };
  } catch (error) {
    assembly?.free();
    throw error;
  } finally {
    for (const port of ports) port.close();
  }
}

/** Resolves to the scan's info, as JSON. */
function fillWith(
  assembly: Assembly,
  planes: readonly number[],
  ports: readonly MessagePort[],
  { onReport, cancelled }: Context,
  isOneStream: boolean,
): Promise<string> {
  const broken: Broken[] = [];
  const queue = [...planes];
  /** Planes that are in the volume. */
  let placed: number[] = [];
  let [asked, done] = [0, 0];
  /** Planes that each worker still has to send. */
  const owed = new Map(ports.map((port) => [port, 0]));
  const ask = (port: MessagePort): void => {
    // Shorter ones towards the end, so that all workers end together.
    const fair = Math.ceil((queue.length - asked) / (4 * ports.length));
    const run = queue.slice(asked, asked + Math.min(RUN_PLANES, fair));
    if (run.length === 0) return;
    asked += run.length;
    owed.set(port, (owed.get(port) ?? 0) + run.length);
    port.postMessage({ type: 'read', planes: run } satisfies ToReader);
  };
  const more = (port: MessagePort, room: ArrayBuffer | null): void =>
    port.postMessage({ type: 'more', room } satisfies ToReader, room ? [room] : []);
  const finish = (): void => {
    broken.sort((a, b) => a.k - b.k);
    ports[0]?.postMessage({ type: 'finish', broken } satisfies ToReader);
  };

  return new Promise((resolve, reject) => {
    const settle = (message: FromReader, port: MessagePort): void => {
      if (message.type === 'info') return resolve(message.info);
      if (message.type === 'plane') {
        if (!put(assembly, message.k, message.values)) {
          // The first that does not fit into 16 bits: the volume began anew.
          queue.push(...placed);
          placed = [];
        }
        placed.push(message.k);
      } else {
        broken.push(message.broken);
        // A stream that is cut has nothing behind the cut: half a scan would look like a whole one.
        if (isOneStream) throw new HounsfieldError(message.error.code, message.error.message);
        if (broken.length === planes.length) throw allBroken(message.error, planes.length);
      }
      done++;
      onReport('reading', done / queue.length);
      if (done === queue.length) return finish();
      more(port, (message.type === 'plane' && message.values?.buffer) || null);
      const left = (owed.get(port) ?? 0) - 1;
      owed.set(port, left);
      // The next run's files are read while the planes of this one come.
      if (left <= ON_THEIR_WAY) ask(port);
    };
    cancelled.addEventListener('abort', () => reject(stopped()), { once: true });
    for (const port of ports) {
      port.onmessage = ({ data }: MessageEvent<FromReader>) => {
        try {
          settle(data, port);
        } catch (error) {
          reject(error);
        }
      };
    }
    onReport('reading', 0);
    if (cancelled.aborted) return reject(stopped());
    if (planes.length === 0) return finish();
    for (const port of ports) for (let n = 0; n < ON_THEIR_WAY; n++) more(port, null);
    ports.forEach(ask);
    // A second run, where the first is short: nobody waits for the next question.
    for (const port of ports) if ((owed.get(port) ?? 0) < ON_THEIR_WAY) ask(port);
  });
}

/** `false`: all planes before it must be put again. */
function put(
  assembly: Assembly,
  k: number,
  values: Extract<FromReader, { type: 'plane' }>['values'],
): boolean {
  if (values instanceof Int16Array) return assembly.putI16(k, values);
  return values === null || assembly.putF32(k, values);
}

function allBroken(
  { code, message }: { code: string; message: string },
  count: number,
): HounsfieldError {
  if (count === 1) return new HounsfieldError(code, message);
  return new HounsfieldError(
    code,
    `none of the ${count} slices can be read; the last one said: ${message}`,
  );
}

function stopped(): HounsfieldError {
  return new HounsfieldError('stopped', 'Stopped on request.');
}
