/** The surfaces on the card: uploaded in pieces, each with a coarse stand-in for turning. No copy is kept here. */
import { Clustering } from './clustering.js';
import type { BoxMm } from './planes.js';
import { ViewerError } from './types.js';
import type { SurfaceShape, SurfaceStyle, ViewerSurface } from './types.js';
import type { UploadQueue } from './upload-queue.js';

/** Bytes of a piece: small beside what goes up in a frame. */
const PIECE = 2 ** 18;
/** Surfaces of fewer triangles have no coarse stand-in of their own making. */
const SMALL = 60_000;
/** Points or triangles that are clustered at a time, and the bytes of upload that take about as long. */
const CLUSTERED = { items: 2 ** 16, bytes: 2 ** 21 } as const;

/** Triangles as the card draws them. */
export interface Level {
  readonly array: WebGLVertexArrayObject;
  readonly buffers: readonly WebGLBuffer[];
  /** Of indices. */
  readonly count: number;
  /** Without normals of its own. */
  readonly flat: boolean;
}

/** A surface and how it is drawn. */
export interface Mesh {
  readonly full: Level;
  coarse: Level | null;
  readonly box: BoxMm;
  readonly isClosed: boolean;
  style: SurfaceStyle;
  /** It was removed or replaced: what is still to be sent has no place any more. */
  gone: boolean;
}

/** Surfaces by id. */
export class MeshStore {
  private readonly shown = new Map<string, Mesh>();
  private readonly coming = new Map<string, Mesh>();

