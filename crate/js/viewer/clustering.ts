/**
 * A coarse stand-in for a large surface: all points of a cell of a grid become one, triangles within a cell vanish.
 * Ugly when looked at closely, but made in milliseconds, and closed where the surface was: good while it turns.
 */
import type { BoxMm } from './planes.js';
import type { SurfaceShape } from './types.js';

/** Cells along the longest side of the surface's box, to begin with. */
const CELLS = 96;
/** Triangles of a stand-in at most, about: what a program that draws in place of a card manages while turning. */
const ENOUGH = 30_000;

/** Works in steps, so that the page can do something else in between. */
export class Clustering {
  private readonly cellMm: number;
  private readonly counts: readonly [number, number, number];
  /** Per cell the number of its point + 1; 0: nothing there yet. */
  private readonly pointOfCell: Int32Array;
  private readonly pointOf: Int32Array;
  private readonly sums: number[] = [];
  private readonly normals: number[] = [];
  private readonly members: number[] = [];
  private readonly indices: number[] = [];

  constructor(
    private readonly shape: SurfaceShape,
    private readonly box: BoxMm,
    private readonly cells = CELLS,
  ) {
    const sides = [0, 1, 2].map((k) => box.hi[k as 0 | 1 | 2] - box.lo[k as 0 | 1 | 2]);
    this.cellMm = Math.max(...sides, 1e-6) / cells;
    const along = (k: number): number => Math.floor((sides[k] ?? 0) / this.cellMm) + 1;
    this.counts = [along(0), along(1), along(2)];
    this.pointOfCell = new Int32Array(this.counts[0] * this.counts[1] * this.counts[2]);
    this.pointOf = new Int32Array(shape.positionsRasMm.length / 3);
  }

  /** Puts points `from … to − 1` into their cells. All of them before any triangle. */
  addPoints(from: number, to: number): void {
    const { positionsRasMm: p, normals } = this.shape;
    const { lo } = this.box;
    const [nx, ny, nz] = this.counts;
    for (let k = from; k < to; k++) {
      const x = p[3 * k] ?? 0,
        y = p[3 * k + 1] ?? 0,
        z = p[3 * k + 2] ?? 0;
      const cell =
        Math.min(nx - 1, Math.floor((x - lo[0]) / this.cellMm)) +
        nx *
          (Math.min(ny - 1, Math.floor((y - lo[1]) / this.cellMm)) +
            ny * Math.min(nz - 1, Math.floor((z - lo[2]) / this.cellMm)));
      let point = (this.pointOfCell[cell] ?? 0) - 1;
      if (point < 0) {
        point = this.members.length;
        this.pointOfCell[cell] = point + 1;
        this.members.push(0);
        this.sums.push(0, 0, 0);
        if (normals) this.normals.push(0, 0, 0);
      }
      this.pointOf[k] = point;
      this.members[point] = (this.members[point] ?? 0) + 1;
      add(this.sums, point, x, y, z);
      if (normals) {
        const n = 3 * k;
        add(this.normals, point, normals[n] ?? 0, normals[n + 1] ?? 0, normals[n + 2] ?? 0);
      }
    }
  }

  /** Keeps those of triangles `from … to − 1` that join three cells. */
  addTriangles(from: number, to: number): void {
    const { indices } = this.shape;
    for (let k = 3 * from; k < 3 * to; k += 3) {
      const a = this.pointOf[indices[k] ?? 0] ?? 0;
      const b = this.pointOf[indices[k + 1] ?? 0] ?? 0;
      const c = this.pointOf[indices[k + 2] ?? 0] ?? 0;
      if (a !== b && b !== c && c !== a) this.indices.push(a, b, c);
    }
  }

  /** The stand-in. Where it is still too fine, it is clustered once more: that is quick by now. */
  result(enough = ENOUGH): SurfaceShape {
    const made = this.made();
    const triangles = made.indices.length / 3;
    if (triangles <= enough || this.cells <= 8) return made;
    const cells = Math.max(8, Math.floor(this.cells * Math.sqrt(enough / triangles)));
    const coarser = new Clustering(made, this.box, cells);
    coarser.addPoints(0, made.positionsRasMm.length / 3);
    coarser.addTriangles(0, triangles);
    return coarser.made();
  }

  private made(): SurfaceShape {
    const positionsRasMm = Float32Array.from(
      this.sums,
      (sum, k) => sum / (this.members[Math.floor(k / 3)] ?? 1),
    );
    const normals = this.shape.normals ? Float32Array.from(this.normals) : null;
    // Not of unit length: the shader sees to that.
    return { positionsRasMm, normals, indices: Uint32Array.from(this.indices) };
  }
}

function add(sums: number[], point: number, x: number, y: number, z: number): void {
  const at = 3 * point;
  sums[at] = (sums[at] ?? 0) + x;
  sums[at + 1] = (sums[at + 1] ?? 0) + y;
  sums[at + 2] = (sums[at + 2] ?? 0) + z;
}
