import type { ComponentCurve } from 'hounsfield';

/** One row per threshold; units in the column names. */
export function curveCsv(curve: ComponentCurve, voxelMl: number): string {
  const rows = curve.components.map((components, i) => {
    const largestMl = (curve.largestVoxels[i] ?? 0) * voxelMl;
    const allMl = (curve.voxels[i] ?? 0) * voxelMl;
    return [curve.firstHu + i, components, largestMl.toFixed(3), allMl.toFixed(3)].join(',');
  });
  return ['threshold_hu,components,largest_ml,all_ml', ...rows].join('\n') + '\n';
}