  /** `changed` is called when what {@link visible} gives has changed. */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly queue: UploadQueue,
    private readonly changed: () => void,
  ) {}

  /** Those to be drawn, in the order they were added. */
  visible(): Mesh[] {
    return [...this.shown.values()].filter(({ style }) => style.visible && style.opacity > 0);
  }

  /** See `Viewer.setSurface`. */
  set(id: string, surface: ViewerSurface): Promise<void> {
    const box = checked(id, surface);
    if (surface.coarse) checked(`${id}" (coarse)`, surface.coarse);
    this.drop(this.coming, id);
    const { rgb, opacity = 1, visible = true, isClosed = true } = surface;
    const style = { rgb, opacity, visible };
    const mesh: Mesh = {
      full: this.level(surface),
      coarse: null,
      box,
      isClosed,
      style,
      gone: false,
    };
    this.coming.set(id, mesh);
    if (surface.coarse) {
      mesh.coarse = this.level(surface.coarse);
      this.send(mesh, mesh.coarse, surface.coarse);
    }
    const show = (): void => {
      if (mesh.gone) return;
      this.coming.delete(id);
      this.drop(this.shown, id);
      this.shown.set(id, mesh);
      this.changed();
    };
    return new Promise((done) => {
      const isLast = mesh.coarse !== null || surface.indices.length <= 3 * SMALL;
      this.send(mesh, mesh.full, surface, () => {
        show();
        if (isLast) done();
      });
      if (!isLast) this.cluster(mesh, surface, done);
    });
  }

  /** Restyles what is shown and what is on its way. */
  restyle(id: string, change: Partial<SurfaceStyle>): void {
    for (const mesh of [this.shown.get(id), this.coming.get(id)]) {
      if (mesh) mesh.style = { ...mesh.style, ...change };
    }
    if (this.shown.has(id)) this.changed();
  }

  remove(id: string): void {
    this.drop(this.coming, id);
    if (this.drop(this.shown, id)) this.changed();
  }

  clear(): void {
    for (const map of [this.coming, this.shown]) for (const id of map.keys()) this.drop(map, id);
  }

  private level(shape: SurfaceShape): Level {
    const { gl } = this;
    const array = gl.createVertexArray();
    const buffers: WebGLBuffer[] = [];
    const make = (target: number, bytes: number): void => {
      const buffer = gl.createBuffer();
      buffers.push(buffer);
      gl.bindBuffer(target, buffer);
      gl.bufferData(target, bytes, gl.STATIC_DRAW);
    };
    gl.bindVertexArray(array);
    const points = [shape.positionsRasMm, ...(shape.normals ? [shape.normals] : [])];
    points.forEach((data, attribute) => {
      make(gl.ARRAY_BUFFER, data.byteLength);
      gl.enableVertexAttribArray(attribute);
      gl.vertexAttribPointer(attribute, 3, gl.FLOAT, false, 0, 0);
    });
    make(gl.ELEMENT_ARRAY_BUFFER, shape.indices.byteLength);
    gl.bindVertexArray(null);
    return { array, buffers, count: shape.indices.length, flat: !shape.normals };
  }

  /** Queues the arrays of a level, one after the other. */
  private send(mesh: Mesh, level: Level, shape: SurfaceShape, done = (): void => {}): void {
    const { gl } = this;
    const arrays = [shape.positionsRasMm, ...(shape.normals ? [shape.normals] : []), shape.indices];
    arrays.forEach((data, k) => {
      const per = PIECE / data.BYTES_PER_ELEMENT;
      this.queue.push(
        {
          bytesPerSlice: PIECE,
          slices: Math.ceil(data.length / per),
          send: (first, count) => {
            const buffer = level.buffers[k];
            if (mesh.gone || !buffer) return;
            const length = Math.min(count * per, data.length - first * per);
            gl.bindBuffer(gl.COPY_WRITE_BUFFER, buffer);
            gl.bufferSubData(gl.COPY_WRITE_BUFFER, first * PIECE, data, first * per, length);
            gl.bindBuffer(gl.COPY_WRITE_BUFFER, null);
          },
          done: k === arrays.length - 1 ? done : () => {},
        },
        true,
      );
    });
  }

  /** Makes the coarse stand-in in the queue's time. */
  private cluster(mesh: Mesh, shape: SurfaceShape, done: () => void): void {
    const clustering = new Clustering(shape, mesh.box);
    const { items, bytes } = CLUSTERED;
    const steps = (
      total: number,
      step: (from: number, to: number) => void,
      finished = (): void => {},
    ): void =>
      this.queue.push(
        {
          bytesPerSlice: bytes,
          slices: Math.ceil(total / items),
          send: (first, count) => {
            if (!mesh.gone) step(first * items, Math.min(total, (first + count) * items));
          },
          done: finished,
        },
        true,
      );
    steps(shape.positionsRasMm.length / 3, (from, to) => clustering.addPoints(from, to));
    steps(
      shape.indices.length / 3,
      (from, to) => clustering.addTriangles(from, to),
      () => {
        done();
        if (mesh.gone) return;
        const coarse = clustering.result();
        const level = this.level(coarse);
        this.send(mesh, level, coarse, () => {
          if (mesh.gone) this.free(level);
          else mesh.coarse = level;
        });
      },
    );
  }

  private drop(map: Map<string, Mesh>, id: string): boolean {
    const mesh = map.get(id);
    if (!mesh) return false;
    mesh.gone = true;
    this.free(mesh.full);
    if (mesh.coarse) this.free(mesh.coarse);
    return map.delete(id);
  }

  private free(level: Level): void {
    this.gl.deleteVertexArray(level.array);
    for (const buffer of level.buffers) this.gl.deleteBuffer(buffer);
  }
}

/** Refuses what cannot be drawn; gives the box around the points. @throws ViewerError `bad-data`. */
function checked(id: string, { positionsRasMm, normals, indices }: SurfaceShape): BoxMm {
  const refuse = (what: string): never => {
    throw new ViewerError('bad-data', `surface "${id}": ${what}`);
  };
  if (positionsRasMm.length % 3 !== 0 || indices.length % 3 !== 0)
    refuse(
      `positions and indices come in threes, got ${positionsRasMm.length} and ${indices.length}`,
    );
  const points = positionsRasMm.length / 3;
  if (normals && normals.length !== positionsRasMm.length)
    refuse(`${points} points but ${normals.length / 3} normals`);
  let last = -1;
  for (const index of indices) if (index > last) last = index;
  if (last >= points) refuse(`index ${last} of ${points} points`);
  const lo: [number, number, number] = [Infinity, Infinity, Infinity];
  const hi: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let k = 0; k < positionsRasMm.length; k++) {
    const mm = positionsRasMm[k] ?? 0;
    const axis = (k % 3) as 0 | 1 | 2;
    if (!Number.isFinite(mm)) refuse(`point ${Math.floor(k / 3)} is at ${mm} mm`);
    if (mm < lo[axis]) lo[axis] = mm;
    if (mm > hi[axis]) hi[axis] = mm;
  }
  return points > 0 ? { lo, hi } : { lo: [0, 0, 0], hi: [0, 0, 0] };
}
