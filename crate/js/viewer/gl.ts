/** The few WebGL2 helpers everything else stands on. */
import { ViewerError } from './types.js';

/**
 * Texture units. A program may not see one unit through two sampler types, so the reslice (integers) and the
 * 3D pane (filtered) keep to their own; the bricks share units with the masks, which no 3D program reads.
 */
export const UNIT = {
  ct: 0,
  /** Eight units, one a mask. */
  masks: 1,
  loaded: 9,
  brickCt: 6,
  brickMasksA: 7,
  brickMasksB: 8,
  proxyCt: 10,
  proxyMasksA: 11,
  proxyMasksB: 12,
  meshColour: 13,
  meshDepth: 14,
  /** For uploads and short-lived passes; nothing is expected to stay bound here. */
  scratch: 15,
} as const;

/** A linked program with its uniform locations by name (arrays without `[0]`). */
export interface Program {
  readonly handle: WebGLProgram;
  readonly at: Readonly<Record<string, WebGLUniformLocation>>;
}

/**
 * GLSL: `WHEN (condition) { … }` is an `if` that software rasterisers really skip. SwiftShader runs both sides
 * of every `if` under a lane mask and jumps only over loops; hardware compiles both forms alike. No `break` or
 * `continue` for an outer loop inside.
 */
export const WHEN = '#define WHEN(condition) for (bool once = (condition); once; once = false)';

/** One triangle that covers the viewport, from the vertex number alone: no buffers. */
export const COVER = `#version 300 es
void main() {
  gl_Position = vec4(vec2((gl_VertexID << 1) & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Compiles and links. A failure is a bug or a lost context; the log goes into the error. */
export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const handle = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) break; // lost context: linking below reports it
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(handle, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(handle) ?? []).map(
      (shader) => gl.getShaderInfoLog(shader) ?? '',
    );
    throw new Error(`shader: ${[gl.getProgramInfoLog(handle) ?? '', ...logs].join('\n')}`);
  }
  const locations: Record<string, WebGLUniformLocation> = {};
  const count = (gl.getProgramParameter(handle, gl.ACTIVE_UNIFORMS) as number | null) ?? 0;
  for (let k = 0; k < count; k++) {
    const name = gl.getActiveUniform(handle, k)?.name.replace('[0]', '');
    const location = name === undefined ? null : gl.getUniformLocation(handle, name);
    if (name !== undefined && location) locations[name] = location;
  }
  return { handle, at: locations };
}

/** A uniform that may have been optimised away. */
export function at(p: Program, name: string): WebGLUniformLocation | null {
  return p.at[name] ?? null;
}

/**
 * An immutable 3-D texture, zero-filled, left bound to the scratch unit.
 * @returns `null` when the card has no memory for it.
 */
export function texture3d(
  gl: WebGL2RenderingContext,
  format: number,
  x: number,
  y: number,
  z: number,
  filter: number = gl.NEAREST,
): WebGLTexture | null {
  while (gl.getError() !== gl.NO_ERROR && !gl.isContextLost()); // older errors are not ours
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + UNIT.scratch);
  gl.bindTexture(gl.TEXTURE_3D, texture);
  gl.texStorage3D(gl.TEXTURE_3D, 1, format, x, y, z);
  if (gl.getError() === gl.OUT_OF_MEMORY) {
    gl.deleteTexture(texture);
    return null;
  }
  clampFilter(gl, gl.TEXTURE_3D, filter);
  return texture;
}

/** An immutable 2-D texture, left bound to the scratch unit. */
export function texture2d(
  gl: WebGL2RenderingContext,
  format: number,
  x: number,
  y: number,
  filter: number = gl.NEAREST,
): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + UNIT.scratch);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, x, y);
  clampFilter(gl, gl.TEXTURE_2D, filter);
  return texture;
}

function clampFilter(gl: WebGL2RenderingContext, target: number, filter: number): void {
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, filter);
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_R, gl.CLAMP_TO_EDGE);
}

/** Binds a texture to one of {@link UNIT}. */
export function bind(
  gl: WebGL2RenderingContext,
  unit: number,
  target: number,
  texture: WebGLTexture | null,
): void {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(target, texture);
}

/** Whether the card is a program (SwiftShader, llvmpipe, WARP): everything works, but less of it a second. */
export function isSoftware(gl: WebGL2RenderingContext): boolean {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** A WebGL2 context on a canvas. @throws ViewerError `no-webgl2`. */
export function contextOf(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    powerPreference: 'high-performance',
    // Panes are redrawn one by one; what is not redrawn must stay.
    preserveDrawingBuffer: true,
  });
  if (!gl) {
    throw new ViewerError(
      'no-webgl2',
      'This browser offers no WebGL2. Turn on hardware acceleration, or use a current version of Chrome, Edge, Firefox or Safari.',
    );
  }
  return gl;
}

/**
 * Spreads heavy drawing over frames by what the card manages: work is handed out only once the previous
 * piece is finished, and pieces grow or shrink so that one takes a few frames at most.
 */
export class Pacer {
  /** The fraction of the whole job worth drawing in one go. */
  portion: number;
  /** How long the last piece took. */
  lastMs = 0;
  private fence: WebGLSync | null = null;
  private since = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    start = 1 / 8,
    private readonly least = 1 / 32,
  ) {
    this.portion = start;
  }

  /** Whether a piece is under way; ask {@link ready} again soon, or its time is not known. */
  get busy(): boolean {
    return this.fence !== null;
  }

  /** Whether the card has finished what {@link mark} closed. */
  ready(now: number): boolean {
    if (!this.fence) return true;
    const status = this.gl.clientWaitSync(this.fence, 0, 0);
    if (status === this.gl.TIMEOUT_EXPIRED) return false;
    this.gl.deleteSync(this.fence);
    this.fence = null;
    const ms = now - this.since;
    this.lastMs = ms;
    if (ms < 32) this.portion = Math.min(1, this.portion * 1.5);
    else if (ms > 80) this.portion = Math.max(this.least, this.portion / Math.min(4, ms / 50));
    return true;
  }

  /** Closes a piece of work. */
  mark(now: number): void {
    this.fence = this.gl.fenceSync(this.gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.since = now;
    this.gl.flush();
  }

  dispose(): void {
    if (this.fence) this.gl.deleteSync(this.fence);
    this.fence = null;
  }
}
