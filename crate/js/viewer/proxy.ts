import type { Vec3 } from './affine.js';
import { at, bind, COVER, program, texture3d, UNIT } from './gl.js';
import type { Program } from './gl.js';
import { BLUR, BRICK, REDUCE_CT, REDUCE_MASK, SUMMARISE } from './proxy-shader.js';
import type { ScanTextures } from './scan-textures.js';
import { MAX_MASKS } from './types.js';
import { set3i } from './uniforms.js';

/**
 * Voxels of the reduced grid: as even in mm as the budget allows, never finer than the scan.
 * `spacingMm` are the scan's own voxel spacings.
 */
export function proxySize(size: Vec3, spacingMm: Vec3, budget: number, most = 256): Vec3 {
  const sizeAt = (mm: number): Vec3 => {
    const along = (k: 0 | 1 | 2): number =>
      Math.max(1, Math.min(most, size[k], Math.ceil((size[k] * spacingMm[k]) / mm)));
    return [along(0), along(1), along(2)];
  };
  let mm = Math.min(...spacingMm);
  let fit = sizeAt(mm);
  while (fit[0] * fit[1] * fit[2] > budget) {
    mm *= 1.05;
    fit = sizeAt(mm);
  }
  return fit;
}

/** Layers around a changed one that change with it: one from the blur, one from the filtering. */
const SPREAD = 2;

