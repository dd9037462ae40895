import type { PrepareStep, Triple } from 'hounsfield';

/** What the reader wants of the copy; all optional but for what is chosen between. */
export interface PrepareParams {
  /** Of cubes; `null`: as it is. */
  readonly spacingMm: number | null;
  readonly interpolation: 'nearest' | 'linear' | 'cubic';
  readonly values: 'hu' | 'unit' | 'zScore';
  readonly minHu: number;
  readonly maxHu: number;
  /** Takes a quarter off values from 0 to 1, as the source of this recipe did. */
  readonly isCentred: boolean;
  /** The box of all masks, with this around it; `null`: the whole scan. */
  readonly marginMm: number | null;
  /** At least this many voxels; `null`: as many as there are. */
  readonly padTo: Triple | null;
  /** Around the scan, in its own values; `null`: −1024 HU, in scaled scans their lowest value. */
  readonly padValue: number | null;
  /** Order of axes in files; `null`: as the file has it. */
  readonly axes: string | null;
}

export const PREPARE_DEFAULTS: PrepareParams = {
  spacingMm: 1,
  interpolation: 'linear',
  values: 'hu',
  minHu: -1000,
  maxHu: 400,
  isCentred: false,
  marginMm: null,
  padTo: null,
  padValue: null,
  axes: null,
};

/**
 * In the order that costs least: a smaller box first, then its grid, then its values. Padding comes
 * after them, so that it is in no mean.
 */
export function stepsOf(params: PrepareParams): readonly PrepareStep[] {
  const { spacingMm, interpolation, values, minHu, maxHu, isCentred, marginMm } = params;
  const { padTo, padValue, axes } = params;
  const steps: PrepareStep[] = [];
  if (marginMm !== null) steps.push({ op: 'crop', marginMm });
  if (spacingMm !== null) {
    steps.push({ op: 'resample', spacingMm: [spacingMm, spacingMm, spacingMm], interpolation });
  }
  if (values === 'unit') steps.push({ op: 'normalise', minHu, maxHu });
  if (values === 'unit' && isCentred) steps.push({ op: 'zeroCentre' });
  if (values === 'zScore') steps.push({ op: 'zScore' });
  if (padTo !== null) {
    steps.push({ op: 'pad', sizeVoxel: padTo, ...(padValue === null ? {} : { value: padValue }) });
  }
  if (axes !== null) steps.push({ op: 'reorient', axes });
  return steps;
}
