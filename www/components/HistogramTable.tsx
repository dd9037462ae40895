import type { Histogram } from 'hounsfield';

import { hounsfield, millilitres, number } from '../lib/format.js';
import { grouped, voxelsOf } from '../lib/histogram.js';
import { Facts } from './ui/Facts.js';

const ROW_HU = 50;

interface HistogramTableProps {
  readonly histogram: Histogram;
  readonly voxelMl: number;
  readonly unit: 'HU' | '';
  /** Whose values they are. */
  readonly of: string;
}

/** The histogram for those who would rather read it. */
export function HistogramTable({ histogram, voxelMl, unit, of }: HistogramTableProps) {
  const all = voxelsOf(histogram.counts);
  return (
    <>
      <Facts
        rows={[
          ...histogram.peaks.map(
            ({ kind, hu }) => [`Peak of ${kind}`, hounsfield(hu, unit)] as const,
          ),
          ['Voxels', number(all)],
          ['Padding, not counted', number(histogram.paddingVoxels)],
        ]}
      />
      <section
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Histogram of ${of} as a table`}
        className="mt-2 max-h-72 overflow-y-auto rounded-md border border-line"
      >
        <table className="w-full text-right">
          <thead className="sticky top-0 bg-raised text-xs text-ink-2">
            <tr>
              <th scope="col" className="p-1.5 font-normal">
                From{unit && `, ${unit}`}
              </th>
              <th scope="col" className="p-1.5 font-normal">
                Share, %
              </th>
              <th scope="col" className="p-1.5 font-normal">
                Volume
              </th>
            </tr>
          </thead>
          <tbody>
            {grouped(histogram, ROW_HU).map(({ fromHu, voxels }) => (
              <tr key={fromHu}>
                <th scope="row" className="px-1.5 font-normal">
                  {number(fromHu)}
                </th>
                <td className="px-1.5">{number((100 * voxels) / all, 2)}</td>
                <td className="px-1.5">{millilitres(voxels * voxelMl)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
