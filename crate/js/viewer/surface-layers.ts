/** Surfaces in the 3D picture: the solid ones into a target that the ray marcher stops at, and what a click hits. */
import { bind, UNIT } from './gl.js';
import { MeshRenderer } from './mesh-renderer.js';
import type { MeshView } from './mesh-renderer.js';
import type { Mesh } from './mesh-store.js';
import { SeeThrough } from './see-through.js';
import {
  average,
  clearTarget,
  freeSampled,
  freeTarget,
  isSameSize,
  makeMeshTarget,
  makeSampled,
} from './targets.js';
import type { Sampled, Target } from './targets.js';

/** No surface, in the target that is read back. */
const NONE = 0xffffffff;

/** See the file's head. */
export class SurfaceLayers {
  readonly seeThrough: SeeThrough;
  private readonly renderer: MeshRenderer;
  private solid: Target | null = null;
  private sampled: Sampled | null = null;
  private pixel: { frame: WebGLFramebuffer; parts: readonly WebGLRenderbuffer[] } | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.renderer = new MeshRenderer(gl);
    this.seeThrough = new SeeThrough(gl, this.renderer);
  }

  /**
   * Draws the solid surfaces into their own target, of the size of `target`; leaves it bound as textures. `smooth`:
   * with several samples a pixel, so that edges have no stairs.
   */
  drawSolid(meshes: readonly Mesh[], view: MeshView, target: Target, smooth: boolean): void {
    const { gl } = this;
    if (!this.solid || !isSameSize(this.solid, target)) {
      freeTarget(gl, this.solid);
      this.solid = makeMeshTarget(gl, target.width, target.height);
    }
    const sampled = smooth ? this.sampledFor(target) : null;
    clearTarget(gl, sampled ?? this.solid, view.width, view.height);
    this.renderer.drawSolid(meshes, view);
    if (sampled) average(gl, sampled, this.solid, view.width, view.height);
    this.bindSolid();
  }

  private sampledFor(target: Target): Sampled | null {
    if (!this.sampled || !isSameSize(this.sampled, target)) {
      freeSampled(this.gl, this.sampled);
      this.sampled = makeSampled(this.gl, target.width, target.height);
    }
    return this.sampled.isUsable ? this.sampled : null;
  }

  /** Binds what {@link drawSolid} drew. */
  bindSolid(): void {
    bind(this.gl, UNIT.meshColour, this.gl.TEXTURE_2D, this.solid?.colour ?? null);
    bind(this.gl, UNIT.meshDepth, this.gl.TEXTURE_2D, this.solid?.depth ?? null);
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

  /** The targets of a pane that has another size now. */
  freeTargets(): void {
    freeTarget(this.gl, this.solid);
    freeSampled(this.gl, this.sampled);
    this.solid = this.sampled = null;
    this.seeThrough.freeTargets();
  }

  dispose(): void {
    const { gl } = this;
    this.freeTargets();
    this.renderer.dispose();
    this.seeThrough.dispose();
    if (this.pixel) {
      gl.deleteFramebuffer(this.pixel.frame);
      for (const part of this.pixel.parts) gl.deleteRenderbuffer(part);
    }
  }
}
