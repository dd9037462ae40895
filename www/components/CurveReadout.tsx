import type { ComponentCurve } from 'hounsfield';

import { hounsfield, millilitres, number } from '../lib/format.js';

interface CurvePoint {
  readonly curve: ComponentCurve;
  readonly hu: number;
  readonly voxelMl: number;
}

/** One threshold in words: what the line above the plot and the screen reader say. */
export function pointOf({ curve, hu, voxelMl }: CurvePoint) {
  const i = hu - curve.firstHu;
  const ml = (voxels: number | undefined): string =>
    voxels === undefined ? 'outside the curve' : millilitres(voxels * voxelMl);
  const components = curve.components[i];
  return {
    hu: hounsfield(hu),
    components: components === undefined ? 'outside the curve' : number(components),
    largest: ml(curve.largestVoxels[i]),
    all: ml(curve.voxels[i]),
  };
}

/** Follows the pointer over the plot, and rests at the threshold in use. */
export function CurveReadout(props: CurvePoint & { readonly isHover: boolean }) {
  const point = pointOf(props);
  const cells: readonly (readonly [string, string])[] = [
    ['Threshold', point.hu],
    ['Components', point.components],
    ['Largest', point.largest],
    ['All', point.all],
  ];
  return (
    <dl className="mb-1 flex justify-between gap-3">
      {cells.map(([label, value]) => (
        <div key={label}>
          <dt className="text-xs text-ink-3">{label}</dt>
          <dd className={`truncate ${props.isHover ? 'text-ink-2' : 'font-medium'}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
