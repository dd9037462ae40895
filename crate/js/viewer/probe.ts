/** Exact values under the pointer: one voxel is drawn into a 1×1 integer target and read back without waiting. */
import type { Vec3 } from './affine.js';
import { at, COVER, program, UNIT } from './gl.js';
import type { Program } from './gl.js';
import type { ScanTextures } from './scan-textures.js';
import { PROBE_FRAGMENT } from './slice-shader.js';
import { set3i } from './uniforms.js';

interface Pending {
  readonly fence: WebGLSync | null;
  readonly settle: (raw: number | null) => void;
}

/** Reads back one voxel at a time; questions asked meanwhile wait in a queue of their own. */
export class Probe {
  private readonly program: Program;
  private readonly target: WebGLFramebuffer;
  private readonly pixel: WebGLRenderbuffer;
  private readonly buffer: WebGLBuffer;
  private readonly answer = new Int32Array(4);
  private current: Pending | null = null;
  private readonly waiting: { texel: Vec3; settle: (raw: number | null) => void }[] = [];

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = program(gl, COVER, PROBE_FRAGMENT);
    gl.useProgram(this.program.handle);
    gl.uniform1i(at(this.program, 'uCt'), UNIT.ct);
    this.target = gl.createFramebuffer();
    this.pixel = gl.createRenderbuffer();
    this.buffer = gl.createBuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, this.pixel);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA32I, 1, 1);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, this.pixel);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  get pending(): boolean {
    return this.current !== null || this.waiting.length > 0;
  }

  /** Asks for the raw value of a texel inside the thinned grid. */
  ask(texel: Vec3): Promise<number | null> {
    return new Promise((settle) => this.waiting.push({ texel, settle }));
  }

  /** Takes a finished answer and starts the next question. Call once a frame. */
  step(scan: ScanTextures): void {
    const { gl } = this;
    if (this.current) {
      if (this.current.fence && gl.clientWaitSync(this.current.fence, 0, 0) === gl.TIMEOUT_EXPIRED)
        return;
      gl.deleteSync(this.current.fence);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.buffer);
      gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, this.answer);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      this.current.settle(this.answer[0] ?? null);
      this.current = null;
    }
    const next = this.waiting.shift();
    if (!next) return;
    gl.useProgram(this.program.handle);
    scan.bindScan();
    set3i(gl, this.program, 'uVoxel', next.texel);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.disable(gl.SCISSOR_TEST);
    gl.viewport(0, 0, 1, 1);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, 16, gl.STREAM_READ); // a fresh store: Chromium warns of rewritten ones
    gl.readPixels(0, 0, 1, 1, gl.RGBA_INTEGER, gl.INT, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.current = { fence: gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0), settle: next.settle };
    gl.flush();
  }

  /** Answers everybody with `null`: the scan they asked about is gone. */
  clear(): void {
    this.current?.settle(null);
    this.current = null;
    for (const { settle } of this.waiting.splice(0)) settle(null);
  }

  dispose(): void {
    this.clear();
    this.gl.deleteProgram(this.program.handle);
    this.gl.deleteFramebuffer(this.target);
    this.gl.deleteRenderbuffer(this.pixel);
    this.gl.deleteBuffer(this.buffer);
  }
}
