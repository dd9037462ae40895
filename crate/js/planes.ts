/** Planes for the engine: the side of the worker that reads them. */

import { Rooms, Stream } from './ahead.js';
import { dataOfError, isLoss } from './errors.js';
import type { PlaneReader } from './formats-core.js';
import type { FromReader, Plan, ToReader } from './formats-protocol.js';
import type { ByteSource } from './generated/single/hounsfield.js';
import { BlobSource } from './source.js';

/** Larger files are read by pieces, when these are asked for. */
const WHOLE_BYTES = 4 * 1024 ** 2;

/** What planes are read from. */
export interface Origin {
  readonly reader: PlaneReader;
  readonly plan: Pick<Plan, 'planes'>;
  /** By their numbers; in Node they are no blobs. */
  readonly sources: readonly ByteSource[];
  /** What the scan is, with notes on planes that were broken. */
  info(broken: string): string;
}

/** Answers the port until it is told to finish. */
export function answer(port: MessagePort, origin: Origin): Promise<void> {
  return new Answers(port, origin).done;
}

/** Planes that were asked for together; their files are on their way. */
interface Run {
  readonly planes: readonly number[];
  readonly ahead: Ahead;
}

class Answers {
  readonly done: Promise<void>;
  readonly #port: MessagePort;
  readonly #origin: Origin;
  readonly #files = new Rooms();
  /** Memory of planes that the engine has done with. */
  readonly #rooms: ArrayBuffer[] = [];
  readonly #runs: Run[] = [];
  /** Planes that may still be sent before the engine has done with one. */
  #credit = 0;
  #busy = false;
  #wake: () => void = () => undefined;

  constructor(port: MessagePort, origin: Origin) {
    this.#port = port;
    this.#origin = origin;
    this.done = new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        port.close();
        reject(error);
      };
      port.onmessage = ({ data }: MessageEvent<ToReader>) => {
        switch (data.type) {
          case 'read':
            this.#runs.push({ planes: data.planes, ahead: this.#ahead(data.planes) });
            void this.#work().catch(fail);
            return;
          case 'more':
            this.#credit++;
            if (data.room) this.#rooms.push(data.room);
            return this.#wake();
          case 'finish':
            try {
              this.#post({ type: 'info', info: origin.info(JSON.stringify(data.broken)) });
              port.close();
              resolve();
            } catch (error) {
              fail(error);
            }
        }
      };
    });
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let run = this.#runs.shift(); run; run = this.#runs.shift()) {
      for (const k of run.planes) {
        await run.ahead.load(this.#filesOf(k));
        while (this.#credit === 0) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        this.#credit--;
        this.#send(k);
      }
      run.ahead.forget();
    }
    this.#busy = false;
  }

  #send(k: number): void {
    const message = readPlane(this.#origin.reader, k, this.#rooms.pop());
    const transfer = message.type === 'plane' && message.values;
    this.#post(message, transfer ? [transfer.buffer] : []);
  }

  #post(message: FromReader, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #ahead(planes: readonly number[]): Ahead {
    const files = new Set(planes.flatMap((k) => this.#filesOf(k)));
    return new Ahead(files, this.#files);
  }

  /** Files that a plane needs whole, and that are small enough for it. */
  #filesOf(k: number): readonly BlobSource[] {
    const { plan, sources } = this.#origin;
    return (plan.planes[k]?.parts ?? []).flatMap(({ place }) => {
      const source = place.entry === null ? sources[place.file] : null;
      return source instanceof BlobSource && source.byteLength <= WHOLE_BYTES ? [source] : [];
    });
  }
}

/** The files of a run, in memory for as long as one of them is needed after another. */
class Ahead {
  readonly #queue: BlobSource[];
  readonly #stream: Stream;
  readonly #rooms: Rooms;
  readonly #loaded = new Set<BlobSource>();

  constructor(files: ReadonlySet<BlobSource>, rooms: Rooms) {
    this.#queue = [...files];
    this.#stream = new Stream(
      this.#queue.map(({ blob }) => blob),
      rooms,
    );
    this.#rooms = rooms;
  }

  /** Afterwards these are in memory, and no others. */
  async load(wanted: readonly BlobSource[]): Promise<void> {
    for (const file of this.#loaded) if (!wanted.includes(file)) this.#drop(file);
    while (wanted.some((file) => this.#queue.includes(file))) {
      const file = this.#queue.shift();
      const front = await this.#stream.next();
      if (!file || !front) continue;
      file.front = front;
      this.#loaded.add(file);
    }
  }

  forget(): void {
    this.#stream.end();
    for (const file of this.#loaded) this.#drop(file);
  }

  #drop(file: BlobSource): void {
    if (file.front) this.#rooms.give(file.front.buffer);
    file.front = null;
    this.#loaded.delete(file);
  }
}

function readPlane(reader: PlaneReader, k: number, room: ArrayBuffer | undefined): FromReader {
  try {
    return { type: 'plane', k, values: reader.plane(k, room) ?? null };
  } catch (error) {
    if (isLoss(error)) throw error;
    const data = dataOfError(error);
    return {
      type: 'broken',
      broken: { k, name: reader.name(k), reason: data.message },
      error: data,
    };
  }
}
