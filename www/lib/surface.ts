import type { IntensitySummary, ScanInfo, SurfaceInfo, SurfaceOptions } from 'hounsfield';

import { bytes, count, number } from './format.js';
import { rasOfVoxel } from './grid.js';
import { isHu } from './units.js';

/** What the reader wants of a surface. `null` is what {@link optionsOf} takes by itself. */
export interface SurfaceParams {
  /** Of the scan: where the surface lies. */
  readonly levelHu: number | null;
  /** Of a mask: moved to where the scan shows the boundary. */
  readonly smoothByHu: boolean;
  /** Passes of smoothing. */
  readonly smoothing: number | null;
  readonly capBorder: boolean;
  readonly keepLargest: boolean;
  readonly reduce: 'no' | 'count' | 'tolerance';
  readonly targetTriangles: number;
  readonly toleranceMm: number;
}

export const SURFACE_DEFAULTS: SurfaceParams = {
  levelHu: null,
  smoothByHu: true,
  smoothing: null,
  capBorder: true,
  keepLargest: false,
  reduce: 'no',
  targetTriangles: 200_000,
  toleranceMm: 0.1,
};

/** Takes the stairs of a mask away; a level of the scan has none. */
export const SMOOTHING = { mask: 10, scan: 0 } as const;

/** The engine refuses more. */
export const MOST_TRIANGLES = 50_000_000;
/** What printers' programs and other people's machines still take. */
export const MANY_TRIANGLES = 2_000_000;

/** Bone and contrast; of grey values, the middle. */
export function defaultLevel(
  info: Pick<ScanInfo, 'facts'> | undefined,
  intensity: IntensitySummary | null,
): number {
  if (isHu(info) || !intensity) return 300;
  return Math.round((intensity.minHu + intensity.maxHu) / 2);
}

/** As the engine takes them. `levelHu`: of the scan; `null`: it is of a mask. */
export function optionsOf(params: SurfaceParams, levelHu: number | null): SurfaceOptions {
  const { smoothByHu, smoothing, capBorder, keepLargest, reduce } = params;
  const { targetTriangles, toleranceMm } = params;
  return {
    ...(levelHu === null ? { smoothByHu } : { levelHu }),
    capBorder,
    keepLargest,
    smoothing: smoothing ?? (levelHu === null ? SMOOTHING.mask : SMOOTHING.scan),
    ...(reduce === 'count' ? { targetTriangles } : {}),
    ...(reduce === 'tolerance' ? { toleranceMm } : {}),
  };
}

/** Before it is made: what it will be. */
export function estimateWords(triangles: number, size: number, params: SurfaceParams): string {
  if (triangles === 0) return 'Nothing is inside.';
  const all = `${count(triangles, 'triangle', 'triangles')}, ${bytes(size)}`;
  if (triangles > MOST_TRIANGLES) {
    return `${all}: more than the ${number(MOST_TRIANGLES)} that can be made. Prepare a copy with larger voxels, or around a mask.`;
  }
  if (params.reduce === 'count' && triangles > params.targetTriangles) {
    return `${all}, then about ${number(params.targetTriangles)} of them.`;
  }
  if (params.reduce === 'tolerance') return `${all}, then fewer.`;
  return triangles > MANY_TRIANGLES ? `${all}. Other programs may find that many.` : `${all}.`;
}

/** Square millimetres, as many digits as they deserve. */
export function squareMillimetres(value: number): string {
  return `${number(value, value < 100 ? 1 : 0)} mm²`;
}

/** Does any of it lie where the scan is? */
export function liesInScan(
  { boundsRasMm: { min, max } }: Pick<SurfaceInfo, 'boundsRasMm'>,
  { sizeVoxel, rasFromVoxel }: Pick<ScanInfo, 'sizeVoxel' | 'rasFromVoxel'>,
): boolean {
  const [nx, ny, nz] = sizeVoxel;
  const corners = [0, nx - 1].flatMap((x) =>
    [0, ny - 1].flatMap((y) => [0, nz - 1].map((z) => rasOfVoxel(rasFromVoxel, [x, y, z]))),
  );
  return ([0, 1, 2] as const).every((axis) => {
    const along = corners.map((corner) => corner[axis]);
    return max[axis] >= Math.min(...along) && min[axis] <= Math.max(...along);
  });
}

const ENDINGS = /\.(stl|obj|ply|glb|3mf)$/i;

/** By its name: the formats have no signature in common. */
export function isSurfaceFile(name: string): boolean {
  return ENDINGS.test(name);
}

/** "skull.stl" is of "skull". */
export function withoutEnding(name: string): string {
  return name.replace(ENDINGS, '');
}
