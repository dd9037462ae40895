import type { Histogram } from 'hounsfield';
import { useCallback } from 'react';
import uPlot from 'uplot';

import { usePlot } from '../hooks/usePlot.js';
import { shortCount } from '../lib/histogram.js';
import type { Range } from '../lib/histogram.js';
import { colourOf, FONT, logSplits } from './plot.js';

/** A value that a result hangs on. */
export interface MarkLine {
  readonly name: string;
  readonly hu: number;
  readonly colour: string;
}

interface HistogramPlotProps {
  readonly histogram: Histogram;
  readonly range: Range;
  readonly lines: readonly MarkLine[];
}

/** Where the drawing area lies in the plot; what lies over it goes by the same numbers. */
export const INSET = { top: 36, right: 10, bottom: 22, left: 38 } as const;
const HEIGHT = 176;
const ROW = 11;
/** Below one voxel: bins without any lie on the floor. */
const FLOOR = 0.7;

/** Counts on a logarithmic scale, peaks with their names, lines where results hang on a value. */
export default function HistogramPlot({ histogram, range, lines }: HistogramPlotProps) {
  const draw = useCallback(
    (container: HTMLElement, marks: () => readonly MarkLine[]) =>
      make(container, histogram, range, marks),
    [histogram, range],
  );
  const place = usePlot(draw, lines);
  return <div ref={place} aria-hidden className="h-44 overflow-hidden" />;
}

function make(
  container: HTMLElement,
  { firstHu, binHu, counts, peaks }: Histogram,
  { fromHu, toHu }: Range,
  lines: () => readonly MarkLine[],
): uPlot {
  const colour = (name: string) => () => colourOf(container, name);
  const axis: uPlot.Axis = {
    stroke: colour('--ink-3'),
    font: FONT,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    gap: 4,
  };
  const plan: uPlot.Options = {
    width: Math.max(1, container.clientWidth),
    height: HEIGHT,
    padding: [INSET.top, INSET.right, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [fromHu, toHu] },
      y: { distr: 3, range: (_, __, max) => [FLOOR, Math.max(10, max) * 1.5] },
    },
    axes: [
      {
        ...axis,
        size: INSET.bottom,
        space: 44,
        values: (_, splits) => splits.map((hu) => String(hu).replace('-', '\u2212')),
      },
      {
        ...axis,
        size: INSET.left,
        values: (_, splits) => splits.map(shortCount),
        splits: (_, __, min, max) => logSplits(min, max, [1]),
        filter: (_, all) => all,
      },
    ],
    series: [
      {},
      { stroke: colour('--ink-2'), fill: colour('--hover'), width: 1, points: { show: false } },
    ],
    hooks: {
      draw: [
        (u) => {
          u.ctx.save();
          for (const line of lines()) drawLine(u, line);
          drawPeaks(u, peaks, colourOf(container, '--ink'), colourOf(container, '--ink-3'));
          u.ctx.restore();
        },
      ],
    },
  };
  const middles = counts.map((_, i) => firstHu + (i + 0.5) * binHu);
  return new uPlot(plan, [middles, counts.map((n) => Math.max(FLOOR / 2, n))], container);
}

function drawLine(u: uPlot, { hu, colour }: MarkLine): void {
  const { ctx, bbox } = u;
  const x = u.valToPos(hu, 'x', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * uPlot.pxRatio;
  ctx.setLineDash([4 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Names above the plot, each on the first row on which it does not run into another one. */
function drawPeaks(u: uPlot, peaks: Histogram['peaks'], stroke: string, quiet: string): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  const rows = [-Infinity, -Infinity, -Infinity];
  ctx.font = `${11 * px}px system-ui, sans-serif`;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  for (const { kind, hu, count } of peaks) {
    const x = u.valToPos(hu, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const width = ctx.measureText(kind).width;
    const left = Math.min(Math.max(x - width / 2, 0), bbox.left + bbox.width - width);
    const free = rows.findIndex((end) => end + 4 * px < left);
    const row = Math.max(0, free);
    rows[row] = left + width;
    const y = bbox.top - (3 + ROW * row) * px;
    ctx.strokeStyle = quiet;
    ctx.lineWidth = px;
    ctx.beginPath();
    ctx.moveTo(x, y + 2 * px);
    ctx.lineTo(x, u.valToPos(count, 'y', true));
    ctx.stroke();
    ctx.fillStyle = stroke;
    ctx.fillText(kind, left, y);
  }
}
