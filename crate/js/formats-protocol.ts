/**
 * Everything that is said to the workers that read files of other formats than NIfTI. The page starts
 * some, as many as help, and ends them when nothing is left to read. They need no shared memory.
 *
 * ```text
 * page                      formats worker                       engine's worker
 *        ◀── ready            its script runs and listens
 *  start ──▶                  its wasm
 *        ◀── started          the compiled module, for the next workers
 *  call ──▶                   the first gives the files, the last takes them away
 *        ◀── done, failed
 *        ◀── lost             a trap; nothing follows
 *
 *  read (with a port) ──▶
 *                                     ◀── read ─────  these planes, please: their files are read ahead
 *                                     ◀── more ─────  one may be sent, in the memory of one before
 *                                     ── plane ─────▶ its values, given away
 *                                     ── broken ────▶ why it has none
 *                                     ◀── finish ───  these planes were broken
 *                                     ── info ──────▶ what the scan is, with notes on them
 * ```
 */

import type { ErrorData } from './errors.js';
import type { InputFile, SurfacePart, Values } from './protocol.js';
import type {
  Anatomy,
  DataFile,
  OpenOptions,
  PrepareStep,
  SurfaceFormat,
  Triple,
} from './types.js';

/** Where an item's bytes are. */
export interface Place {
  /** Which of the files that were given. */
  readonly file: number;
  /** Which entry, where the file is an archive. */
  readonly entry: number | null;
}

/** A slice that a plane is made of. */
export interface Part {
  readonly place: Place;
  readonly frame?: number;
}

/** What the page goes by in a plan; the rest is between the workers. */
export interface Plan {
  readonly reader: 'dicom' | 'nifti' | 'nrrd' | 'metaImage' | 'picture';
  readonly header?: Place | null;
  readonly planes: readonly { readonly parts?: readonly Part[] }[];
  /** Must planes be read in order, by one reader? */
  readonly sequential: boolean;
  readonly needsCodecs: boolean;
  /** What the values are, where pictures hold labels. */
  readonly labels?: Coding | null;
  /** The colours of these labels by their numbers, where pictures have one palette. */
  readonly palette?: readonly Triple[];
}

/** What values of labels are; the core knows more of it. */
export type Coding = 'labels' | 'grey' | 'colours' | 'lossy';

/** A plane that could not be read. */
export interface Broken {
  readonly k: number;
  /** Of its file. */
  readonly name: string;
  readonly reason: string;
}

export type PlanOptions = Pick<OpenOptions, 'gaps' | 'tilt' | 'spacingMm' | 'turnOver'> & {
  /** Do pictures hold labels? */
  readonly labels?: boolean;
};

/** What a mask is written as. */
export interface Segment {
  /** Empty: that of `anatomy`. */
  readonly name: string;
  readonly anatomy: Anatomy;
}

/** Where a mask lies in the order of its scan's file, and what is to be said beside it. */
export interface FileGrid {
  readonly fileSize: Triple;
  readonly rasFromFile: readonly (readonly number[])[];
  /** How the CT check came out, in a line. */
  readonly remark: string;
}

/** An export begins with this; slices of labels follow, of which 1 is the first segment's. */
export type ExportStart =
  | { readonly as: 'nrrd'; readonly grid: FileGrid; readonly segments: readonly Segment[] }
  | {
      readonly as: 'dicomSeg';
      readonly plan: string;
      readonly remark: string;
      readonly segments: readonly Segment[];
      /** By the page's clock, `YYYYMMDDHHMMSS`. */
      readonly now: string;
    };

/** A dataset begins with this; the shapes are those of `formats/src/dataset`. */
export interface DatasetStart {
  readonly options: {
    readonly format: string;
    readonly plane: string;
    readonly window: { readonly centreHu: number; readonly widthHu: number } | null;
    readonly palette: boolean;
  };
  readonly steps: readonly PrepareStep[];
  readonly labels: readonly {
    readonly value: number;
    readonly name: string;
    readonly rgb: readonly number[];
  }[];
  readonly about: {
    readonly id: string;
    readonly original: string;
    readonly sizeVoxel: Triple;
    readonly rasFromVoxel: readonly (readonly number[])[];
    readonly values: Values;
    readonly check: string;
  };
  /** Pieces of one zip instead of files. */
  readonly zip: boolean;
}

