import type { ComponentCurve } from 'hounsfield';

import { hounsfield, millilitres, number } from '../lib/format.js';

interface CurvePoint {
  readonly curve: ComponentCurve;
  readonly hu: number;
  readonly voxelMl: number;
  /** Behind thresholds; "" where they are no Hounsfield units. */
  readonly unit: 'HU' | '';
}

/**
 * One threshold in words. It may lie outside the curve, which begins at 150 HU, and on very bright
 * scans the largest part is not followed.
 */
export function pointOf({ curve, hu, voxelMl, unit }: CurvePoint) {
  const i = hu - curve.firstHu;
  const [components, largest, all] = [curve.components[i], curve.largestVoxels[i], curve.voxels[i]];
  const ml = (voxels: number | undefined): string =>
    voxels === undefined ? '–' : millilitres(voxels * voxelMl);
  const words = {
    hu: hounsfield(hu, unit),
    components: components === undefined ? '–' : number(components),
    largest: ml(largest),
    all: ml(all),
  };
  if (components === undefined) return { ...words, spoken: `${words.hu}, outside the curve` };
  const largestPart = largest === undefined ? '' : `, largest part ${words.largest}`;
  const spoken = `${words.hu}: ${words.components} components${largestPart}, all ${words.all}`;
  return { ...words, spoken };
}

/** Follows the pointer over the plot, and rests at the threshold in use. */
export function CurveReadout(props: CurvePoint & { readonly isHover: boolean }) {
  const { curve, hu, unit } = props;
  if (hu < curve.firstHu) {
    return (
      <p className="mb-1 min-h-9 text-ink-2">
        <span className="font-medium text-ink">{hounsfield(hu, unit)}</span> lies below the curve,
        which begins at {hounsfield(curve.firstHu, unit)}.
      </p>
    );
  }
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
