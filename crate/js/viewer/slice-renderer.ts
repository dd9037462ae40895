/** Draws one reslice: a few uniforms and one triangle. Nothing here allocates per frame beyond tiny vectors. */
import { writeColour } from './colour.js';
import { at, program, UNIT } from './gl.js';
import type { Program } from './gl.js';
import type { MaskTable } from './mask-table.js';
import type { PixelMap } from './planes.js';
import type { ScanTextures } from './scan-textures.js';
import { sliceFragment, SLICE_VERTEX } from './slice-shader.js';
import { MAX_MASKS, MAX_RANGES } from './types.js';
import type { ViewState } from './types.js';
import { set3, set3i } from './uniforms.js';

/** Numbers of masks that shaders are made for. */
const TIERS = [0, 1, 2, 4, MAX_MASKS] as const;

/** The whole raw values whose HU lie in `[minHu, maxHu]`, as the shader compares them. */
export function rawRange(
  minHu: number,
  maxHu: number,
  huSlope: number,
  huIntercept: number,
): [number, number] {
  const a = (minHu - huIntercept) / huSlope;
  const b = (maxHu - huIntercept) / huSlope;
  return [Math.ceil(toInt32(Math.min(a, b))), Math.floor(toInt32(Math.max(a, b)))];
}

/** Beyond every i16, well within i32: infinite limits reach the shader as numbers. */
const toInt32 = (value: number): number => Math.min(40000, Math.max(-40000, value));

/** Where the crosshair lies in a pane, in pixels from its lower left corner, and the scene's colours. */
export interface SliceLook {
  readonly crossPx: readonly [number, number] | null;
  readonly pixelRatio: number;
  /** rgb 0 … 1. */
  readonly accent: Float32Array;
  /** rgb 0 … 1, where there is no scan. */
  readonly empty: Float32Array;
}

/** The slice program and its uniforms. */
export class SliceRenderer {
  private readonly programs = new Map<number, Program>();
  /** The one that {@link begin} chose. */
  private program: Program;
  private readonly maskColour = new Float32Array(4 * MAX_MASKS);
  private readonly maskOutline = new Float32Array(MAX_MASKS);
  private readonly range = new Int32Array(2 * MAX_RANGES);
  private readonly rangeColour = new Float32Array(4 * MAX_RANGES);

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = this.programFor(0);
  }

  private programFor(masks: number): Program {
    const tier = TIERS.find((most) => most >= masks) ?? MAX_MASKS;
    const known = this.programs.get(tier);
    if (known) return known;
    const { gl } = this;
    const made = program(gl, SLICE_VERTEX, sliceFragment(tier));
    gl.useProgram(made.handle);
    gl.uniform1i(at(made, 'uCt'), UNIT.ct);
    gl.uniform1i(at(made, 'uLoaded'), UNIT.loaded);
    for (let k = 0; k < tier; k++) gl.uniform1i(at(made, `uMask${k}`), UNIT.masks + k);
    this.programs.set(tier, made);
    return made;
  }

  /** Sets what all panes share. Call once a frame before {@link draw}. */
  begin(scan: ScanTextures, masks: MaskTable, state: ViewState, look: SliceLook): void {
    const { gl } = this;
    const { huSlope, huIntercept } = scan.geometry;
    let count = 0;
    if (state.overlayVisible) {
      for (const slot of masks.used()) {
        const style = masks.at(slot);
        if (!style?.visible) continue;
        writeColour(style.colour, this.maskColour, 4 * count);
        this.maskColour[4 * count + 3] = style.opacity;
        this.maskOutline[count] = style.outline ?? 0.9;
        scan.bindMask(count++, slot);
      }
    }
    const p = this.programFor(count);
    this.program = p;
    gl.useProgram(p.handle);
    scan.bindScan();
    set3i(gl, p, 'uSize', scan.sizeTexel);
    const width = Math.max(1e-3, state.window.widthHu);
    gl.uniform1f(at(p, 'uLow'), (state.window.centreHu - width / 2 - huIntercept) / huSlope);
    gl.uniform1f(at(p, 'uPerUnit'), huSlope / width);
    gl.uniform1i(at(p, 'uLinear'), state.interpolation === 'linear' ? 1 : 0);
    gl.uniform1i(at(p, 'uMaskCount'), count);
    for (let k = count; k < MAX_MASKS; k++) scan.bindMask(k, null);
    const ranges = state.overlayVisible ? Math.min(MAX_RANGES, state.ranges.length) : 0;
    for (let k = 0; k < ranges; k++) {
      const range = state.ranges[k];
      if (!range) continue;
      this.range.set(rawRange(range.minHu, range.maxHu, huSlope, huIntercept), 2 * k);
      writeColour(range.colour, this.rangeColour, 4 * k);
      this.rangeColour[4 * k + 3] = range.opacity;
    }
    gl.uniform1i(at(p, 'uRangeCount'), ranges);
    gl.uniform4fv(at(p, 'uMaskColour'), this.maskColour);
    gl.uniform1fv(at(p, 'uMaskOutline'), this.maskOutline);
    gl.uniform2iv(at(p, 'uRange'), this.range);
    gl.uniform4fv(at(p, 'uRangeColour'), this.rangeColour);
    gl.uniform1f(at(p, 'uOutlinePx'), Math.max(1, Math.round(look.pixelRatio)));
    gl.uniform4f(
      at(p, 'uCrossColour'),
      look.accent[0] ?? 1,
      look.accent[1] ?? 1,
      look.accent[2] ?? 1,
      0.65,
    );
    gl.uniform3f(at(p, 'uEmpty'), look.empty[0] ?? 0, look.empty[1] ?? 0, look.empty[2] ?? 0);
  }

  /** Draws a pane into the current viewport, whose lower left corner is `(x, y)` in target pixels. */
  draw(x: number, y: number, map: PixelMap, look: SliceLook): void {
    const { gl, program: p } = this;
    gl.uniform2f(at(p, 'uPane'), x, y);
    set3(gl, p, 'uOrigin', map.origin);
    set3(gl, p, 'uDu', map.du);
    set3(gl, p, 'uDv', map.dv);
    // On a pixel centre, so that the line is one crisp pixel and not two half-lit ones.
    const cross = look.crossPx;
    const half = Math.max(1, Math.floor(look.pixelRatio * 0.75)) / 2 + 0.01; // a hairline also where pixels are small
    if (cross)
      gl.uniform4f(
        at(p, 'uCross'),
        Math.floor(cross[0]) + 0.5,
        Math.floor(cross[1]) + 0.5,
        10 * look.pixelRatio,
        half,
      );
    else gl.uniform4f(at(p, 'uCross'), -1e6, -1e6, 0, 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    for (const { handle } of this.programs.values()) this.gl.deleteProgram(handle);
  }
}
