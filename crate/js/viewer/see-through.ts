/**
 * See-through surfaces over the finished picture, nearest layer first ("depth peeling"), so that their order is right
 * whatever they look like. One layer at a time: each draws all of their triangles.
 */
import { at, bind, COVER, program, texture2d, UNIT } from './gl.js';
import type { Program } from './gl.js';
import type { MeshRenderer, MeshView } from './mesh-renderer.js';
import { OVER_FRAGMENT } from './mesh-shader.js';
import type { Mesh } from './mesh-store.js';
import { clearTarget, freeTarget, isSameSize, makeDepthTarget } from './targets.js';
import type { Target } from './targets.js';

/** Layers in exact order, in the finished picture and while turning; what lies behind them is mixed unsorted. */
const LAYERS = { fine: 4, coarse: 1 } as const;

interface Peels {
  readonly layers: readonly [Target, Target];
  /** The layers so far, in one picture. */
  readonly sum: WebGLTexture;
  readonly sumFrame: WebGLFramebuffer;
}

/** See the file's head. */
export class SeeThrough {
  private readonly over: Program;
  private peels: Peels | null = null;
  /** Layers drawn so far. */
  private drawn = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly renderer: MeshRenderer,
  ) {
    this.over = program(gl, COVER, OVER_FRAGMENT);
    gl.useProgram(this.over.handle);
    gl.uniform1i(at(this.over, 'uFrom'), UNIT.meshColour);
  }

  /** Starts over. */
  begin(): void {
    this.drawn = 0;
  }

  /** Draws a layer, in the end all of them over `target`, whose depth hides what lies behind it; true when that is done. */
  step(meshes: readonly Mesh[], view: MeshView, target: Target): boolean {
    const { gl } = this;
    const { layers, sum, sumFrame } = this.peelsFor(target);
    const [layer, before] = this.drawn % 2 === 0 ? layers : [layers[1], layers[0]];
    if (this.drawn === 0) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
      gl.disable(gl.SCISSOR_TEST);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      // Behind nothing: everything is behind depth 0.
      clearTarget(gl, before, view.width, view.height, 0);
    }
    if (this.drawn < LAYERS[view.coarse ? 'coarse' : 'fine']) {
      clearTarget(gl, layer, view.width, view.height);
      this.bindFor(before, target);
      this.renderer.drawPeeled(meshes, view);
      gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
      this.behind(() => this.copy(layer.colour));
      this.drawn++;
      return false;
    }
    // The rest, in any order: little of it is seen by now.
    gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
    gl.viewport(0, 0, view.width, view.height);
    this.bindFor(before, target);
    this.behind(() => this.renderer.drawPeeled(meshes, view));
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.drawBuffers([gl.COLOR_ATTACHMENT0, gl.NONE]);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.copy(sum);
    gl.disable(gl.BLEND);
    gl.drawBuffers([gl.COLOR_ATTACHMENT0, gl.COLOR_ATTACHMENT1]);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return true;
  }

  private bindFor(before: Target, target: Target): void {
    bind(this.gl, UNIT.meshDepth, this.gl.TEXTURE_2D, before.depth);
    bind(this.gl, UNIT.scratch, this.gl.TEXTURE_2D, target.depth);
  }

  /** What is drawn goes behind what the bound target holds. Colours are premultiplied. */
  private behind(draw: () => void): void {
    const { gl } = this;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE_MINUS_DST_ALPHA, gl.ONE);
    draw();
    gl.disable(gl.BLEND);
  }

  private copy(picture: WebGLTexture): void {
    const { gl } = this;
    gl.useProgram(this.over.handle);
    bind(gl, UNIT.meshColour, gl.TEXTURE_2D, picture);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    bind(gl, UNIT.meshColour, gl.TEXTURE_2D, null); // drawn into next
  }

  private peelsFor(target: Target): Peels {
    const { gl } = this;
    if (this.peels && isSameSize(this.peels.layers[0], target)) return this.peels;
    this.freeTargets();
    const { width, height } = target;
    const layer = (): Target => makeDepthTarget(gl, width, height);
    const layers = [layer(), layer()] as const;
    const sum = texture2d(gl, gl.RGBA8, width, height);
    const sumFrame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, sum, 0);
    return (this.peels = { layers, sum, sumFrame });
  }

  freeTargets(): void {
    if (!this.peels) return;
    for (const layer of this.peels.layers) freeTarget(this.gl, layer);
    this.gl.deleteTexture(this.peels.sum);
    this.gl.deleteFramebuffer(this.peels.sumFrame);
    this.peels = null;
  }

  dispose(): void {
    this.freeTargets();
    this.gl.deleteProgram(this.over.handle);
  }
}
