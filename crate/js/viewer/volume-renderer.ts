/**
 * The 3D pane. It draws into pictures of its own and is asked again only when something it shows changed:
 * a coarse picture at once (and while turning), then a fine one, in strips over several frames.
 */
import { addScaled, dot } from './affine.js';
import type { Vec3 } from './affine.js';
import { cameraOf, rasAtDepth } from './camera.js';
import type { Camera } from './camera.js';
import { cutPlanes, reachOf } from './clip.js';
import { at, bind, COVER, Pacer, program, UNIT } from './gl.js';
import type { Program } from './gl.js';
import { COMPOSE_FRAGMENT } from './march-shader.js';
import { Marcher } from './marcher.js';
import type { MaskTable } from './mask-table.js';
import type { MeshView } from './mesh-renderer.js';
import { PRESENT_FRAGMENT } from './mesh-shader.js';
import type { Mesh, MeshStore } from './mesh-store.js';
import type { Proxy3d } from './proxy.js';
import type { ScanTextures } from './scan-textures.js';
import { SurfaceLayers } from './surface-layers.js';
import { freeTarget, makeTarget } from './targets.js';
import type { Target } from './targets.js';
import type { ViewState } from './types.js';

/** Everything the picture depends on. */
export interface Scene {
  readonly scan: ScanTextures;
  readonly proxy: Proxy3d;
  readonly masks: MaskTable;
  readonly meshes: MeshStore;
  readonly state: ViewState;
  /** rgb 0 … 1. */
  readonly background: Float32Array;
}

/** Which part of a target is drawn, and how. */
interface Pass {
  readonly target: Target;
  readonly width: number;
  readonly height: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly stepVoxels: number;
  readonly coarse: boolean;
}

/** The least part of the pixels that surfaces alone are drawn with: fewer would be no faster, triangles cost more. */
const LEAST_OF_SURFACES = 0.25;
/** How far apart the finished picture looks at the reduced volume. */
const FINE_VOXELS = 0.45;
/** A picture of surfaces that takes longer than this is drawn with coarse ones while it turns. */
const SLOW_MS = 40;

/** See the file's head. */
export class VolumeRenderer {
  private readonly marcher: Marcher;
  private readonly surfaces: SurfaceLayers;
  private readonly present: Program;
  private readonly compose: Program;
  private coarse: Target | null = null;
  private fine: Target | null = null;
  private readonly turning: Pacer;
  private readonly strips: Pacer;
  /** Rows of the fine picture that are drawn; all of them: it is shown. */
  private fineRows = 0;
  /** Whether see-through surfaces are still to be laid over it. */
  private fineIsBare = false;
  /** Whether the coarse picture is out of date. */
  private staleCoarse = true;
  private coarseScale = 0.5;
  private camera: Camera | null = null;
  /** Whole surfaces were too slow for turning; forgotten when there are other ones. */
  private isSlow: boolean;
  private triedWhole = false;

