/**
 * The 3D pane. It draws into pictures of its own and is asked again only when something it shows changed:
 * a coarse picture at once (and while turning), then a fine one, in strips over several frames.
 */
import { addScaled, compose, determinant, dot, scaleShift } from './affine.js';
import type { Affine, Vec3 } from './affine.js';
import { cameraOf, rayMap } from './camera.js';
import type { Camera } from './camera.js';
import { writeColour } from './colour.js';
import { at, bind, COVER, Pacer, program, UNIT } from './gl.js';
import type { Program } from './gl.js';
import { COMPOSE_FRAGMENT, marchFragment } from './march-shader.js';
import type { MaskTable } from './mask-table.js';
import { depthOf } from './mesh-renderer.js';
import type { MeshRenderer } from './mesh-renderer.js';
import type { Proxy3d } from './proxy.js';
import type { ScanTextures } from './scan-textures.js';
import { freeTarget, makeMeshTarget, makeTarget } from './targets.js';
import type { Target } from './targets.js';
import { MAX_MASKS } from './types.js';
import type { ViewState } from './types.js';
import { set3 } from './uniforms.js';

/** Bone, when neither a mask nor a range says what to show: HU and an ivory that is no label's colour. */
const BONE_HU = [210, 4000] as const;
const BONE_COLOUR = [0.87, 0.85, 0.8, 1] as const;

/** The occupancy at which a mask's surface stands. Below one half: thin bone that the reduction blurs stays whole. */
const MASK_LEVEL = 0.36;

/** Everything the picture depends on. */
export interface Scene {
  readonly scan: ScanTextures;
  readonly proxy: Proxy3d;
  readonly masks: MaskTable;
  readonly meshes: MeshRenderer;
  readonly state: ViewState;
  /** rgb 0 … 1. */
  readonly background: Float32Array;
}

