import { Rooms, readFronts } from './ahead.js';
import { LIMIT_BYTES } from './budget.js';
import { HounsfieldError, dataOfError, isLoss, wordsOf } from './errors.js';
import type {
  Catalogue,
  Codecs,
  DataFile,
  DatasetWriter,
  DecodeFrame,
  Files,
  Formats,
  FormatsBuild,
  SegNrrdWriter,
  SegWriter,
  SurfaceFile,
  SurfaceParts,
} from './formats-core.js';
import type {
  FormatsArgs,
  FormatsCall,
  FormatsCallName,
  FormatsReply,
  FromFormats,
  Plan,
  ToFormats,
  Wasm,
} from './formats-protocol.js';
import type { ByteSource } from './generated/single/hounsfield.js';
import { answer } from './planes.js';
import type { SurfacePart } from './protocol.js';
import { BlobSource, byteSource } from './source.js';

/** The worker's end of the line; browsers and Node differ in it. */
export interface FormatsLine {
  post(message: FromFormats, transfer?: Transferable[]): void;
  listen(handler: (message: ToFormats) => void): void;
}

/** What a call gives back. */
interface Outcome<N extends FormatsCallName> {
  readonly value: FormatsReply<N>;
  readonly transfer?: Transferable[];
}

/** Each call by its name; calls are short, so that nothing has to wait or be stopped here. */
type Performers = {
  readonly [N in FormatsCallName]: (args: FormatsArgs<N>) => Outcome<N> | Promise<Outcome<N>>;
};

/** Holds the header of nearly every file; of the others more is read when it is asked for. */
const HEADER_BYTES = 16 * 1024;

/** Runs the side of a worker that reads files. */
export function serveFormats(line: FormatsLine, build: FormatsBuild): void {
  new FormatsHost(line, build).listen();
}

class FormatsHost {
  readonly #line: FormatsLine;
  readonly #build: FormatsBuild;
  #loaded: { readonly formats: Formats; readonly memory: WebAssembly.Memory } | null = null;
  #given: { readonly files: Files; readonly sources: readonly ByteSource[] } | null = null;
  #codecs: { readonly codecs: Codecs; readonly module: WebAssembly.Module } | null = null;
  /** A frame's samples between two wasm memories: fresh memory for each would pile up. */
  #samples: Uint8Array<ArrayBuffer> = new Uint8Array();
  #catalogue: Catalogue | null = null;
  #writer: SegNrrdWriter | SegWriter | null = null;
  #dataset: DatasetWriter | null = null;
  #surfaces: SurfaceFile | null = null;
  readonly #fronts = new Rooms();

  constructor(line: FormatsLine, build: FormatsBuild) {
    this.#line = line;
    this.#build = build;
  }

