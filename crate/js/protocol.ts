/**
 * Everything that is said between the page and the engine's worker. Both sides import this file
 * and nothing else of each other.
 *
 * ```text
 * page                      worker
 *        ◀── ready            its script runs and listens
 *  start ──▶
 *        ◀── threadsWanted    (threaded build) its memory, for the page's other workers
 *  threadsRunning ──▶
 *        ◀── started
 *  call, cancel ──▶
 *        ◀── progress, done, failed
 *        ◀── lost             a trap; nothing follows
 * ```
 */

import type { ErrorData } from './errors.js';
import type { Coding, FileGrid } from './formats-protocol.js';
import type {
  BonesParams,
  BonesReport,
  CheckItem,
  ComponentCurve,
  Histogram,
  IntensitySummary,
  LabelMeasures,
  LungMeasures,
  LungsParams,
  LungsReport,
  MaskMeasures,
  Note,
  PhantomOptions,
  PrepareStep,
  RecipeStep,
  ScanInfo,
  SimplifyOptions,
  SurfaceEstimate,
  SurfaceInfo,
  SurfaceOptions,
  ThresholdChoice,
  Triple,
} from './types.js';

/** Names a scan, a mask, a bones run or a surface that the worker holds. */
export type Handle = number;

/** A file on its way in: a `Blob` is read in the worker, piece by piece. */
export interface InputFile {
  readonly name: string;
  readonly data: Blob | ArrayBuffer;
}

/** A scan on disk: one file, or a header with its image. */
export interface InputScan {
  readonly header: InputFile;
  readonly image: InputFile | null;
}

/** Planes that other workers read. */
export interface InputPlanes {
  /** As JSON. */
  readonly plan: string;
  /** Those that have slices. */
  readonly planes: readonly number[];
  /** Each with a worker at its end; see `formats-protocol.ts`. */
  readonly ports: readonly MessagePort[];
}

/** Masks by their labels, and what is to be said of all of them. */
export interface InputLabels {
  readonly masks: readonly {
    readonly label: number;
    readonly colour: string | null;
    readonly mask: Handle;
  }[];
  readonly notes: readonly Note[];
}

/** How a surface is called and what colour it has; `null`: as it is. */
export interface SurfaceLook {
  readonly name: string;
  readonly rgb: Triple | null;
}

/** What a surface is of. */
export type SurfaceOf =
  { readonly scan: Handle; readonly mask: null } | { readonly scan: null; readonly mask: Handle };

