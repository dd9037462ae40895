/** The scan and its masks on the card: one R16I texture, one R8UI texture of bits a mask. No copy is kept here. */
import { affineFrom, invert } from './affine.js';
import type { Affine, Vec3 } from './affine.js';
import { bind, texture2d, texture3d, UNIT } from './gl.js';
import { boundsOf, decimated } from './planes.js';
import type { BoxMm } from './planes.js';
import {
  keptCount,
  keptSlices,
  maskRowBytes,
  stepToFit,
  subsampleBits,
  subsampleSlab,
} from './subsample.js';
import { ViewerError } from './types.js';
import type { OpenReport, ViewerVolume } from './types.js';
import type { UploadQueue } from './upload-queue.js';

/** Told which slices of the (thinned) grid changed; `slot` is −1 for the scan itself. */
export type Changed = (slot: number, first: number, end: number) => void;

/** A checked scan geometry, both as given and as held on the card. */
export interface Geometry {
  readonly sizeVoxel: Vec3;
  readonly rasFromVoxel: Affine;
  readonly voxelFromRas: Affine;
  readonly bounds: BoxMm;
  readonly huSlope: number;
  readonly huIntercept: number;
}

/** Refuses impossible volumes at the door. @throws ViewerError `bad-volume`. */
export function geometryOf(volume: ViewerVolume): Geometry {
  const [x, y, z] = volume.sizeVoxel;
  if (![x, y, z].every((n) => Number.isInteger(n) && n >= 1)) {
    throw new ViewerError(
      'bad-volume',
      `sizeVoxel must be three whole numbers ≥ 1, got ${x} × ${y} × ${z}`,
    );
  }
  const huSlope = volume.huSlope ?? 1;
  const huIntercept = volume.huIntercept ?? 0;
  if (!Number.isFinite(huSlope) || huSlope === 0 || !Number.isFinite(huIntercept)) {
    throw new ViewerError(
      'bad-volume',
      `huSlope must be finite and not 0, huIntercept finite; got ${huSlope} and ${huIntercept}`,
    );
  }
  try {
    const rasFromVoxel = affineFrom(volume.rasFromVoxel);
    return {
      sizeVoxel: [x, y, z],
      rasFromVoxel,
      voxelFromRas: invert(rasFromVoxel),
      bounds: boundsOf(rasFromVoxel, [x, y, z]),
      huSlope,
      huIntercept,
    };
  } catch (error) {
    throw new ViewerError(
      'bad-volume',
      `rasFromVoxel: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Textures of one open scan. */
export class ScanTextures {
  readonly report: OpenReport;
  /** Voxels of the thinned grid, which is what the shaders see. */
  readonly sizeTexel: Vec3;
  readonly texelFromRas: Affine;
  private readonly ct: WebGLTexture;
  private readonly loaded: WebGLTexture;
  private readonly isLoaded: Uint8Array;
  private readonly masks = new Map<number, WebGLTexture>();
  private readonly noMask: WebGLTexture;

  /** @throws ViewerError `out-of-memory` when not even an eighth of the slices fits. */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    readonly geometry: Geometry,
    private readonly queue: UploadQueue,
    private readonly changed: Changed,
  ) {
    const size = geometry.sizeVoxel;
    const maxTextureSize = gl.getParameter(gl.MAX_3D_TEXTURE_SIZE) as number;
    const step = stepToFit(size, maxTextureSize);
    let reason: OpenReport['reason'] = Math.max(...step) > 1 ? 'texture-size' : null;
    let ct: WebGLTexture | null = null;
    let kept: Vec3 = [1, 1, 1];
    for (let attempt = 0; attempt < 4 && !ct; attempt++) {
      if (attempt > 0) {
        step[2] *= 2;
        reason = 'memory';
      }
      kept = [
        keptCount(size[0], step[0]),
        keptCount(size[1], step[1]),
        keptCount(size[2], step[2]),
      ];
      ct = texture3d(gl, gl.R16I, kept[0], kept[1], kept[2]);
    }
    if (!ct) {
      const megabytes = Math.ceil((size[0] * size[1] * size[2] * 2) / 2 ** 20);
      throw new ViewerError(
        'out-of-memory',
        `The graphics card has no room for this scan (${megabytes} MB, nor for an eighth of it). Close other tabs that use 3D graphics and open it again.`,
      );
    }
    this.ct = ct;
    this.sizeTexel = kept;
    this.texelFromRas = invert(decimated(geometry.rasFromVoxel, step));
    this.report = { step, reason, maxTextureSize, textureBytes: kept[0] * kept[1] * kept[2] * 2 };
    this.isLoaded = new Uint8Array(kept[2]);
    this.loaded = texture2d(gl, gl.R8UI, kept[2], 1);
    this.noMask = texture3d(gl, gl.R8UI, 1, 1, 1) as WebGLTexture;
  }

  /** Whether slice `z` of the scan as given has arrived (thinned scans: the slice that stands for it). */
  hasSlice(z: number): boolean {
    return this.isLoaded[Math.floor(z / this.report.step[2])] === 1;
  }

  /** Binds the scan and its list of arrived slices; masks are bound by {@link bindMask}. */
  bindScan(): void {
    bind(this.gl, UNIT.ct, this.gl.TEXTURE_3D, this.ct);
    bind(this.gl, UNIT.loaded, this.gl.TEXTURE_2D, this.loaded);
  }

  /** Binds a mask's bits (or none, which still must be a texture of the right type) to mask unit `k`. */
  bindMask(k: number, slot: number | null): void {
    const texture = slot === null ? undefined : this.masks.get(slot);
    bind(this.gl, UNIT.masks + k, this.gl.TEXTURE_3D, texture ?? this.noMask);
  }

  /** Makes an empty mask. @throws ViewerError `out-of-memory`. */
  addMask(slot: number): void {
    const [x, y, z] = this.sizeTexel;
    const texture = texture3d(this.gl, this.gl.R8UI, maskRowBytes(x), y, z);
    if (!texture)
      throw new ViewerError(
        'out-of-memory',
        `The graphics card has no room for one more mask (${Math.ceil((maskRowBytes(x) * y * z) / 2 ** 20)} MB).`,
      );
    this.masks.set(slot, texture);
    this.changed(slot, 0, z);
  }

  removeMask(slot: number): void {
    this.gl.deleteTexture(this.masks.get(slot) ?? null);
    this.masks.delete(slot);
  }

  /** Queues `n` slices from `z0`. Resolves once they are on the card, or were dropped with the scan. */
  uploadSlab(z0: number, n: number, voxels: Int16Array): Promise<void> {
    const [nx, ny] = this.geometry.sizeVoxel;
    this.check('slab', z0, n, voxels.length, nx * ny, 'values');
    const { step } = this.report;
    const thin = step.some((s) => s > 1);
    const data = thin ? subsampleSlab(voxels, nx, ny, z0, n, step) : voxels;
    const [first, end] = thin ? keptSlices(z0, n, step[2]) : [z0, z0 + n];
    const { gl } = this;
    return this.enqueue(
      false,
      end - first,
      this.sizeTexel[0] * this.sizeTexel[1] * 2,
      (at, count) => {
        this.send(this.ct, gl.SHORT, 2, this.sizeTexel[0], first + at, count, data, at);
        this.isLoaded.fill(1, first + at, first + at + count);
        bind(gl, UNIT.scratch, gl.TEXTURE_2D, this.loaded);
        gl.texSubImage2D(
          gl.TEXTURE_2D,
          0,
          0,
          0,
          this.isLoaded.length,
          1,
          gl.RED_INTEGER,
          gl.UNSIGNED_BYTE,
          this.isLoaded,
        );
        this.changed(-1, first + at, first + at + count);
      },
    );
  }

  /** Queues `n` slices of bits from `z0`, before any waiting slab. */
  uploadMask(slot: number, z0: number, n: number, bits: Uint8Array): Promise<void> {
    const [nx, ny] = this.geometry.sizeVoxel;
    this.check('mask', z0, n, bits.length, maskRowBytes(nx) * ny, 'bytes');
    const { step } = this.report;
    const thin = step.some((s) => s > 1);
    const data = thin ? subsampleBits(bits, nx, ny, z0, n, step) : bits;
    const [first, end] = thin ? keptSlices(z0, n, step[2]) : [z0, z0 + n];
    const rowBytes = maskRowBytes(this.sizeTexel[0]);
    return this.enqueue(true, end - first, rowBytes * this.sizeTexel[1], (at, count) => {
      const texture = this.masks.get(slot);
      if (!texture) return; // removed while it waited
      this.send(texture, this.gl.UNSIGNED_BYTE, 1, rowBytes, first + at, count, data, at);
      this.changed(slot, first + at, first + at + count);
    });
  }

  private check(
    what: string,
    z0: number,
    n: number,
    got: number,
    perSlice: number,
    unit: string,
  ): void {
    const nz = this.geometry.sizeVoxel[2];
    if (!Number.isInteger(z0) || !Number.isInteger(n) || z0 < 0 || n < 1 || z0 + n > nz) {
      throw new ViewerError(
        'bad-data',
        `${what}: slices ${z0} … ${z0 + n - 1} are not within 0 … ${nz - 1}`,
      );
    }
    if (got !== n * perSlice) {
      throw new ViewerError(
        'bad-data',
        `${what}: ${n} slices are ${n * perSlice} ${unit}, got ${got}`,
      );
    }
  }

  private enqueue(
    urgent: boolean,
    slices: number,
    bytesPerSlice: number,
    send: (at: number, count: number) => void,
  ): Promise<void> {
    return new Promise((done) => this.queue.push({ slices, bytesPerSlice, send, done }, urgent));
  }

  private send(
    texture: WebGLTexture,
    type: number,
    alignment: number,
    rowTexels: number,
    z: number,
    count: number,
    data: Int16Array | Uint8Array,
    at: number,
  ): void {
    const { gl } = this;
    const rows = this.sizeTexel[1];
    const perSlice = rowTexels * rows;
    bind(gl, UNIT.scratch, gl.TEXTURE_3D, texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, alignment);
    try {
      gl.texSubImage3D(
        gl.TEXTURE_3D,
        0,
        0,
        0,
        z,
        rowTexels,
        rows,
        count,
        gl.RED_INTEGER,
        type,
        data,
        at * perSlice,
      );
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // A browser that refuses views on shared memory; `slice` makes a private copy.
      const copy = data.slice(at * perSlice, (at + count) * perSlice);
      gl.texSubImage3D(
        gl.TEXTURE_3D,
        0,
        0,
        0,
        z,
        rowTexels,
        rows,
        count,
        gl.RED_INTEGER,
        type,
        copy,
        0,
      );
    }
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  }

  dispose(): void {
    for (const texture of [this.ct, this.loaded, this.noMask, ...this.masks.values()])
      this.gl.deleteTexture(texture);
    this.masks.clear();
  }
}