  listen(): void {
    this.#line.listen((message) => {
      const work =
        message.type === 'start' ? this.#start(message.wasm) : this.#run(message.id, message);
      void work.catch((error: unknown) => this.#lose(error));
    });
    this.#line.post({ type: 'ready' });
  }

  async #start(wasm: Wasm): Promise<void> {
    const { formats, module, memory } = await this.#build.formats(wasm);
    this.#loaded = { formats, memory };
    this.#line.post({ type: 'started', module });
  }

  async #run(id: number, call: FormatsCall): Promise<void> {
    // Name and arguments belong together by the type of `FormatsCall`; TypeScript cannot follow
    // that through the table.
    const performer = this.#performers[call.name] as (
      args: FormatsCall['args'],
    ) => Outcome<FormatsCallName> | Promise<Outcome<FormatsCallName>>;
    try {
      const { value, transfer } = await performer(call.args);
      this.#line.post({ type: 'done', id, value }, transfer);
    } catch (error) {
      if (isLoss(error)) throw error;
      this.#line.post({ type: 'failed', id, error: dataOfError(error) });
    }
  }

  readonly #performers: Performers = {
    files: ({ files }) => {
      this.#forget();
      const sources = files.map(({ data }) => byteSource(data));
      const names = files.map(({ name }) => name);
      this.#given = { files: new (this.#need().formats.Files)(names, sources), sources };
      return { value: null };
    },

    rest: () => {
      this.#forget();
      return { value: this.#need().memory.buffer.byteLength };
    },

    scan: async ({ first, end }) => {
      const { files, sources } = this.#have();
      const blobs = sources.slice(first, end).filter((source) => source instanceof BlobSource);
      const forget = await readFronts(blobs, HEADER_BYTES, this.#fronts);
      const lists: string[] = [];
      for (let file = first; file < end; file++) lists.push(files.scan(file, LIMIT_BYTES));
      forget();
      // Each is a JSON list: their insides make one.
      const items = lists.map((list) => list.slice(1, -1)).filter((inside) => inside !== '');
      return { value: `[${items.join(',')}]` };
    },

    catalogue: ({ items }) => {
      this.#catalogue?.free();
      this.#catalogue = new (this.#need().formats.Catalogue)([...items]);
      return { value: this.#catalogue.listing() };
    },

    plan: ({ series, options }) => {
      if (!this.#catalogue) throw new TypeError('a plan without a catalogue');
      const plan = this.#catalogue.plan(series, JSON.stringify(options));
      return { value: { plan, info: this.#need().formats.planInfo(plan) } };
    },

    codecs: async ({ wasm }) => {
      this.#codecs ??= await this.#build.codecs(wasm);
      return { value: this.#codecs.module };
    },

    read: async ({ plan, port }) => {
      const { formats } = this.#need();
      const { files, sources } = this.#have();
      const reader = new formats.PlaneReader(files, plan, this.#decode);
      await answer(port, {
        reader,
        plan: JSON.parse(plan) as Plan,
        sources,
        info: (broken) => formats.noteBroken(plan, broken),
      });
      reader.free();
      this.#samples = new Uint8Array();
      return { value: null };
    },

    bytes: ({ place }) => {
      const { files } = this.#have();
      const at = JSON.stringify(place);
      const value = roomFor(files.byteLength(at, LIMIT_BYTES), 'a file of an archive');
      files.read(at, value);
      return { value, transfer: [value.buffer] };
    },

    exportStart: (start) => {
      const { formats } = this.#need();
      const segments = JSON.stringify(start.segments);
      this.#writer?.free();
      this.#writer =
        start.as === 'nrrd'
          ? new formats.SegNrrdWriter(JSON.stringify(start.grid), segments)
          : new formats.SegWriter(
              this.#have().files,
              start.plan,
              segments,
              start.remark,
              start.now,
            );
      return { value: null };
    },

    exportPut: ({ k, slices }) => {
      this.#writer?.put(k, slices);
      return { value: null };
    },

    exportFinish: () => {
      if (!this.#writer) throw new TypeError('an export that was not started');
      const value = this.#writer.finish();
      this.#writer = null;
      return { value, transfer: [value.buffer] };
    },

    datasetStart: ({ options, steps, labels, about, zip }) => {
      this.#dataset?.free();
      this.#dataset = null;
      this.#dataset = new (this.#need().formats.DatasetWriter)(
        JSON.stringify(options),
        JSON.stringify(steps),
        JSON.stringify(labels),
        JSON.stringify(about),
        zip,
      );
      return { value: null };
    },

    datasetPut: ({ number, values, labels }) => {
      const writer = this.#needDataset();
      return filesFrom(
        values instanceof Int16Array
          ? writer.putI16(number, values, labels)
          : writer.putF32(number, values, labels),
      );
    },

    datasetFinish: () => {
      const writer = this.#needDataset();
      // Finishing takes it, whatever comes of it.
      this.#dataset = null;
      return filesFrom(writer.finish());
    },

    surfacesStart: ({ format }) => {
      this.#surfaces?.free();
      this.#surfaces = null;
      this.#surfaces = new (this.#need().formats.SurfaceFile)(format);
      return { value: null };
    },

    surfacesPut: ({ name, rgb, ctCheck, positionsRasMm, indices }) => {
      this.#needSurfaces().put(name, Uint8Array.from(rgb), ctCheck, positionsRasMm, indices);
      return { value: null };
    },

    surfacesFinish: () => {
      const file = this.#needSurfaces();
      // Finishing takes it, whatever comes of it.
      this.#surfaces = null;
      const value = file.finish();
      return { value, transfer: [value.buffer] };
    },

    surfaces: () => partsFrom(new (this.#need().formats.SurfaceParts)(this.#have().files)),
  };

  #needSurfaces(): SurfaceFile {
    if (!this.#surfaces) throw new TypeError('a file of surfaces that was not started');
    return this.#surfaces;
  }

  #needDataset(): DatasetWriter {
    if (!this.#dataset) throw new TypeError('a dataset that was not started');
    return this.#dataset;
  }

  /** Carries a frame to the decoders. When they trap, the frame is broken and they start afresh. */
  readonly #decode: DecodeFrame = (codec, frame, shape) => {
    if (!this.#codecs) throw new TypeError('this plan came without its decoders');
    try {
      const samples = this.#codecs.codecs.decodeFrame(codec, frame, shape);
      try {
        const { byteLength } = samples;
        if (this.#samples.length < byteLength) {
          this.#samples = roomFor(byteLength, "a frame's samples");
        }
        const copied = this.#samples.subarray(0, byteLength);
        samples.copyTo(copied);
        return copied;
      } finally {
        samples.free();
      }
    } catch (error) {
      if (!isLoss(error)) throw error;
      this.#build.resetCodecs();
      throw new HounsfieldError('damaged', `the decoder gave up (${wordsOf(error)})`);
    }
  };

  #need(): { readonly formats: Formats; readonly memory: WebAssembly.Memory } {
    if (!this.#loaded) throw new TypeError('called before it was started');
    return this.#loaded;
  }

  #have(): { readonly files: Files; readonly sources: readonly ByteSource[] } {
    if (!this.#given) throw new TypeError('called before it was given files');
    return this.#given;
  }

  #forget(): void {
    this.#writer?.free();
    this.#dataset?.free();
    this.#surfaces?.free();
    this.#catalogue?.free();
    this.#given?.files.free();
    this.#writer = this.#dataset = this.#surfaces = this.#catalogue = this.#given = null;
  }

  #lose(error: unknown): void {
    this.#loaded = null;
    this.#line.post({ type: 'lost', message: wordsOf(error) });
  }
}

/** Files that wasm made, as they are sent. */
function filesFrom(made: readonly DataFile[]): {
  readonly value: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
  readonly transfer: Transferable[];
} {
  const value = made.map((file) => {
    const [name, bytes] = [file.name(), file.takeBytes()];
    file.free();
    return { name, bytes };
  });
  return { value, transfer: value.map(({ bytes }) => bytes.buffer) };
}

/** Surfaces that wasm read, as they are sent. */
function partsFrom(parts: SurfaceParts): {
  readonly value: readonly SurfacePart[];
  readonly transfer: Transferable[];
} {
  const value: SurfacePart[] = [];
  while (parts.next()) {
    const [red = 0, green = 0, blue = 0] = parts.rgb();
    const [name, positionsRasMm, indices] = [parts.name(), parts.positions(), parts.indices()];
    const ctCheck = parts.ctCheck();
    value.push({ name, rgb: [red, green, blue], ctCheck, positionsRasMm, indices });
  }
  parts.free();
  const transfer = value.flatMap(({ positionsRasMm, indices }) => [
    positionsRasMm.buffer,
    indices.buffer,
  ]);
  return { value, transfer };
}

function roomFor(bytes: number, what: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch {
    const sentence = `out of memory: ${bytes} more bytes were needed for ${what}`;
    throw new HounsfieldError('out_of_memory', sentence);
  }
}
