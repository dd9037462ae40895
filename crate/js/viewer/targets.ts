import { bind, texture2d, UNIT } from './gl.js';

/** What the ray marcher draws into: a picture, and how deep the first solid surface lies (16 bit). */
export interface Target {
  readonly width: number;
  readonly height: number;
  readonly frame: WebGLFramebuffer;
  readonly colour: WebGLTexture;
  readonly depth: WebGLTexture;
}

/** A picture with a 16-bit depth beside it. */
export function makeTarget(gl: WebGL2RenderingContext, width: number, height: number): Target {
  const colour = texture2d(gl, gl.RGBA8, width, height, gl.LINEAR);
  const depth = texture2d(gl, gl.R16UI, width, height);
  const frame = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, colour, 0);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT1, gl.TEXTURE_2D, depth, 0);
  gl.drawBuffers([gl.COLOR_ATTACHMENT0, gl.COLOR_ATTACHMENT1]);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  return { width, height, frame, colour, depth };
}

/** A picture with a depth buffer that shaders can read and a stencil, for solid surfaces. */
export function makeMeshTarget(gl: WebGL2RenderingContext, width: number, height: number): Target {
  return withDepth(gl, width, height, gl.DEPTH24_STENCIL8, gl.DEPTH_STENCIL_ATTACHMENT);
}

/** A picture with a depth buffer that shaders can read, for a layer of see-through ones. */
export function makeDepthTarget(gl: WebGL2RenderingContext, width: number, height: number): Target {
  return withDepth(gl, width, height, gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT);
}

function withDepth(
  gl: WebGL2RenderingContext,
  width: number,
  height: number,
  format: number,
  place: number,
): Target {
  const colour = texture2d(gl, gl.RGBA8, width, height);
  const depth = texture2d(gl, format, width, height);
  const frame = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, colour, 0);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, place, gl.TEXTURE_2D, depth, 0);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  return { width, height, frame, colour, depth };
}

/** What is drawn into with several samples a pixel, to be averaged into a {@link Target} of the same size. */
export interface Sampled {
  readonly width: number;
  readonly height: number;
  readonly frame: WebGLFramebuffer;
  readonly parts: readonly WebGLRenderbuffer[];
  /** False: the card would not have it. */
  readonly isUsable: boolean;
}

/** The same formats as {@link makeMeshTarget}, so that one can be averaged into the other. */
export function makeSampled(gl: WebGL2RenderingContext, width: number, height: number): Sampled {
  const samples = Math.min(4, gl.getParameter(gl.MAX_SAMPLES) as number);
  const frame = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  const parts = (
    [
      [gl.RGBA8, gl.COLOR_ATTACHMENT0],
      [gl.DEPTH24_STENCIL8, gl.DEPTH_STENCIL_ATTACHMENT],
    ] as const
  ).map(([format, place]) => {
    const part = gl.createRenderbuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, part);
    gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, width, height);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, part);
    return part;
  });
  const isUsable = gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  return { width, height, frame, parts, isUsable };
}

export function freeSampled(gl: WebGL2RenderingContext, sampled: Sampled | null): void {
  if (!sampled) return;
  gl.deleteFramebuffer(sampled.frame);
  for (const part of sampled.parts) gl.deleteRenderbuffer(part);
}

/** Averages the samples of the lower left part, and takes over one depth of each pixel. */
export function average(
  gl: WebGL2RenderingContext,
  from: Sampled,
  into: Target,
  width: number,
  height: number,
): void {
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from.frame);
  gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, into.frame);
  const what = gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT;
  gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, what, gl.NEAREST);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
}

/** Empties the part of a target that is drawn into next. */
export function clearTarget(
  gl: WebGL2RenderingContext,
  target: Pick<Target, 'frame'>,
  width: number,
  height: number,
  depth = 1,
): void {
  gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
  gl.disable(gl.SCISSOR_TEST);
  gl.viewport(0, 0, width, height);
  gl.clearColor(0, 0, 0, 0);
  gl.clearDepth(depth);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  gl.clearDepth(1);
}

/** Whether what is drawn into one fits the other, pixel by pixel. */
export function isSameSize(a: Target | Sampled, b: Target): boolean {
  return a.width === b.width && a.height === b.height;
}

export function freeTarget(gl: WebGL2RenderingContext, target: Target | null): void {
  if (!target) return;
  // A texture that is deleted while bound lives on until something else takes its unit.
  for (const unit of [UNIT.scratch, UNIT.meshColour, UNIT.meshDepth])
    bind(gl, unit, gl.TEXTURE_2D, null);
  gl.deleteTexture(target.colour);
  gl.deleteTexture(target.depth);
  gl.deleteFramebuffer(target.frame);
}