/** The reduced scan (R8) and masks (four to an RGBA8 texture), rebuilt layer by layer where something changed. */
export class Proxy3d {
  readonly size: Vec3;
  private readonly reduceCt: Program;
  private readonly reduceMask: Program;
  private readonly blur: Program;
  private readonly summarise: Program;
  private readonly brickSize: Vec3;
  private readonly target: WebGLFramebuffer;
  private readonly scratch: WebGLTexture | null;
  private readonly ct: WebGLTexture | null;
  private readonly ctBricks: WebGLTexture | null;
  private readonly masks: (WebGLTexture | null)[] = [null, null];
  private readonly maskBricks: (WebGLTexture | null)[] = [null, null];
  private readonly none: WebGLTexture | null;
  /** Per channel (the scan first, then the masks) which layers are out of date. */
  private readonly stale: Uint8Array[];
  private staleCount = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly scan: ScanTextures,
    spacingMm: Vec3,
    budget: number,
  ) {
    this.size = proxySize(scan.sizeTexel, spacingMm, budget);
    this.reduceCt = program(gl, COVER, REDUCE_CT);
    this.reduceMask = program(gl, COVER, REDUCE_MASK);
    this.blur = program(gl, COVER, BLUR);
    this.summarise = program(gl, COVER, SUMMARISE);
    for (const [p, unit] of [
      [this.reduceCt, UNIT.ct],
      [this.reduceMask, UNIT.scratch],
      [this.blur, UNIT.scratch],
      [this.summarise, UNIT.scratch],
    ] as const) {
      gl.useProgram(p.handle);
      gl.uniform1i(at(p, 'uFrom'), unit);
      set3i(gl, p, 'uTarget', this.size);
      set3i(gl, p, 'uSource', scan.sizeTexel);
    }
    gl.useProgram(this.reduceCt.handle);
    gl.uniform1i(at(this.reduceCt, 'uLoaded'), UNIT.loaded);
    gl.uniform2f(at(this.reduceCt, 'uHu'), scan.geometry.huSlope, scan.geometry.huIntercept);
    gl.useProgram(this.blur.handle);
    gl.uniform1f(at(this.blur, 'uReach'), 0.5);
    this.target = gl.createFramebuffer();
    const [x, y, z] = this.size;
    this.scratch = texture3d(gl, gl.R8, x, y, z, gl.LINEAR);
    this.ct = texture3d(gl, gl.R8, x, y, z, gl.LINEAR);
    this.brickSize = [Math.ceil(x / BRICK), Math.ceil(y / BRICK), Math.ceil(z / BRICK)];
    this.ctBricks = texture3d(gl, gl.RG8, ...this.brickSize);
    this.none = texture3d(gl, gl.RGBA8, 1, 1, 1, gl.LINEAR);
    this.stale = Array.from({ length: MAX_MASKS + 1 }, () => new Uint8Array(z));
  }

  get pending(): boolean {
    return this.staleCount > 0;
  }

  /** Notes that slices of the scan (slot −1) or of a mask changed. */
  changed(slot: number, first: number, end: number): void {
    const stale = this.stale[slot + 1];
    if (!stale) return;
    const scale = this.size[2] / this.scan.sizeTexel[2];
    const from = Math.max(0, Math.floor(first * scale) - SPREAD);
    const to = Math.min(this.size[2], Math.ceil(end * scale) + SPREAD);
    for (let z = from; z < to; z++) {
      if (!stale[z]) this.staleCount++;
      stale[z] = 1;
    }
  }

  /** Rebuilds up to `portion` (0 … 1) of the layers of one channel; masks go first, they are what one waits for. */
  step(portion: number): void {
    const most = Math.max(2, Math.round(this.size[2] * portion));
    const channel = this.nextChannel();
    const stale = this.stale[channel];
    if (!stale) return;
    const from = stale.indexOf(1);
    let to = from;
    while (to < stale.length && to - from < most && stale[to]) to++;
    stale.fill(0, from, to);
    this.staleCount -= to - from;
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, this.size[0], this.size[1]);
    this.reduce(channel, Math.max(0, from - 1), Math.min(this.size[2], to + 1));
    this.smooth(channel, from, to);
    this.summariseBricks(channel, from, to);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  private nextChannel(): number {
    for (let channel = this.stale.length - 1; channel >= 0; channel--) {
      if (this.stale[channel]?.includes(1)) return channel;
    }
    return -1;
  }

  private reduce(channel: number, from: number, to: number): void {
    const { gl } = this;
    const p = channel === 0 ? this.reduceCt : this.reduceMask;
    gl.useProgram(p.handle);
    if (channel === 0) this.scan.bindScan();
    else this.scan.bindMask(UNIT.scratch - UNIT.masks, channel - 1);
    for (let z = from; z < to; z++) this.layer(p, this.scratch, z);
  }

  private smooth(channel: number, from: number, to: number): void {
    const { gl } = this;
    const slot = channel - 1;
    const into = channel === 0 ? this.ct : this.maskTexture(slot >> 2);
    gl.useProgram(this.blur.handle);
    bind(gl, UNIT.scratch, gl.TEXTURE_3D, this.scratch);
    // Four masks share a texture; each writes its own colour channel only.
    if (channel > 0)
      gl.colorMask((slot & 3) === 0, (slot & 3) === 1, (slot & 3) === 2, (slot & 3) === 3);
    for (let z = from; z < to; z++) this.layer(this.blur, into, z);
    gl.colorMask(true, true, true, true);
  }

  private summariseBricks(channel: number, from: number, to: number): void {
    const { gl } = this;
    const index = (channel - 1) >> 2;
    const [x, y, z] = this.brickSize;
    gl.useProgram(this.summarise.handle);
    gl.uniform1i(at(this.summarise, 'uSpan'), channel === 0 ? 1 : 0);
    bind(gl, UNIT.scratch, gl.TEXTURE_3D, channel === 0 ? this.ct : this.maskTexture(index));
    gl.viewport(0, 0, x, y);
    const first = Math.max(0, Math.floor((from - 1) / BRICK));
    const end = Math.min(z, Math.floor(to / BRICK) + 1);
    for (let k = first; k < end; k++)
      this.layer(
        this.summarise,
        channel === 0 ? this.ctBricks : (this.maskBricks[index] ?? null),
        k,
      );
  }

  private layer(p: Program, into: WebGLTexture | null, z: number): void {
    const { gl } = this;
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, into, 0, z);
    gl.uniform1i(at(p, 'uLayer'), z);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private maskTexture(index: number): WebGLTexture | null {
    const known = this.masks[index];
    if (known) return known;
    const [x, y, z] = this.size;
    const made = texture3d(this.gl, this.gl.RGBA8, x, y, z, this.gl.LINEAR);
    this.masks[index] = made;
    this.maskBricks[index] = texture3d(this.gl, this.gl.RGBA8, ...this.brickSize);
    return made;
  }

  /** Bricks along each axis of the unit cube, as a fraction where the last one is cut. */
  get bricks(): Vec3 {
    return [this.size[0] / BRICK, this.size[1] / BRICK, this.size[2] / BRICK];
  }

  /** Binds everything for the ray marcher. */
  bindAll(): void {
    const { gl } = this;
    bind(gl, UNIT.brickCt, gl.TEXTURE_3D, this.ctBricks);
    bind(gl, UNIT.brickMasksA, gl.TEXTURE_3D, this.maskBricks[0] ?? this.none);
    bind(gl, UNIT.brickMasksB, gl.TEXTURE_3D, this.maskBricks[1] ?? this.none);
    bind(gl, UNIT.proxyCt, gl.TEXTURE_3D, this.ct);
    bind(gl, UNIT.proxyMasksA, gl.TEXTURE_3D, this.masks[0] ?? this.none);
    bind(gl, UNIT.proxyMasksB, gl.TEXTURE_3D, this.masks[1] ?? this.none);
  }

  dispose(): void {
    const { gl } = this;
    for (const texture of [
      this.scratch,
      this.ct,
      this.ctBricks,
      this.none,
      ...this.masks,
      ...this.maskBricks,
    ])
      gl.deleteTexture(texture);
    for (const p of [this.reduceCt, this.reduceMask, this.blur, this.summarise])
      gl.deleteProgram(p.handle);
    gl.deleteFramebuffer(this.target);
  }
}
