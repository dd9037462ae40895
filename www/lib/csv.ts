import type { ComponentCurve } from 'hounsfield';

/** One row per threshold; units in the column names. A number that is not known is left empty. */
export function curveCsv(curve: ComponentCurve, voxelMl: number): string {
  const ml = (voxels: number | undefined): string =>
    voxels === undefined ? '' : (voxels * voxelMl).toFixed(3);
  const rows = curve.components.map((components, i) =>
    [curve.firstHu + i, components, ml(curve.largestVoxels[i]), ml(curve.voxels[i])].join(','),
  );
  return ['threshold_hu,components,largest_ml,all_ml', ...rows].join('\n') + '\n';
}