/** A module, or where it lies. */
export type Wasm = WebAssembly.Module | string;

/** Request → reply. */
export interface FormatsCalls {
  /** What all other calls are about; the worker forgets what it had before. */
  files: { args: { files: readonly InputFile[] }; reply: null };
  /** Forgets the files: how much memory it holds without them. */
  rest: { args: null; reply: number };
  /** What is in the files from `first` up to, but without, `end`: items as JSON. */
  scan: { args: { first: number; end: number }; reply: string };
  /** Groups items, and keeps them for `plan`: a listing as JSON. */
  catalogue: { args: { items: readonly string[] }; reply: string };
  /** The volume to be, and what is to be said about it; both as JSON. */
  plan: {
    args: { series: string; options: PlanOptions };
    reply: { plan: string; info: string };
  };
  /** The decoders, which not every scan needs. */
  codecs: { args: { wasm: Wasm }; reply: WebAssembly.Module };
  /** Answers the port until it is told to finish. */
  read: { args: { plan: string; port: MessagePort }; reply: null };
  /** A file's bytes, unpacked. */
  bytes: { args: { place: Place }; reply: Uint8Array<ArrayBuffer> };
  exportStart: { args: ExportStart; reply: null };
  /** Slices from `k` on in the file's order: a byte a voxel. */
  exportPut: { args: { k: number; slices: Uint8Array<ArrayBuffer> }; reply: null };
  /** A dataset of one case; slices follow, in order. */
  datasetStart: { args: DatasetStart; reply: null };
  datasetPut: {
    args: {
      number: number;
      values: Int16Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
      labels: Uint8Array<ArrayBuffer> | null;
    };
    reply: readonly DataFile[];
  };
  datasetFinish: { args: null; reply: readonly DataFile[] };
  exportFinish: { args: null; reply: Uint8Array<ArrayBuffer> };
  /** A file of surfaces begins; its parts follow. */
  surfacesStart: { args: { format: SurfaceFormat }; reply: null };
  surfacesPut: { args: SurfacePart; reply: null };
  surfacesFinish: { args: null; reply: Uint8Array<ArrayBuffer> };
  /** The surfaces of the file that was given. */
  surfaces: { args: null; reply: readonly SurfacePart[] };
}

export type FormatsCallName = keyof FormatsCalls;
export type FormatsArgs<N extends FormatsCallName> = FormatsCalls[N]['args'];
export type FormatsReply<N extends FormatsCallName> = FormatsCalls[N]['reply'];

/** One request, as a union over all names. */
export type FormatsCall = {
  [N in FormatsCallName]: { readonly name: N; readonly args: FormatsArgs<N> };
}[FormatsCallName];

export type ToFormats =
  | { readonly type: 'start'; readonly wasm: Wasm }
  | ({ readonly type: 'call'; readonly id: number } & FormatsCall);

export type FromFormats =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly module: WebAssembly.Module }
  | { readonly type: 'done'; readonly id: number; readonly value: FormatsReply<FormatsCallName> }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'lost'; readonly message: string };

/** Said by the engine's worker over a port. */
export type ToReader =
  | { readonly type: 'read'; readonly planes: readonly number[] }
  /** `room`: the memory of a plane of which the values are in the volume. */
  | { readonly type: 'more'; readonly room: ArrayBuffer | null }
  | { readonly type: 'finish'; readonly broken: readonly Broken[] };

export type FromReader =
  | {
      readonly type: 'plane';
      readonly k: number;
      /** `null`: no slice covers it. */
      readonly values: Int16Array<ArrayBuffer> | Float32Array<ArrayBuffer> | null;
    }
  | { readonly type: 'broken'; readonly broken: Broken; readonly error: ErrorData }
  | { readonly type: 'info'; readonly info: string };