  /** `software`: the card is a program, so surfaces are coarse from the first turn on. */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly software: boolean,
  ) {
    this.marcher = new Marcher(gl);
    this.surfaces = new SurfaceLayers(gl);
    this.present = program(gl, COVER, PRESENT_FRAGMENT);
    gl.useProgram(this.present.handle);
    gl.uniform1i(at(this.present, 'uMeshColour'), UNIT.meshColour);
    gl.uniform1i(at(this.present, 'uMeshDepth'), UNIT.meshDepth);
    this.compose = program(gl, COVER, COMPOSE_FRAGMENT);
    this.turning = new Pacer(gl, 0.2, 0.03);
    this.strips = new Pacer(gl, 1 / 12);
    this.isSlow = software;
  }

  /** Something in the scene changed: both pictures are to be drawn again. */
  invalidate(): void {
    this.staleCoarse = true;
    this.fineRows = 0;
    this.fineIsBare = false;
  }

  /** There are other surfaces, which may be faster. */
  surfacesChanged(): void {
    this.isSlow = this.software;
    this.invalidate();
  }

  /** Whether {@link step} has work; while `still` is false only the coarse picture counts. */
  pending(still: boolean): boolean {
    if (this.turning.busy || this.strips.busy || this.staleCoarse) return true;
    return still && !this.fineIsDone;
  }

  /** All of it at once. */
  private drawCoarse(scene: Scene, pass: Pass): void {
    if (!this.draw(scene, pass)) return;
    const { meshes, view } = this.viewOf(scene, pass);
    const { seeThrough } = this.surfaces;
    seeThrough.begin();
    while (!seeThrough.step(meshes, view, pass.target));
  }

  private get fineIsDone(): boolean {
    return this.fine !== null && this.fineRows >= this.fine.height && !this.fineIsBare;
  }

  /** Does one piece of work if the card is free. True when the picture on screen should be composed again. */
  step(scene: Scene, width: number, height: number, still: boolean, now: number): boolean {
    this.fit(width, height);
    const { coarse, fine } = this;
    if (!coarse || !fine) return false;
    const isFree = [this.turning.ready(now), this.strips.ready(now)].every(Boolean);
    if (!isFree || (!this.staleCoarse && (!still || this.fineIsDone))) return false;
    if (this.staleCoarse) {
      // The time of the last coarse picture is known by now.
      if (this.triedWhole && this.turning.lastMs > SLOW_MS) this.isSlow = true;
      const least = scene.state.overview === 'surfaces' ? LEAST_OF_SURFACES : 0;
      this.coarseScale = Math.sqrt(Math.max(least, this.turning.portion));
      const part = (size: number): number =>
        Math.min(size, Math.max(32, Math.round(size * this.coarseScale)));
      this.drawCoarse(scene, {
        target: coarse,
        width: part(width),
        height: part(height),
        firstRow: 0,
        rows: height,
        stepVoxels: this.coarseScale > 0.7 ? 0.6 : 0.9,
        coarse: true,
      });
      this.triedWhole = !this.isSlow;
      this.turning.mark(now);
      this.staleCoarse = false;
      return true;
    }
    this.drawFine(scene, fine);
    this.strips.mark(now);
    return this.fineIsDone;
  }

  /** A strip of the fine picture, or a layer over it. */
  private drawFine(scene: Scene, fine: Target): void {
    const { width, height } = fine;
    if (this.fineIsBare) {
      const { meshes, view } = this.viewOf(scene, { target: fine, width, height, coarse: false });
      this.fineIsBare = !this.surfaces.seeThrough.step(meshes, view, fine);
      return;
    }
    // Surfaces alone are one piece of work.
    const rows =
      scene.state.overview === 'surfaces'
        ? height
        : Math.max(4, Math.ceil(height * this.strips.portion));
    const firstRow = this.fineRows;
    const hasMore = this.draw(scene, {
      target: fine,
      width,
      height,
      firstRow,
      rows,
      stepVoxels: FINE_VOXELS,
      coarse: false,
    });
    this.fineRows = Math.min(height, firstRow + rows);
    if (this.fineRows < height) return;
    this.fineIsBare = hasMore;
    this.surfaces.seeThrough.begin();
  }

  private fit(width: number, height: number): void {
    if (this.fine?.width === width && this.fine.height === height) return;
    this.freeTargets();
    this.coarse = makeTarget(this.gl, width, height);
    this.fine = makeTarget(this.gl, width, height);
    this.invalidate();
  }

  /** Draws what is solid; true when see-through surfaces belong over it. */
  private draw(scene: Scene, pass: Pass): boolean {
    const { target, firstRow, rows, stepVoxels } = pass;
    const { meshes, view } = this.viewOf(scene, pass);
    this.camera = view.camera;
    const hasMesh = meshes.some(({ style }) => style.opacity >= 1);
    if (hasMesh && firstRow === 0) this.surfaces.drawSolid(meshes, view, target, !pass.coarse);
    else if (hasMesh) this.surfaces.bindSolid();
    if (scene.state.overview === 'surfaces') this.presentSurfaces(scene, pass, hasMesh);
    else
      this.marcher.draw(scene, view, target, { first: firstRow, count: rows, stepVoxels }, hasMesh);
    return meshes.some(({ style }) => style.opacity < 1);
  }

  private viewOf(
    { state, scan, background, meshes: store }: Scene,
    { target, width, height, coarse }: Omit<Pass, 'firstRow' | 'rows' | 'stepVoxels'>,
  ): { meshes: Mesh[]; view: MeshView } {
    const meshes = state.overview === 'volume' ? [] : store.visible();
    const whole = cameraOf(state.camera, scan.geometry.bounds, target.width, target.height);
    // Surfaces may stand out from the scan.
    const reaches = meshes.map(({ box }) => reachOf(box, whole.centreMm, whole.forward) + 1);
    const camera = { ...whole, reachMm: Math.max(whole.reachMm, ...reaches) };
    const mmPx = (camera.mmPx * target.width) / width;
    const cuts = cutPlanes(state.cutAway, state.crosshairMm);
    const isCoarse = coarse && this.isSlow;
    const view = { camera, width, height, mmPx, cuts, background, coarse: isCoarse };
    return { meshes, view };
  }

  private presentSurfaces({ background }: Scene, pass: Pass, hasMesh: boolean): void {
    const { gl, present: p } = this;
    gl.useProgram(p.handle);
    gl.uniform1i(at(p, 'uHasMesh'), hasMesh ? 1 : 0);
    gl.uniform3fv(at(p, 'uBackground'), background);
    gl.bindFramebuffer(gl.FRAMEBUFFER, pass.target.frame);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, pass.width, pass.height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
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
    const [px, py, depthMm] = projected(camera, state.crosshairMm, width, height);
    const depth = (depthMm / (2 * camera.reachMm)) * 65534;
    gl.uniform4f(at(p, 'uCross'), state.crosshairVisible ? px : -1e6, py, depth, pixelRatio);
    gl.uniform3fv(at(p, 'uCrossColour'), accent);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    bind(gl, UNIT.meshColour, gl.TEXTURE_2D, null);
  }

  private shown(): { target: Target; width: number; height: number } | null {
    if (this.fine && this.fineIsDone)
      return { target: this.fine, width: this.fine.width, height: this.fine.height };
    const { coarse } = this;
    if (!coarse) return null;
    const part = (size: number): number =>
      Math.min(size, Math.max(32, Math.round(size * this.coarseScale)));
    return { target: coarse, width: part(coarse.width), height: part(coarse.height) };
  }

  /**
   * The first thing seen at a pane pixel (from the lower left): RAS, or `null`. A firm surface or what is marched,
   * whichever is nearer; where there is neither, what shimmers there. Waits for the card.
   */
  pointAt(scene: Scene, x: number, y: number): Vec3 | null {
    const { fine } = this;
    if (!fine) return null;
    const { width, height } = fine;
    const { meshes, view } = this.viewOf(scene, { target: fine, width, height, coarse: false });
    const along = 2 * view.camera.reachMm;
    const surfaceMm = (firm: boolean): number | null => {
      if (meshes.length === 0) return null;
      const depth = this.surfaces.depthAt(meshes, view, x, y, firm);
      return depth === null ? null : depth * along;
    };
    const marched =
      scene.state.overview === 'surfaces' ? null : this.marchedMm(scene, view, fine, x, y);
    let depthMm = surfaceMm(true);
    // The finished picture holds the surfaces too, less exactly: within this it is the same one.
    if (marched !== null && (depthMm === null || marched < depthMm - 3 * view.mmPx))
      depthMm = marched;
    depthMm ??= surfaceMm(false);
    if (depthMm === null) return null;
    // Surfaces are hit in the middle of the pixel.
    const middle = (px: number): number => Math.floor(px) + 0.5;
    return rasAtDepth(view.camera, width, height, middle(x), middle(y), depthMm);
  }

  /** Depth in mm of the first solid thing at a pixel of the fine picture. */
  private marchedMm(
    scene: Scene,
    view: MeshView,
    fine: Target,
    x: number,
    y: number,
  ): number | null {
    const { gl } = this;
    if (!this.fineIsDone) {
      // What is on screen is coarse: this row alone is drawn as finely as the others will be, and again with them.
      const row = { first: Math.floor(y), count: 1, stepVoxels: FINE_VOXELS };
      this.marcher.draw(scene, view, fine, row, false);
      this.fineRows = 0;
      this.fineIsBare = false;
    }
    const units = new Uint32Array(4);
    gl.bindFramebuffer(gl.FRAMEBUFFER, fine.frame);
    gl.readBuffer(gl.COLOR_ATTACHMENT1);
    gl.readPixels(Math.floor(x), Math.floor(y), 1, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, units);
    gl.readBuffer(gl.COLOR_ATTACHMENT0);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const depth = units[0] ?? 65535;
    return depth === 65535 ? null : (depth / 65534) * 2 * view.camera.reachMm;
  }

  private freeTargets(): void {
    for (const target of [this.coarse, this.fine]) freeTarget(this.gl, target);
    this.coarse = this.fine = null;
    this.surfaces.freeTargets();
  }

  dispose(): void {
    this.freeTargets();
    this.marcher.dispose();
    this.surfaces.dispose();
    this.turning.dispose();
    this.strips.dispose();
    this.gl.deleteProgram(this.present.handle);
    this.gl.deleteProgram(this.compose.handle);
  }
}

/** Pixels from the lower left corner, and mm along the ray. */
function projected(
  camera: Camera,
  rasMm: Vec3,
  width: number,
  height: number,
): [number, number, number] {
  const fromCentre = addScaled(rasMm, camera.centreMm, -1);
  return [
    width / 2 + dot(fromCentre, camera.right) / camera.mmPx,
    height / 2 + dot(fromCentre, camera.up) / camera.mmPx,
    dot(fromCentre, camera.forward) + camera.reachMm,
  ];
}
