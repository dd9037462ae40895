import type { ComponentCurve } from 'hounsfield';

import { hounsfield, millilitres, number } from '../lib/format.js';

interface CurvePoint {
  readonly curve: ComponentCurve;
  readonly hu: number;
  readonly voxelMl: number;
}

/** One threshold in words. A threshold may lie outside the curve, which begins at 150 HU. */
export function pointOf({ curve, hu, voxelMl }: CurvePoint) {
  const i = hu - curve.firstHu;
  const [components, largest, all] = [curve.components[i], curve.largestVoxels[i], curve.voxels[i]];
  const words = { hu: hounsfield(hu), components: '–', largest: '–', all: '–' };
  if (components === undefined || largest === undefined || all === undefined) {
    return { ...words, spoken: `${words.hu}, outside the curve` };
  }
  words.components = number(components);
  words.largest = millilitres(largest * voxelMl);
  words.all = millilitres(all * voxelMl);
  const spoken = `${words.hu}: ${words.components} components, largest part ${words.largest}, all ${words.all}`;
  return { ...words, spoken };
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
