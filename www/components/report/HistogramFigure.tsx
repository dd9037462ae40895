import type { Histogram } from 'hounsfield';

import { number } from '../../lib/format.js';
import { grouped, shortCount } from '../../lib/histogram.js';
import type { Group } from '../../lib/histogram.js';

interface HistogramFigureProps {
  readonly whole: Histogram;
  readonly left: Histogram;
  readonly right: Histogram;
  readonly borderHu: number;
  readonly colours: { readonly left: string; readonly right: string };
}

/** A stretch that holds lungs, fat, soft tissue and the darker bone. */
const FROM_HU = -1050;
const TO_HU = 650;
const BIN_HU = 10;
const SIZE = { width: 420, height: 190 } as const;
const INSET = { top: 26, right: 8, bottom: 30, left: 34 } as const;
const FLOOR = SIZE.height - INSET.bottom;

function x(hu: number): number {
  const width = SIZE.width - INSET.left - INSET.right;
  return INSET.left + ((hu - FROM_HU) / (TO_HU - FROM_HU)) * width;
}

/** Drawn as SVG: sharp on any paper. */
export function HistogramFigure({ whole, left, right, borderHu, colours }: HistogramFigureProps) {
  const all = grouped(whole, BIN_HU);
  const most = Math.max(10, ...all.map(({ voxels }) => voxels)) * 1.5;
  const y = (voxels: number): number =>
    FLOOR - (Math.log(Math.max(1, voxels)) / Math.log(most)) * (FLOOR - INSET.top);
  const line = (groups: readonly Group[]): string =>
    groups
      .filter(({ fromHu }) => fromHu >= FROM_HU && fromHu < TO_HU)
      .map(({ fromHu, voxels }) => `${x(fromHu + BIN_HU / 2).toFixed(1)},${y(voxels).toFixed(1)}`)
      .join(' ');
  return (
    <svg
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn here, not fetched
      role="img"
      aria-label={`Histogram of the scan and of both lungs on a logarithmic scale; the border of lung is at ${borderHu} HU`}
      className="block w-full"
      fontSize={9}
      fill="currentColor"
    >
      <Axes most={most} y={y} />
      <polyline
        points={`${x(FROM_HU)},${FLOOR} ${line(all)} ${x(TO_HU)},${FLOOR}`}
        fill="var(--hover)"
        stroke="var(--ink-3)"
        strokeWidth={0.8}
      />
      {[
        { groups: grouped(right, BIN_HU), colour: colours.right },
        { groups: grouped(left, BIN_HU), colour: colours.left },
      ].map(({ groups, colour }) => (
        <polyline
          key={colour}
          points={line(groups)}
          fill="none"
          stroke={colour}
          strokeWidth={1.6}
        />
      ))}
      <line
        x1={x(borderHu)}
        x2={x(borderHu)}
        y1={INSET.top}
        y2={FLOOR}
        stroke="var(--ink)"
        strokeDasharray="4 3"
      />
      <text x={x(borderHu) + 3} y={INSET.top + 8}>
        border {number(borderHu)} HU
      </text>
      <Peaks peaks={whole.peaks} y={(count) => y((count * BIN_HU) / whole.binHu)} />
    </svg>
  );
}

/** Powers of ten, and every 250 HU. */
function Axes({ most, y }: { readonly most: number; readonly y: (voxels: number) => number }) {
  const powers = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, k) => 10 ** k);
  return (
    <>
      {powers.map((n) => (
        <g key={n}>
          <line
            x1={INSET.left}
            x2={SIZE.width - INSET.right}
            y1={y(n)}
            y2={y(n)}
            stroke="var(--line)"
          />
          <text x={INSET.left - 4} y={y(n) + 3} textAnchor="end">
            {shortCount(n)}
          </text>
        </g>
      ))}
      {[-1000, -750, -500, -250, 0, 250, 500].map((hu) => (
        <text key={hu} x={x(hu)} y={FLOOR + 11} textAnchor="middle">
          {number(hu)}
        </text>
      ))}
      <text x={SIZE.width / 2} y={SIZE.height - 5} textAnchor="middle">
        HU; voxels in steps of {BIN_HU} HU, logarithmic
      </text>
    </>
  );
}

interface PeaksProps {
  readonly peaks: Histogram['peaks'];
  readonly y: (count: number) => number;
}

/** Neighbours' names stand on two lines. */
function Peaks({ peaks, y }: PeaksProps) {
  return (
    <>
      {peaks
        .filter(({ hu }) => hu > FROM_HU && hu < TO_HU)
        .map(({ kind, hu, count }, k) => (
          <g key={kind}>
            <line
              x1={x(hu)}
              x2={x(hu)}
              y1={18 - 9 * (k % 2)}
              y2={y(count)}
              stroke="var(--ink-3)"
              strokeWidth={0.6}
            />
            <text x={x(hu)} y={16 - 9 * (k % 2)} textAnchor="middle">
              {kind}
            </text>
          </g>
        ))}
    </>
  );
}
