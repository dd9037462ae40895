import { describe, expect, test } from 'vitest';

import { Clustering } from './clustering.js';
import type { SurfaceShape } from './types.js';

/** A ball of radius 50 around the origin, of `n × 2n` quads; its seam and poles share points. */
function ball(n: number): SurfaceShape {
  const positions: number[] = [0, 0, -50];
  for (let j = 1; j < n; j++)
    for (let i = 0; i < 2 * n; i++) {
      const [theta, phi] = [(Math.PI * j) / n, (Math.PI * i) / n];
      positions.push(
        50 * Math.sin(theta) * Math.cos(phi),
        50 * Math.sin(theta) * Math.sin(phi),
        -50 * Math.cos(theta),
      );
    }
  positions.push(0, 0, 50);
  const at = (j: number, i: number): number =>
    j === 0 ? 0 : j === n ? positions.length / 3 - 1 : 1 + (j - 1) * 2 * n + (i % (2 * n));
  const indices: number[] = [];
  for (let j = 0; j < n; j++)
    for (let i = 0; i < 2 * n; i++) {
      if (j > 0) indices.push(at(j, i), at(j, i + 1), at(j + 1, i));
      if (j < n - 1) indices.push(at(j, i + 1), at(j + 1, i + 1), at(j + 1, i));
    }
  const positionsRasMm = Float32Array.from(positions);
  return {
    positionsRasMm,
    normals: positionsRasMm.map((c) => c / 50),
    indices: Uint32Array.from(indices),
  };
}

const BOX = { lo: [-50, -50, -50], hi: [50, 50, 50] } as const;

function clustered(shape: SurfaceShape, steps: number, cells?: number): SurfaceShape {
  const clustering = new Clustering(shape, BOX, cells);
  const points = shape.positionsRasMm.length / 3;
  const triangles = shape.indices.length / 3;
  for (let k = 0; k < points; k += steps) clustering.addPoints(k, Math.min(points, k + steps));
  for (let k = 0; k < triangles; k += steps)
    clustering.addTriangles(k, Math.min(triangles, k + steps));
  return clustering.result();
}

/** Edges that are not walked once in each direction. */
function openEdges({ indices }: SurfaceShape): number {
  const seen = new Map<string, number>();
  for (let k = 0; k < indices.length; k += 3) {
    const abc = [...indices.subarray(k, k + 3)];
    abc.forEach((a, side) => {
      const b = abc[(side + 1) % 3] ?? 0;
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      seen.set(key, (seen.get(key) ?? 0) + (a < b ? 1 : -1));
    });
  }
  return [...seen.values()].filter((sum) => sum !== 0).length;
}

describe('coarse surfaces', () => {
  test('fewer triangles, the same place, still closed', () => {
    const fine = ball(60);
    const coarse = clustered(fine, 1e9, 12);
    expect(coarse.indices.length).toBeLessThan(fine.indices.length / 6);
    expect(openEdges(fine)).toBe(0);
    expect(openEdges(coarse)).toBe(0);
    const { positionsRasMm: p, normals } = coarse;
    for (let k = 0; k < p.length; k += 3) {
      const [x = 0, y = 0, z = 0] = p.subarray(k, k + 3);
      // A mean of points on the ball lies within it, by less than a cell's sagitta.
      expect(Math.abs(Math.hypot(x, y, z) - 49)).toBeLessThan(1.01);
      const [u = 0, v = 0, w = 0] = normals?.subarray(k, k + 3) ?? [];
      expect(x * u + y * v + z * w).toBeGreaterThan(0);
    }
  });

  test('the steps make no difference; every index has a point', () => {
    const fine = ball(20);
    const [once, often] = [clustered(fine, 1e9, 9), clustered(fine, 37, 9)];
    expect(often).toEqual(once);
    expect(Math.max(...once.indices)).toBeLessThan(once.positionsRasMm.length / 3);
  });

  test('what is still too fine is made coarser', () => {
    const fine = ball(60);
    const clustering = new Clustering(fine, BOX, 40);
    clustering.addPoints(0, fine.positionsRasMm.length / 3);
    clustering.addTriangles(0, fine.indices.length / 3);
    const [much, little] = [clustering.result(1e9), clustering.result(500)];
    expect(much.indices.length / 3).toBeGreaterThan(2000);
    expect(little.indices.length / 3).toBeLessThan(700);
    expect(openEdges(little)).toBe(0);
  });

  test('a point, a flat square, and no normals', () => {
    const dot = { positionsRasMm: new Float32Array(9), indices: new Uint32Array([0, 1, 2]) };
    const clustering = new Clustering(dot, { lo: [0, 0, 0], hi: [0, 0, 0] });
    clustering.addPoints(0, 3);
    clustering.addTriangles(0, 1);
    expect(clustering.result()).toEqual({
      positionsRasMm: new Float32Array(3),
      normals: null,
      indices: new Uint32Array(0),
    });
  });
});
