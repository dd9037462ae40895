import type { LabelMeasures, LungRegionMeasures } from 'hounsfield';

import { number } from './format.js';
import type { Column } from './table.js';

type Numbers<Row> = (row: Row) => number | null | undefined;

/** A column of numbers. `field` is its name in files, with the unit. */
function numbers<Row>(
  title: string,
  unit: string,
  decimals: number,
  field: string,
  of: Numbers<Row>,
): Column<Row> {
  const value = (row: Row): number | null => of(row) ?? null;
  return {
    id: field,
    title,
    unit,
    value,
    text: (row) => shown(value(row), decimals),
    fields: [[field, value]],
  };
}

function shown(value: number | null, decimals: number): string {
  return value === null ? '–' : number(value, decimals);
}

const NAME: Column<LabelMeasures> = {
  id: 'name',
  title: 'Name',
  unit: '',
  value: ({ name }) => name,
  text: ({ name }) => rowName(name),
  fields: [['name', ({ name }) => name]],
};

/** The engine names rows in lower case; `all` is the union of the others. */
function rowName(name: string): string {
  if (name === 'all') return 'All together';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Lowest and highest voxel along one axis. */
function box(axis: 0 | 1 | 2): Column<LabelMeasures> {
  const letter = 'xyz'.charAt(axis);
  const lowest = ({ boxVoxel }: LabelMeasures): number | null => boxVoxel?.min[axis] ?? null;
  const highest = ({ boxVoxel }: LabelMeasures): number | null => boxVoxel?.max[axis] ?? null;
  return {
    id: `box_${letter}`,
    title: `Box ${letter}`,
    unit: 'voxel',
    value: lowest,
    text: (row) => (row.boxVoxel ? `${lowest(row)}–${highest(row)}` : '–'),
    fields: [
      [`box_min_${letter}_voxel`, lowest],
      [`box_max_${letter}_voxel`, highest],
    ],
  };
}

function centroid(axis: 0 | 1 | 2): Column<LabelMeasures> {
  const letter = 'RAS'.charAt(axis);
  const field = `centroid_${letter.toLowerCase()}_mm`;
  return numbers(`Centroid ${letter}`, 'mm', 1, field, (row) => row.centroidRasMm?.[axis]);
}

/** `unit`: "" where the scan's numbers are no Hounsfield units. */
function values(unit: string): readonly Column<LabelMeasures>[] {
  const of = (name: string, key: ValueKey, decimals: number): Column<LabelMeasures> => {
    const field = key.replace('Hu', '_hu');
    return numbers(name, unit, decimals, field, (row) => row[key]);
  };
  return [
    of('Mean', 'meanHu', 1),
    of('SD', 'sdHu', 1),
    of('Median', 'medianHu', 0),
    of('5 %', 'p5Hu', 0),
    of('15 %', 'p15Hu', 0),
    of('95 %', 'p95Hu', 0),
    of('Lowest', 'minHu', 0),
    of('Highest', 'maxHu', 0),
  ];
}

type ValueKey = 'meanHu' | 'sdHu' | 'medianHu' | 'p5Hu' | 'p15Hu' | 'p95Hu' | 'minHu' | 'maxHu';

/** Of any label. */
export function labelColumns(unit: string): readonly Column<LabelMeasures>[] {
  return [
    NAME,
    numbers('Volume', 'ml', 1, 'volume_ml', (row) => row.volumeMl),
    ...values(unit),
    numbers('Surface', 'mm²', 0, 'surface_mm2', (row) => row.surfaceMm2),
    numbers('Voxels', '', 0, 'voxels', (row) => row.voxels),
    numbers('Padding', 'voxel', 0, 'padding_voxels', (row) => row.paddingVoxels),
    centroid(0),
    centroid(1),
    centroid(2),
    box(0),
    box(1),
    box(2),
  ];
}

/** Of lungs, their halves and thirds: what only lungs have. */
export const LUNG_COLUMNS: readonly Column<LungRegionMeasures>[] = [
  NAME,
  numbers('Volume', 'ml', 0, 'volume_ml', (row) => row.volumeMl),
  numbers('Gas', 'ml', 0, 'gas_ml', (row) => row.gasMl),
  numbers('Tissue', 'g', 0, 'tissue_g', (row) => row.tissueG),
  numbers('Tissue, Schneider', 'g', 0, 'schneider_g', (row) => row.schneiderG),
  numbers('Mean density', 'HU', 0, 'mean_hu', (row) => row.meanHu),
  numbers('Perc15', 'HU', 0, 'p15_hu', (row) => row.p15Hu),
  numbers('LAA −950', '%', 2, 'laa950_percent', (row) => row.laa950Percent),
  numbers('LAA −910', '%', 2, 'laa910_percent', (row) => row.laa910Percent),
  numbers('LAA −856', '%', 2, 'laa856_percent', (row) => row.laa856Percent),
  numbers('Over-aerated', '%', 1, 'over_aerated_percent', (row) => row.overAeratedPercent),
  numbers(
    'Normally aerated',
    '%',
    1,
    'normally_aerated_percent',
    (row) => row.normallyAeratedPercent,
  ),
  numbers('Poorly aerated', '%', 1, 'poorly_aerated_percent', (row) => row.poorlyAeratedPercent),
  numbers('Non-aerated', '%', 1, 'non_aerated_percent', (row) => row.nonAeratedPercent),
];