/** A surface between the engine and the workers that know files. */
export interface SurfacePart {
  readonly name: string;
  readonly rgb: Triple;
  readonly ctCheck: string;
  readonly positionsRasMm: Float32Array<ArrayBuffer>;
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** A surface that the worker has made. */
export interface MadeSurface {
  readonly surface: Handle;
  readonly info: SurfaceInfo;
}

/** HU = slope · number + intercept. */
export interface Values {
  readonly slope: number;
  readonly intercept: number;
}

/** Request → reply. */
export interface Calls {
  inspect: { args: InputScan; reply: ScanInfo };
  open: { args: InputScan; reply: { scan: Handle; info: ScanInfo } };
  assemble: {
    args: { name: string; input: InputPlanes };
    reply: { scan: Handle; info: ScanInfo };
  };
  openLabels: {
    args: { scan: Handle; input: InputScan; turnOver: boolean };
    reply: InputLabels;
  };
  assembleLabels: {
    args: { scan: Handle; input: InputPlanes; turnOver: boolean; coding: Coding };
    reply: InputLabels;
  };
  phantom: {
    args: {
      readonly options: PhantomOptions;
      /** Where its wasm lies. */
      readonly wasm: string;
    };
    reply: { scan: Handle; bones: Handle; info: ScanInfo };
  };
  check: { args: { scan: Handle }; reply: readonly CheckItem[] };
  intensity: { args: { scan: Handle }; reply: IntensitySummary };
  slab: { args: { scan: Handle; z0: number; n: number }; reply: Int16Array<ArrayBuffer> };
  curve: {
    args: { scan: Handle; neighbourhood: number };
    reply: { curve: ComponentCurve; choice: ThresholdChoice };
  };
  bones: {
    args: { scan: Handle; params: BonesParams };
    reply: { bones: Handle; mask: Handle; report: BonesReport };
  };
  lungs: {
    args: { scan: Handle; params: LungsParams };
    reply: { left: Handle; right: Handle; airways: Handle | null; report: LungsReport };
  };
  measureLungs: { args: { left: Handle; right: Handle }; reply: LungMeasures };
  measureLabels: {
    args: { scan: Handle; labels: readonly { readonly name: string; readonly mask: Handle }[] };
    reply: readonly LabelMeasures[];
  };
  histogram: { args: { scan: Handle; mask: Handle | null; binHu: number }; reply: Histogram };
  prepare: {
    args: { scan: Handle; steps: readonly PrepareStep[]; masks: readonly Handle[] };
    reply: { scan: Handle; masks: readonly Handle[]; info: ScanInfo };
  };
  /** What a dataset says of a scan: its numbers, and how its CT check came out. */
  aboutScan: { args: { scan: Handle }; reply: { values: Values; check: string } };
  /** A slice along a plane, row by row: values, and labels where there are masks. */
  slice: {
    args: { scan: Handle; masks: readonly Handle[]; plane: string; index: number };
    reply: {
      values: Int16Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
      labels: Uint8Array<ArrayBuffer> | null;
    };
  };
  scanToNifti: { args: { scan: Handle }; reply: Uint8Array<ArrayBuffer> };
  recipe: { args: { scan: Handle; steps: readonly RecipeStep[] }; reply: { mask: Handle } };
  setPart: { args: { bones: Handle; id: number; kept: boolean }; reply: BonesReport };
  bits: { args: { mask: Handle; z0: number; n: number }; reply: Uint8Array<ArrayBuffer> };
  measure: { args: { mask: Handle }; reply: MaskMeasures };
  /** Of several masks one label map: 1 is the first. */
  toNifti: { args: { masks: readonly Handle[] }; reply: Uint8Array<ArrayBuffer> };
  /** Slices from `k` on in the order of the scan's file: a byte a voxel. */
  fileSlices: {
    args: { masks: readonly Handle[]; k: number; n: number };
    reply: Uint8Array<ArrayBuffer>;
  };
  fileGrid: { args: { mask: Handle }; reply: FileGrid };
  /** Of a scan, or of a mask; the other is `null`. */
  surface: {
    args: SurfaceOf & { params: Omit<SurfaceOptions, 'name' | 'rgb'>; look: SurfaceLook };
    reply: MadeSurface;
  };
  estimateSurface: {
    args: SurfaceOf & { params: Pick<SurfaceOptions, 'levelHu' | 'capBorder'> };
    reply: SurfaceEstimate;
  };
  simplifySurface: { args: { surface: Handle; options: SimplifyOptions }; reply: MadeSurface };
  /** Without normals where they are not asked for. */
  surfaceMesh: {
    args: { surface: Handle; normals: boolean };
    reply: Omit<SurfacePart, 'name' | 'rgb' | 'ctCheck'> & {
      readonly normals: Float32Array<ArrayBuffer> | null;
    };
  };
  /** Surfaces that other workers read; their arrays are given away. */
  adoptSurfaces: { args: { parts: readonly SurfacePart[] }; reply: readonly MadeSurface[] };
  memory: { args: null; reply: { usedBytes: number; limitBytes: number } };
  release: { args: { handle: Handle }; reply: null };
}

export type CallName = keyof Calls;
export type Args<N extends CallName> = Calls[N]['args'];
export type Reply<N extends CallName> = Calls[N]['reply'];

/** One request, as a union over all names. */
export type Call = { [N in CallName]: { readonly name: N; readonly args: Args<N> } }[CallName];

export type ToWorker =
  | {
      readonly type: 'start';
      /** Where the build lies. The page says so: a worker made of a blob has no address of its own. */
      readonly wasm: string;
      readonly threads: number;
      readonly stops: SharedArrayBuffer | null;
    }
  | { readonly type: 'threadsRunning' }
  | ({
      readonly type: 'call';
      readonly id: number;
      /** See `stops.ts`; `null` where shared memory does it, or where nobody can stop the call. */
      readonly stopUrl: string | null;
    } & Call)
  | { readonly type: 'cancel'; readonly id: number };

export type FromWorker =
  | { readonly type: 'ready' }
  | {
      readonly type: 'threadsWanted';
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
    }
  | { readonly type: 'started'; readonly version: string }
  | {
      readonly type: 'progress';
      readonly id: number;
      readonly stage: string;
      readonly fraction: number;
    }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly value: Reply<CallName>;
      /** Made by this call: released when nobody waits for the reply any more. */
      readonly handles: readonly Handle[];
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'lost'; readonly message: string };

/** What is said to a worker that becomes one of the engine's threads. */
export type ToThread = {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
};

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'running' }
  | { readonly type: 'lost'; readonly message: string };
