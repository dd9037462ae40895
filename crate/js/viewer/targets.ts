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

/** Empties the part of a target that is drawn into next. */
export function clearTarget(
  gl: WebGL2RenderingContext,
  target: Target,
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
export function isSameSize(a: Target, b: Target): boolean {
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
