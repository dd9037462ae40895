import type {
  Assembly,
  Bones,
  ByteSource,
  Labels,
  Mask,
  Masks,
  OnProgress,
  Scan,
  Surface,
  TakePiece,
} from './generated/single/hounsfield.js';

import type { Phantom } from './generated/phantom/hounsfield.js';

export type { Assembly, Bones, Labels, Mask, Masks, OnProgress, Phantom, Scan, Surface, TakePiece };

/** What both wasm builds offer. */
export interface Core {
  inspect(header: ByteSource): string;
  version(): string;
  readonly Scan: {
    open(
      header: ByteSource,
      image: ByteSource | null,
      memoryBytes: number,
      onProgress: OnProgress,
    ): Scan;
  };
  readonly Assembly: new (
    fileSize: Uint32Array,
    rasFromFile: Float64Array,
    asF32: boolean,
    fill: number,
    memoryBytes: number,
  ) => Assembly;
  readonly Masks: new () => Masks;
  readonly Surface: new (
    name: string,
    rgb: Uint8Array,
    ctCheck: string,
    positionsRasMm: Float32Array,
    indices: Uint32Array,
  ) => Surface;
}

/** What the phantom's wasm offers. */
export interface PhantomCore {
  readonly Phantom: { render(options: string, onProgress: OnProgress): Phantom };
}

/** A build that is loaded and can be called. */
export interface Instance {
  readonly core: Core;
  readonly memory: WebAssembly.Memory;
}

/** How a worker gets its build. */
export interface Build {
  load(wasm: string): Promise<Instance>;
  /** Lends the phantom's wasm, which is fetched now and forgotten afterwards with its memory. */
  withPhantom<T>(wasm: string, use: (core: PhantomCore) => T): Promise<T>;
  /** The threaded build's: what other workers need to join, and the call that makes them a pool. */
  readonly threads?: {
    module(): WebAssembly.Module;
    start(count: number): void;
  };
}
