import type { Vec3 } from './affine.js';
import { at } from './gl.js';
import type { Program } from './gl.js';

/** A `vec3` uniform. */
export function set3(gl: WebGL2RenderingContext, p: Program, name: string, v: Vec3): void {
  gl.uniform3f(at(p, name), v[0], v[1], v[2]);
}

/** An `ivec3` uniform. */
export function set3i(gl: WebGL2RenderingContext, p: Program, name: string, v: Vec3): void {
  gl.uniform3i(at(p, name), v[0], v[1], v[2]);
}
