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
 * Planes that one worker may be asked for before the first of them is in the volume: one that is
 * decoded while the other is on its way, and no more, however slow this worker is.
 */
const ON_THEIR_WAY = 2;

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
  { onProgress, cancelled }: Context,
  isOneStream: boolean,
): Promise<string> {
  const broken: Broken[] = [];
  let [asked, done] = [0, 0];
  const ask = (port: MessagePort): void => {
    const k = planes[asked++];
    if (k !== undefined) port.postMessage({ type: 'read', k } satisfies ToReader);
  };
  const finish = (): void => {
    broken.sort((a, b) => a.k - b.k);
    ports[0]?.postMessage({ type: 'finish', broken } satisfies ToReader);
  };

  return new Promise((resolve, reject) => {
    const settle = (message: FromReader, port: MessagePort): void => {
      if (message.type === 'info') return resolve(message.info);
      if (message.type === 'plane') put(assembly, message.k, message.values);
      else {
        broken.push(message.broken);
        // A stream that is cut has nothing behind the cut: half a scan would look like a whole one.
        if (isOneStream) throw new HounsfieldError(message.error.code, message.error.message);
        if (broken.length === planes.length) throw allBroken(message.error, planes.length);
      }
      done++;
      if (onProgress('reading', done / planes.length)) throw stopped();
      if (done === planes.length) finish();
      else ask(port);
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
    if (onProgress('reading', 0) || cancelled.aborted) return reject(stopped());
    if (planes.length === 0) return finish();
    for (let n = 0; n < ON_THEIR_WAY; n++) ports.forEach(ask);
  });
}

function put(
  assembly: Assembly,
  k: number,
  values: Extract<FromReader, { type: 'plane' }>['values'],
): void {
  if (values instanceof Int16Array) assembly.putI16(k, values);
  else if (values) assembly.putF32(k, values);
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
