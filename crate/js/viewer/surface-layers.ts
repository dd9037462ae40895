/**
 * Surfaces in the 3D picture: the solid ones into a target that the ray marcher stops at, and see-through ones over
 * the finished picture, nearest layer first, so that their order is right whatever they look like.
 */
import { at, bind, COVER, program, texture2d, UNIT } from './gl.js';
import type { Program } from './gl.js';
import { MeshRenderer } from './mesh-renderer.js';
import type { MeshView } from './mesh-renderer.js';
import { OVER_FRAGMENT } from './mesh-shader.js';
import type { Mesh } from './mesh-store.js';
import { freeTarget, makeDepthTarget, makeMeshTarget } from './targets.js';
import type { Target } from './targets.js';

/** Layers in exact order, in the finished picture and while turning; what lies behind them is mixed unsorted. */
const LAYERS = { fine: 4, coarse: 1 } as const;
/** No surface, in the target that is read back. */
const NONE = 0xffffffff;

interface Peels {
  readonly layers: readonly [Target, Target];
  /** The layers so far, in one picture. */
  readonly sum: WebGLTexture;
  readonly sumFrame: WebGLFramebuffer;
}

/** See the file's head. */
export class SurfaceLayers {
  private readonly renderer: MeshRenderer;
  private readonly over: Program;
  private solid: Target | null = null;
  private peels: Peels | null = null;
  private pixel: { frame: WebGLFramebuffer; parts: readonly WebGLRenderbuffer[] } | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.renderer = new MeshRenderer(gl);
    this.over = program(gl, COVER, OVER_FRAGMENT);
    gl.useProgram(this.over.handle);
    gl.uniform1i(at(this.over, 'uFrom'), UNIT.meshColour);
  }

  /** Draws the solid surfaces into their own target, of the size of `target`; leaves it bound as textures. */
  drawSolid(meshes: readonly Mesh[], view: MeshView, target: Target): void {
    const { gl } = this;
    if (!sameSize(this.solid, target)) {
      freeTarget(gl, this.solid);
      this.solid = makeMeshTarget(gl, target.width, target.height);
    }
    this.clear(this.solid ?? target, view);
    this.renderer.drawSolid(meshes, view);
    this.bindSolid();
  }

  /** Binds what {@link drawSolid} drew. */
  bindSolid(): void {
    bind(this.gl, UNIT.meshColour, this.gl.TEXTURE_2D, this.solid?.colour ?? null);
    bind(this.gl, UNIT.meshDepth, this.gl.TEXTURE_2D, this.solid?.depth ?? null);
  }

  /** Lays the see-through surfaces over a picture, whose depth hides what lies behind it. */
  drawOver(meshes: readonly Mesh[], view: MeshView, target: Target): void {
    if (!meshes.some(({ style }) => style.opacity < 1)) return;
    const { gl } = this;
    const { layers, sum, sumFrame } = this.peelsFor(target);
    gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, view.width, view.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    // Behind nothing: everything is behind depth 0.
    let before = layers[1];
    this.clear(before, view, 0);
    const count = LAYERS[view.coarse ? 'coarse' : 'fine'];
    for (let k = 0; k < count; k++) {
      const layer = layers[k % 2 === 0 ? 0 : 1];
      this.clear(layer, view);
      this.bindPeeling(before, target);
      this.renderer.drawPeeled(meshes, view);
      this.addBehind(sumFrame, layer.colour);
      before = layer;
    }
    // The rest, in any order: little of it is seen by now.
    gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE_MINUS_DST_ALPHA, gl.ONE);
    this.bindPeeling(before, target);
    this.renderer.drawPeeled(meshes, view);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.drawBuffers([gl.COLOR_ATTACHMENT0, gl.NONE]);
    this.copy(sum);
    gl.drawBuffers([gl.COLOR_ATTACHMENT0, gl.COLOR_ATTACHMENT1]);
    gl.disable(gl.BLEND);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  /**
   * Depth 0 … 1 of the first surface at a pixel, or `null`: drawn anew in full detail for one pixel, so it is as exact
   * as the surface however coarse the picture is. Waits for the card.
   */
  depthAt(
    meshes: readonly Mesh[],
    view: MeshView,
    x: number,
    y: number,
    firm: boolean,
  ): number | null {
    const { gl } = this;
    this.pixel ??= this.onePixel();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.pixel.frame);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(-Math.floor(x), -Math.floor(y), view.width, view.height);
    gl.clearBufferuiv(gl.COLOR, 0, [NONE, 0, 0, 0]);
    gl.clear(gl.DEPTH_BUFFER_BIT);
    this.renderer.drawDepth(meshes, { ...view, coarse: false }, firm);
    const bits = new Uint32Array(4);
    gl.readPixels(0, 0, 1, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, bits);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return bits[0] === NONE ? null : (new Float32Array(bits.buffer)[0] ?? null);
  }

  private onePixel(): { frame: WebGLFramebuffer; parts: WebGLRenderbuffer[] } {
    const { gl } = this;
    const frame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    const parts = (
      [
        [gl.RGBA32UI, gl.COLOR_ATTACHMENT0],
        [gl.DEPTH24_STENCIL8, gl.DEPTH_STENCIL_ATTACHMENT],
      ] as const
    ).map(([format, place]) => {
      const part = gl.createRenderbuffer();
      gl.bindRenderbuffer(gl.RENDERBUFFER, part);
      gl.renderbufferStorage(gl.RENDERBUFFER, format, 1, 1);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, part);
      return part;
    });
    return { frame, parts };
  }

  private clear(target: Target, view: MeshView, depth = 1): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, view.width, view.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clearDepth(depth);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.clearDepth(1);
  }

  private bindPeeling(before: Target, target: Target): void {
    bind(this.gl, UNIT.meshDepth, this.gl.TEXTURE_2D, before.depth);
    bind(this.gl, UNIT.scratch, this.gl.TEXTURE_2D, target.depth);
  }

  /** Puts a picture behind what the bound target of `frame` holds. Colours are premultiplied. */
  private addBehind(frame: WebGLFramebuffer, picture: WebGLTexture): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE_MINUS_DST_ALPHA, gl.ONE);
    this.copy(picture);
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
    if (this.peels && sameSize(this.peels.layers[0], target)) return this.peels;
    this.freePeels();
    const { width, height } = target;
    const layer = (): Target => makeDepthTarget(gl, width, height);
    const layers = [layer(), layer()] as const;
    const sum = texture2d(gl, gl.RGBA8, width, height);
    const sumFrame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, sumFrame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, sum, 0);
    return (this.peels = { layers, sum, sumFrame });
  }

  private freePeels(): void {
    if (!this.peels) return;
    for (const layer of this.peels.layers) freeTarget(this.gl, layer);
    this.gl.deleteTexture(this.peels.sum);
    this.gl.deleteFramebuffer(this.peels.sumFrame);
    this.peels = null;
  }

  /** The targets of a pane that has another size now. */
  freeTargets(): void {
    freeTarget(this.gl, this.solid);
    this.solid = null;
    this.freePeels();
  }

  dispose(): void {
    const { gl } = this;
    this.freeTargets();
    this.renderer.dispose();
    gl.deleteProgram(this.over.handle);
    if (this.pixel) {
      gl.deleteFramebuffer(this.pixel.frame);
      for (const part of this.pixel.parts) gl.deleteRenderbuffer(part);
    }
  }
}

function sameSize(a: Target | null, b: Target): boolean {
  return a !== null && a.width === b.width && a.height === b.height;
}
