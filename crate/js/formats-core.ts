import type {
  Catalogue,
  DataFile,
  DatasetWriter,
  DecodeFrame,
  Files,
  PlaneReader,
  SegNrrdWriter,
  SegWriter,
  SurfaceFile,
  SurfaceParts,
} from './generated/formats/hounsfield.js';
import type { ByteSource } from './generated/single/hounsfield.js';
import type { Wasm } from './formats-protocol.js';

export type {
  Catalogue,
  DataFile,
  DatasetWriter,
  DecodeFrame,
  Files,
  PlaneReader,
  SegNrrdWriter,
  SegWriter,
  SurfaceFile,
  SurfaceParts,
};

/** What the wasm of the formats offers. */
export interface Formats {
  readonly Files: new (names: string[], sources: ByteSource[]) => Files;
  readonly Catalogue: new (items: string[]) => Catalogue;
  readonly PlaneReader: new (files: Files, plan: string, decode: DecodeFrame) => PlaneReader;
  readonly SegNrrdWriter: new (grid: string, segments: string) => SegNrrdWriter;
  readonly SegWriter: new (
    files: Files,
    plan: string,
    segments: string,
    remark: string,
    now: string,
  ) => SegWriter;
  readonly DatasetWriter: new (
    options: string,
    steps: string,
    labels: string,
    about: string,
    zip: boolean,
  ) => DatasetWriter;
  readonly SurfaceFile: new (format: string) => SurfaceFile;
  readonly SurfaceParts: new (files: Files) => SurfaceParts;
  planInfo(plan: string): string;
  noteBroken(plan: string, broken: string): string;
}

/** What the wasm of the decoders offers. */
export interface Codecs {
  decodeFrame(codec: string, frame: Uint8Array, shape: string): Samples;
}

/** What came of a frame, in the decoders' memory. */
export interface Samples {
  readonly byteLength: number;
  copyTo(into: Uint8Array): void;
  free(): void;
}

/** How a worker gets its wasm. */
export interface FormatsBuild {
  formats(wasm: Wasm): Promise<{
    formats: Formats;
    module: WebAssembly.Module;
    memory: WebAssembly.Memory;
  }>;
  codecs(wasm: Wasm): Promise<{ codecs: Codecs; module: WebAssembly.Module }>;
  /** Makes the decoders as if they had never run: after a trap. */
  resetCodecs(): void;
}
