/** Draws surfaces of triangles: the solid ones with the faces that slice planes cut into them, then see-through ones. */
import { addScaled } from './affine.js';
import type { Vec3 } from './affine.js';
import type { Camera } from './camera.js';
import { isCutSeen, keptBox, sectionOf, unionOf, volumeOf } from './clip.js';
import type { CutPlane } from './clip.js';
import { at, program, UNIT } from './gl.js';
import type { Program } from './gl.js';
import { LOOK, MESH_VERTEX, meshFragment } from './mesh-shader.js';
import type { MeshUse } from './mesh-shader.js';
import type { Level, Mesh } from './mesh-store.js';
import { set3 } from './uniforms.js';

/** How surfaces are seen. */
export interface MeshView {
  readonly camera: Camera;
  /** Of the target, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly mmPx: number;
  readonly cuts: readonly CutPlane[];
  /** rgb 0 … 1; far things fade into it. */
  readonly background: Float32Array;
  /** Coarse stand-ins will do. */
  readonly coarse: boolean;
}

/** From here on a surface is what a click means, though something shimmers through. */
const FIRM = 0.5;

/** See the file's head. It draws into whatever target is bound, which has a depth and, for cuts, a stencil buffer. */
export class MeshRenderer {
  private readonly programs = new Map<string, Program>();
  private readonly section: WebGLVertexArrayObject;
  private readonly corners: WebGLBuffer;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.section = gl.createVertexArray();
    this.corners = gl.createBuffer();
    gl.bindVertexArray(this.section);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.corners);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  /** Those of full opacity, and the cuts through them. */
  drawSolid(meshes: readonly Mesh[], view: MeshView): void {
    this.draw(
      meshes.filter(({ style }) => style.opacity >= 1),
      'lit',
      view,
      true,
    );
  }

  /** Those that are not, as one layer: the nearest fragments behind `uPeeled` and before `uSolid`. */
  drawPeeled(meshes: readonly Mesh[], view: MeshView): void {
    const seeThrough = meshes.filter(({ style }) => style.opacity < 1);
    this.draw(seeThrough, 'peeled', view, false);
  }

  /** How deep the first surface lies, for picking: what is `firm` alone, or all of them. */
  drawDepth(meshes: readonly Mesh[], view: MeshView, firm: boolean): void {
    const meant = firm ? meshes.filter(({ style }) => style.opacity >= FIRM) : meshes;
    this.draw(meant, 'depth', view, true);
  }

  private draw(meshes: readonly Mesh[], use: MeshUse, view: MeshView, caps: boolean): void {
    const { gl } = this;
    const p = this.use(use, view, view.cuts);
    gl.enable(gl.DEPTH_TEST);
    for (const mesh of meshes) this.triangles(p, mesh, view);
    if (caps) for (const cut of view.cuts) this.fill(meshes, cut, use, view);
    gl.bindVertexArray(null);
    gl.disable(gl.DEPTH_TEST);
  }

  private triangles(p: Program, mesh: Mesh, view: MeshView): void {
    const level = levelOf(mesh, view);
    this.colour(p, mesh, level.flat ? LOOK.flat : LOOK.smooth);
    this.gl.bindVertexArray(level.array);
    this.gl.drawElements(this.gl.TRIANGLES, level.count, this.gl.UNSIGNED_INT, 0);
  }

  /** Fills the cut of one plane: what lies inside something else last, because both lie in the same plane. */
  private fill(meshes: readonly Mesh[], cut: CutPlane, use: MeshUse, view: MeshView): void {
    const { gl } = this;
    if (!isCutSeen(cut, view.camera.forward)) return;
    const touched = meshes.filter(
      ({ isClosed, box }) => isClosed && box.lo[cut.axis] < cut.atMm && cut.atMm < box.hi[cut.axis],
    );
    if (touched.length === 0) return;
    // The same four corners for all, so that their depths are the same to the last bit.
    gl.bindBuffer(gl.ARRAY_BUFFER, this.corners);
    gl.bufferData(
      gl.ARRAY_BUFFER,
      sectionOf(unionOf(touched.map(({ box }) => box)), cut),
      gl.STREAM_DRAW,
    );
    for (const mesh of largestFirst(touched)) this.cap(mesh, cut, use, view);
  }

  /**
   * A ray that leaves a surface more often than it enters began inside of it, on the plane: the stencil counts that,
   * and the plane is drawn where the count is not 0.
   */
  private cap(mesh: Mesh, cut: CutPlane, use: MeshUse, view: MeshView): void {
    const { gl } = this;
    gl.clearStencil(0);
    gl.clear(gl.STENCIL_BUFFER_BIT);
    gl.enable(gl.STENCIL_TEST);
    gl.disable(gl.DEPTH_TEST);
    gl.colorMask(false, false, false, false);
    gl.stencilFunc(gl.ALWAYS, 0, 0xff);
    gl.stencilOpSeparate(gl.FRONT, gl.KEEP, gl.KEEP, gl.DECR_WRAP);
    gl.stencilOpSeparate(gl.BACK, gl.KEEP, gl.KEEP, gl.INCR_WRAP);
    // What a program gives must fit the target, also where nothing is written.
    this.triangles(this.use(use === 'depth' ? use : 'count', view, [cut]), mesh, view);
    gl.colorMask(true, true, true, true);
    gl.enable(gl.DEPTH_TEST);
    gl.stencilFunc(gl.NOTEQUAL, 0, 0xff);
    gl.stencilOp(gl.KEEP, gl.KEEP, gl.KEEP);
    const others = view.cuts.filter(({ axis }) => axis !== cut.axis);
    const p = this.use(use, view, others);
    this.colour(p, mesh, LOOK.cut);
    gl.bindVertexArray(this.section);
    gl.depthFunc(gl.LEQUAL);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.depthFunc(gl.LESS);
    gl.disable(gl.STENCIL_TEST);
  }

  /** The program for a use, with everything set that does not differ from surface to surface. */
  private use(use: MeshUse, view: MeshView, cuts: readonly CutPlane[]): Program {
    const { gl } = this;
    const key = `${use} ${cuts.length > 0}`;
    let p = this.programs.get(key);
    if (!p) {
      p = program(gl, MESH_VERTEX, meshFragment(use, cuts.length > 0));
      this.programs.set(key, p);
    }
    gl.useProgram(p.handle);
    const { camera, width, height, mmPx } = view;
    const centre: Vec3 = camera.centreMm;
    set3(gl, p, 'uRight', camera.right);
    set3(gl, p, 'uUp', camera.up);
    set3(gl, p, 'uForward', camera.forward);
    set3(gl, p, 'uCentre', centre);
    gl.uniform2f(at(p, 'uHalf'), (width / 2) * mmPx, (height / 2) * mmPx);
    gl.uniform1f(at(p, 'uReach'), camera.reachMm);
    gl.uniform3fv(at(p, 'uBackground'), view.background);
    gl.uniform1i(at(p, 'uSolid'), UNIT.scratch);
    gl.uniform1i(at(p, 'uPeeled'), UNIT.meshDepth);
    const { lo, hi } = keptBox(cuts);
    set3(gl, p, 'uKeepLo', addScaled(lo, centre, -1));
    set3(gl, p, 'uKeepHi', addScaled(hi, centre, -1));
    return p;
  }

  private colour(p: Program, { style }: Mesh, look: number): void {
    const [r, g, b] = style.rgb;
    this.gl.uniform4f(at(p, 'uColour'), r / 255, g / 255, b / 255, style.opacity);
    this.gl.uniform1i(at(p, 'uLook'), look);
  }

  dispose(): void {
    const { gl } = this;
    for (const { handle } of this.programs.values()) gl.deleteProgram(handle);
    gl.deleteVertexArray(this.section);
    gl.deleteBuffer(this.corners);
  }
}

function largestFirst(meshes: readonly Mesh[]): Mesh[] {
  const sizes = new Map(meshes.map((mesh) => [mesh, volumeOf(mesh.box)]));
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is younger than the browsers we support
  return [...meshes].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
}

/** What is drawn of a surface. */
function levelOf(mesh: Mesh, { coarse }: Pick<MeshView, 'coarse'>): Level {
  return (coarse && mesh.coarse) || mesh.full;
}
