import type { ComponentCurve } from 'hounsfield';

/**
 * One row per threshold; units in the column names. A number that is not known is left empty. The
 * last column is the CT check in words, on every row, so that no row is taken away without it.
 */
export function curveCsv(curve: ComponentCurve, voxelMl: number, ctCheck: string): string {
  const ml = (voxels: number | undefined): string =>
    voxels === undefined ? '' : (voxels * voxelMl).toFixed(3);
  const check = ctCheck.replaceAll(',', ';');
  const rows = curve.components.map((components, i) =>
    [curve.firstHu + i, components, ml(curve.largestVoxels[i]), ml(curve.voxels[i]), check].join(
      ',',
    ),
  );
  return ['threshold_hu,components,largest_ml,all_ml,ct_check', ...rows].join('\n') + '\n';
}