/** See the file's head. */
export class VolumeRenderer {
  private readonly marches = new Map<boolean, Program>();
  private readonly compose: Program;
  private coarse: Target | null = null;
  private fine: Target | null = null;
  private mesh: Target | null = null;
  private readonly turning: Pacer;
  private readonly strips: Pacer;
  /** Rows of the fine picture that are drawn; all of them: it is shown. */
  private fineRows = 0;
  /** Whether the coarse picture is out of date. */
  private staleCoarse = true;
  private coarseScale = 0.5;
  private readonly colours = new Float32Array(4 * MAX_MASKS);
  private readonly depthPixel = new Uint32Array(4);
  private camera: Camera | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.compose = program(gl, COVER, COMPOSE_FRAGMENT);
    this.turning = new Pacer(gl, 0.2, 0.03);
    this.strips = new Pacer(gl, 1 / 12);
  }

  private marchFor(four: boolean): Program {
    const known = this.marches.get(four);
    if (known) return known;
    const { gl } = this;
    const made = program(gl, COVER, marchFragment(four));
    gl.useProgram(made.handle);
    for (const [name, unit] of [
      ['uCt', UNIT.proxyCt],
      ['uMasksA', UNIT.proxyMasksA],
      ['uMasksB', UNIT.proxyMasksB],
      ['uBrickCt', UNIT.brickCt],
      ['uBrickMasksA', UNIT.brickMasksA],
      ['uBrickMasksB', UNIT.brickMasksB],
      ['uMeshColour', UNIT.meshColour],
      ['uMeshDepth', UNIT.meshDepth],
    ] as const)
      gl.uniform1i(at(made, name), unit);
    this.marches.set(four, made);
    return made;
  }

  /** Something in the scene changed: both pictures are to be drawn again. */
  invalidate(): void {
    this.staleCoarse = true;
    this.fineRows = 0;
  }

  /** Whether {@link step} has work; while `still` is false only the coarse picture counts. */
  pending(still: boolean): boolean {
    return this.staleCoarse || (still && (!this.fine || this.fineRows < this.fine.height));
  }

  /** Does one piece of work if the card is free. True when the picture on screen should be composed again. */
  step(scene: Scene, width: number, height: number, still: boolean, now: number): boolean {
    this.fit(width, height);
    if (!this.coarse || !this.fine) return false;
    if (this.staleCoarse) {
      if (!this.turning.ready(now) || !this.strips.ready(now)) return false;
      this.coarseScale = Math.sqrt(this.turning.portion);
      const w = Math.max(32, Math.round(width * this.coarseScale));
      const h = Math.max(32, Math.round(height * this.coarseScale));
      this.draw(
        scene,
        this.coarse,
        Math.min(w, width),
        Math.min(h, height),
        0,
        h,
        this.coarseScale > 0.7 ? 0.6 : 0.9,
      );
      this.turning.mark(now);
      this.staleCoarse = false;
      return true;
    }
    if (
      !still ||
      this.fineRows >= this.fine.height ||
      !this.turning.ready(now) ||
      !this.strips.ready(now)
    )
      return false;
    const rows = Math.max(4, Math.ceil(height * this.strips.portion));
    this.draw(scene, this.fine, width, height, this.fineRows, rows, 0.45);
    this.strips.mark(now);
    this.fineRows = Math.min(this.fine.height, this.fineRows + rows);
    return this.fineRows >= this.fine.height;
  }

  private fit(width: number, height: number): void {
    if (this.fine?.width === width && this.fine.height === height) return;
    this.freeTargets();
    this.coarse = makeTarget(this.gl, width, height);
    this.fine = makeTarget(this.gl, width, height);
    this.invalidate();
  }

  private draw(
    scene: Scene,
    target: Target,
    width: number,
    height: number,
    row: number,
    rows: number,
    stepVoxels: number,
  ): void {
    const { gl } = this;
    const { scan, proxy, state } = scene;
    const p = this.marchFor(scene.masks.used().every((slot) => slot < 4));
    const camera = cameraOf(state.camera, scan.geometry.bounds, target.width, target.height);
    this.camera = camera;
    const mmPx = (camera.mmPx * target.width) / width;
    const hasMesh = !scene.meshes.empty;
    if (hasMesh && row === 0) this.drawMeshes(scene, camera, target, width, height, mmPx);
    gl.useProgram(p.handle);
    proxy.bindAll();
    // Texture coordinates run 0 … 1 over the same box whatever the resolution.
    const [nx, ny, nz] = scan.sizeTexel;
    const toUnit = scaleShift([1 / nx, 1 / ny, 1 / nz], [0.5 / nx, 0.5 / ny, 0.5 / nz]);
    const texFromRas = compose(toUnit, scan.texelFromRas);
    const rays = rayMap(camera, width, height, mmPx, texFromRas);
    set3(gl, p, 'uOrigin', rays.origin);
    set3(gl, p, 'uDu', rays.du);
    set3(gl, p, 'uDv', rays.dv);
    set3(gl, p, 'uAlong', rays.along);
    set3(gl, p, 'uRight', camera.right);
    set3(gl, p, 'uUp', camera.up);
    set3(gl, p, 'uForward', camera.forward);
    gl.uniformMatrix3fv(at(p, 'uTexFromMm'), true, linearPart(texFromRas));
    const voxelMm = Math.cbrt(
      1 / Math.abs(determinant(texFromRas)) / (proxy.size[0] * proxy.size[1] * proxy.size[2]),
    );
    gl.uniform1f(at(p, 'uReach'), camera.reachMm);
    gl.uniform1f(at(p, 'uVoxelMm'), voxelMm);
    gl.uniform1f(at(p, 'uStep'), voxelMm * stepVoxels);
    gl.uniform1i(at(p, 'uHasMesh'), hasMesh ? 1 : 0);
    gl.uniform1i(at(p, 'uCoarse'), target === this.coarse ? 1 : 0);
    set3(gl, p, 'uBricks', proxy.bricks);
    this.setLook(p, scene);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.viewport(0, 0, width, height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, row, width, Math.min(rows, height - row));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.disable(gl.SCISSOR_TEST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  private setLook(p: Program, { masks, state, background }: Scene): void {
    const { gl } = this;
    const visible = [0, 0, 0, 0, 0, 0, 0, 0];
    let shown = 0;
    for (const slot of masks.used()) {
      const style = masks.at(slot);
      if (!style?.visible || !state.overlayVisible || style.opacity3d === 0) continue;
      visible[slot] = 0.5 / MASK_LEVEL; // the shader's surfaces stand at one half
      shown++;
      writeColour(style.colour, this.colours, 4 * slot);
      this.colours[4 * slot + 3] = style.opacity3d ?? 1;
    }
    gl.uniform4fv(at(p, 'uVisibleA'), visible.slice(0, 4));
    gl.uniform4fv(at(p, 'uVisibleB'), visible.slice(4));
    gl.uniform1i(at(p, 'uShowMasks'), shown > 0 ? 1 : 0);
    gl.uniform4fv(at(p, 'uColour'), this.colours);
    const range = state.overlayVisible ? state.ranges[0] : undefined;
    gl.uniform1i(at(p, 'uShowCt'), shown === 0 || range ? 1 : 0);
    const [lo, hi] = range ? [range.minHu, range.maxHu] : BONE_HU;
    gl.uniform2f(at(p, 'uCtRange'), (lo + 1024) / 2040, (hi + 1024) / 2040);
    const colour = new Float32Array(BONE_COLOUR);
    if (range) writeColour(range.colour, colour, 0);
    gl.uniform4fv(at(p, 'uCtColour'), colour);
    gl.uniform1f(at(p, 'uBody'), state.bodyOpacity);
    gl.uniform3fv(at(p, 'uBackground'), background);
  }

  private drawMeshes(
    scene: Scene,
    camera: Camera,
    target: Target,
    width: number,
    height: number,
    mmPx: number,
  ): void {
    const { gl } = this;
    if (this.mesh?.width !== target.width || this.mesh.height !== target.height) {
      freeTarget(gl, this.mesh);
      this.mesh = makeMeshTarget(gl, target.width, target.height);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.mesh.frame);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    scene.meshes.draw(camera, width, height, mmPx);
    bind(gl, UNIT.meshColour, gl.TEXTURE_2D, this.mesh.colour);
    bind(gl, UNIT.meshDepth, gl.TEXTURE_2D, this.mesh.depth);
  }

  /** Puts the best finished picture into the viewport at `(x, y)`, with the crosshair's mark. */
  composeAt(
    x: number,
    y: number,
    width: number,
    height: number,
    state: ViewState,
    pixelRatio: number,
    accent: Float32Array,
  ): void {
    const { gl, compose: p, camera } = this;
    const shown = this.shown();
    if (!shown || !camera) return;
    gl.useProgram(p.handle);
    bind(gl, UNIT.scratch, gl.TEXTURE_2D, shown.target.colour);
    bind(gl, UNIT.meshColour, gl.TEXTURE_2D, shown.target.depth);
    gl.uniform1i(at(p, 'uFrom'), UNIT.scratch);
    gl.uniform1i(at(p, 'uDepth'), UNIT.meshColour);
    gl.uniform2f(at(p, 'uPane'), x, y);
    gl.uniform2f(at(p, 'uSize'), width, height);
    gl.uniform2f(
      at(p, 'uPart'),
      shown.width / shown.target.width,
      shown.height / shown.target.height,
    );
    const [px, py] = projected(camera, state.crosshairMm, width, height);
    const depth = (depthOf(camera, state.crosshairMm) / (2 * camera.reachMm)) * 65534;
    gl.uniform4f(at(p, 'uCross'), state.crosshairVisible ? px : -1e6, py, depth, pixelRatio);
    gl.uniform3fv(at(p, 'uCrossColour'), accent);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    bind(gl, UNIT.meshColour, gl.TEXTURE_2D, this.mesh?.colour ?? null);
  }

  private shown(): { target: Target; width: number; height: number } | null {
    if (this.fine && this.fineRows >= this.fine.height)
      return { target: this.fine, width: this.fine.width, height: this.fine.height };
    const { coarse } = this;
    if (!coarse) return null;
    const part = (size: number): number =>
      Math.min(size, Math.max(32, Math.round(size * this.coarseScale)));
    return { target: coarse, width: part(coarse.width), height: part(coarse.height) };
  }

  /** Depth in mm of the first solid surface under a pane pixel (from the lower left), or `null`. Waits for the card. */
  depthAt(x: number, y: number): number | null {
    const shown = this.shown();
    if (!shown || !this.camera) return null;
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, shown.target.frame);
    gl.readBuffer(gl.COLOR_ATTACHMENT1);
    gl.readPixels(
      Math.floor((x * shown.width) / shown.target.width),
      Math.floor((y * shown.height) / shown.target.height),
      1,
      1,
      gl.RGBA_INTEGER,
      gl.UNSIGNED_INT,
      this.depthPixel,
    );
    gl.readBuffer(gl.COLOR_ATTACHMENT0);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const units = this.depthPixel[0] ?? 65535;
    return units === 65535 ? null : (units / 65534) * 2 * this.camera.reachMm;
  }

  private freeTargets(): void {
    for (const target of [this.coarse, this.fine, this.mesh]) freeTarget(this.gl, target);
    this.coarse = this.fine = this.mesh = null;
  }

  dispose(): void {
    this.freeTargets();
    this.turning.dispose();
    this.strips.dispose();
    for (const { handle } of this.marches.values()) this.gl.deleteProgram(handle);
    this.gl.deleteProgram(this.compose.handle);
  }
}

function projected(camera: Camera, rasMm: Vec3, width: number, height: number): [number, number] {
  const fromCentre = addScaled(rasMm, camera.centreMm, -1);
  return [
    width / 2 + dot(fromCentre, camera.right) / camera.mmPx,
    height / 2 + dot(fromCentre, camera.up) / camera.mmPx,
  ];
}

function linearPart(a: Affine): number[] {
  return [a[0], a[1], a[2], a[4], a[5], a[6], a[8], a[9], a[10]];
}
