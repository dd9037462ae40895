import type { ComponentCurve } from 'hounsfield';

import { number } from '../lib/format.js';

interface CurveTableProps {
  readonly curve: ComponentCurve;
  readonly voxelMl: number;
  readonly unit: 'HU' | '';
  readonly atHu: number;
}

/** The curve for those who would rather read it. */
export function CurveTable({ curve, voxelMl, unit, atHu }: CurveTableProps) {
  const ml = (voxels: number | undefined): string =>
    voxels === undefined ? '–' : number(voxels * voxelMl, 1);
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Component curve as a table"
      className="max-h-72 overflow-y-auto rounded-md border border-line"
    >
      <table className="w-full text-right">
        <thead className="sticky top-0 bg-raised text-xs text-ink-2">
          <tr>
            <th scope="col" className="p-1.5 font-normal">
              {unit || 'Value'}
            </th>
            <th scope="col" className="p-1.5 font-normal">
              Components
            </th>
            <th scope="col" className="p-1.5 font-normal">
              Largest, ml
            </th>
            <th scope="col" className="p-1.5 font-normal">
              All, ml
            </th>
          </tr>
        </thead>
        <tbody>
          {curve.components.map((components, i) => {
            const hu = curve.firstHu + i;
            return (
              <tr key={hu} className={hu === atHu ? 'bg-accent-soft font-medium' : ''}>
                <th scope="row" className="px-1.5 font-normal">
                  {hu}
                </th>
                <td className="px-1.5">{number(components)}</td>
                <td className="px-1.5">{ml(curve.largestVoxels[i])}</td>
                <td className="px-1.5">{ml(curve.voxels[i])}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
