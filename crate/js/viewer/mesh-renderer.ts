/** Triangle surfaces of the 3D pane: drawn first, with a depth that the ray marcher stops at. */
import type { Vec3 } from './affine.js';
import { addScaled, dot } from './affine.js';
import type { Camera } from './camera.js';
import { at, program } from './gl.js';
import type { Program } from './gl.js';
import { ViewerError } from './types.js';
import { set3 } from './uniforms.js';

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec3 aRas;
layout(location = 1) in vec3 aNormal;
uniform vec3 uRight, uUp, uForward, uCentre;
uniform vec2 uHalf;
uniform float uReach;
out vec3 vRas;
out vec3 vNormal;
void main() {
  vec3 p = aRas - uCentre;
  vRas = p;
  vNormal = aNormal;
  gl_Position = vec4(dot(p, uRight) / uHalf.x, dot(p, uUp) / uHalf.y, dot(p, uForward) / uReach, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec3 vRas;
in vec3 vNormal;
uniform vec3 uRight, uUp, uForward;
uniform vec4 uColour;
uniform bool uFlat;
out vec4 colour;
void main() {
  vec3 n = normalize(uFlat ? cross(dFdx(vRas), dFdy(vRas)) : vNormal);
  n = dot(n, uForward) > 0.0 ? -n : n;
  vec3 key = normalize(-uForward + 0.75 * uUp - 0.55 * uRight);
  float diffuse = 0.5 + 0.5 * dot(n, key);
  float rim = pow(1.0 - max(dot(n, -uForward), 0.0), 3.0);
  float shine = pow(max(dot(n, normalize(key - uForward)), 0.0), 32.0);
  vec3 lit = uColour.rgb * (0.20 + 0.06 * dot(n, uUp) + 0.92 * diffuse * diffuse) + 0.14 * shine
           + mix(uColour.rgb, vec3(0.75, 0.85, 1.0), 0.6) * 0.16 * rim;
  colour = vec4(lit, uColour.a);
}`;

interface Mesh {
  readonly array: WebGLVertexArrayObject;
  readonly buffers: readonly WebGLBuffer[];
  readonly count: number;
  readonly flat: boolean;
  readonly rgba: readonly [number, number, number, number];
}

/** Surfaces by id. */
export class MeshRenderer {
  private readonly program: Program;
  private readonly meshes = new Map<string, Mesh>();

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = program(gl, VERTEX, FRAGMENT);
  }

  get empty(): boolean {
    return this.meshes.size === 0;
  }

  /** Adds or replaces a surface. Without normals the triangles are lit flat. @throws ViewerError `bad-data`. */
  set(
    id: string,
    positions: Float32Array,
    indices: Uint32Array,
    rgba: Mesh['rgba'],
    normals?: Float32Array,
  ): void {
    if (positions.length % 3 !== 0 || indices.length % 3 !== 0) {
      throw new ViewerError(
        'bad-data',
        `surface "${id}": positions and indices come in threes, got ${positions.length} and ${indices.length}`,
      );
    }
    if (normals && normals.length !== positions.length) {
      throw new ViewerError(
        'bad-data',
        `surface "${id}": ${positions.length / 3} points but ${normals.length / 3} normals`,
      );
    }
    this.remove(id);
    const { gl } = this;
    const array = gl.createVertexArray();
    const buffers: WebGLBuffer[] = [];
    gl.bindVertexArray(array);
    const attribute = (index: number, data: Float32Array): void => {
      const buffer = gl.createBuffer();
      buffers.push(buffer);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(index);
      gl.vertexAttribPointer(index, 3, gl.FLOAT, false, 0, 0);
    };
    attribute(0, positions);
    if (normals) attribute(1, normals);
    const elements = gl.createBuffer();
    buffers.push(elements);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, elements);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
    gl.bindVertexArray(null);
    this.meshes.set(id, { array, buffers, count: indices.length, flat: !normals, rgba });
  }

  remove(id: string): boolean {
    const mesh = this.meshes.get(id);
    if (!mesh) return false;
    this.gl.deleteVertexArray(mesh.array);
    for (const buffer of mesh.buffers) this.gl.deleteBuffer(buffer);
    return this.meshes.delete(id);
  }

  /** Draws all surfaces into the bound target; depth 0 … 1 spans the camera's whole reach. */
  draw(camera: Camera, width: number, height: number, mmPx: number): void {
    const { gl, program: p } = this;
    gl.useProgram(p.handle);
    const centre: Vec3 = camera.centreMm;
    set3(gl, p, 'uRight', camera.right);
    set3(gl, p, 'uUp', camera.up);
    set3(gl, p, 'uForward', camera.forward);
    set3(gl, p, 'uCentre', centre);
    gl.uniform2f(at(p, 'uHalf'), (width / 2) * mmPx, (height / 2) * mmPx);
    gl.uniform1f(at(p, 'uReach'), camera.reachMm);
    gl.enable(gl.DEPTH_TEST);
    for (const mesh of this.meshes.values()) {
      gl.uniform4f(at(p, 'uColour'), ...mesh.rgba);
      gl.uniform1i(at(p, 'uFlat'), mesh.flat ? 1 : 0);
      gl.bindVertexArray(mesh.array);
      gl.drawElements(gl.TRIANGLES, mesh.count, gl.UNSIGNED_INT, 0);
    }
    gl.bindVertexArray(null);
    gl.disable(gl.DEPTH_TEST);
  }

  clear(): void {
    for (const id of this.meshes.keys()) this.remove(id);
  }

  dispose(): void {
    this.clear();
    this.gl.deleteProgram(this.program.handle);
  }
}

/** Depth of a point along the camera's rays, in mm from where they start. */
export function depthOf(camera: Camera, rasMm: Vec3): number {
  return dot(addScaled(rasMm, camera.centreMm, -1), camera.forward) + camera.reachMm;
}
