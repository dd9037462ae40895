/** The ray-marched overview: sets what `march-shader.ts` asks for and draws rows of the picture. */
import { compose, determinant, scaleShift } from './affine.js';
import type { Affine } from './affine.js';
import { rayMap } from './camera.js';
import { keptBox } from './clip.js';
import { writeColour } from './colour.js';
import { at, COVER, program, UNIT } from './gl.js';
import type { Program } from './gl.js';
import { marchFragment } from './march-shader.js';
import type { MeshView } from './mesh-renderer.js';
import type { Target } from './targets.js';
import { MAX_MASKS } from './types.js';
import { set3 } from './uniforms.js';
import type { Scene } from './volume-renderer.js';

/** Bone, when neither a mask nor a range says what to show: HU and an ivory that is no label's colour. */
const BONE_HU = [210, 4000] as const;
const BONE_COLOUR = [0.87, 0.85, 0.8, 1] as const;

/** The occupancy at which a mask's surface stands. Below one half: thin bone that the reduction blurs stays whole. */
const MASK_LEVEL = 0.36;

const SAME: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/** Which rows of the picture, and how finely. */
export interface Rows {
  readonly first: number;
  readonly count: number;
  readonly stepVoxels: number;
}

/** See the file's head. */
export class Marcher {
  private readonly programs = new Map<boolean, Program>();
  private readonly colours = new Float32Array(4 * MAX_MASKS);

  constructor(private readonly gl: WebGL2RenderingContext) {}

  private programFor(four: boolean): Program {
    const known = this.programs.get(four);
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
    this.programs.set(four, made);
    return made;
  }

  /** Draws rows into `target`. `hasMesh`: solid surfaces are bound, and rays end there. */
  draw(scene: Scene, view: MeshView, target: Target, rows: Rows, hasMesh: boolean): void {
    const { gl } = this;
    const { scan, proxy } = scene;
    const { camera, width, height, mmPx } = view;
    const p = this.programFor(scene.masks.used().every((slot) => slot < 4));
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
    const inRas = rayMap(camera, width, height, mmPx, SAME);
    set3(gl, p, 'uRasOrigin', inRas.origin);
    set3(gl, p, 'uRasDu', inRas.du);
    set3(gl, p, 'uRasDv', inRas.dv);
    const { lo, hi } = keptBox(view.cuts);
    set3(gl, p, 'uKeepLo', lo);
    set3(gl, p, 'uKeepHi', hi);
    gl.uniform1i(at(p, 'uCut'), view.cuts.length > 0 ? 1 : 0);
    gl.uniformMatrix3fv(at(p, 'uTexFromMm'), true, linearPart(texFromRas));
    const voxelMm = Math.cbrt(
      1 / Math.abs(determinant(texFromRas)) / (proxy.size[0] * proxy.size[1] * proxy.size[2]),
    );
    gl.uniform1f(at(p, 'uReach'), camera.reachMm);
    gl.uniform1f(at(p, 'uVoxelMm'), voxelMm);
    gl.uniform1f(at(p, 'uStep'), voxelMm * rows.stepVoxels);
    gl.uniform1i(at(p, 'uHasMesh'), hasMesh ? 1 : 0);
    gl.uniform1i(at(p, 'uCoarse'), view.coarse ? 1 : 0);
    set3(gl, p, 'uBricks', proxy.bricks);
    this.setLook(p, scene);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.viewport(0, 0, width, height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, rows.first, width, Math.min(rows.count, height - rows.first));
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

  dispose(): void {
    for (const { handle } of this.programs.values()) this.gl.deleteProgram(handle);
  }
}

function linearPart(a: Affine): number[] {
  return [a[0], a[1], a[2], a[4], a[5], a[6], a[8], a[9], a[10]];
}
