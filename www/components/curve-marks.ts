import type { ThresholdChoice } from 'hounsfield';
import uPlot from 'uplot';

import { hounsfield } from '../lib/format.js';

/** What lies over the curve. */
export interface Marks {
  readonly choice: ThresholdChoice;
  /** The threshold in use or under the hand. */
  readonly atHu: number;
  readonly suggestedHu: number;
  readonly unit: 'HU' | '';
}

type Colour = (token: string) => string;

/** Where the classical recipe counted: from 150 HU in steps of 14. */
const GRID_FROM_HU = 150;
const GRID_STEP_HU = 14;
const MINIMA = ['1st minimum', '2nd minimum'] as const;

export const drawMarks = { behind, above };

/** Stretches in which nothing joins or parts. */
function behind(u: uPlot, { choice }: Marks, colour: Colour): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.fillStyle = colour('--accent-soft');
  for (const { fromHu, toHu } of choice.stable) {
    const left = u.valToPos(fromHu, 'x', true);
    const right = u.valToPos(toHu, 'x', true);
    ctx.fillRect(left, bbox.top, Math.max(right - left, uPlot.pxRatio), bbox.height);
  }
  ctx.restore();
}

function above(u: uPlot, marks: Marks, colour: Colour): void {
  u.ctx.save();
  gridDots(u, colour('--ink-2'));
  minima(u, marks, colour('--ink'), colour('--ink-3'));
  if (marks.suggestedHu !== marks.atHu) line(u, marks.suggestedHu, colour('--ink-3'), [3, 3]);
  line(u, marks.atHu, colour('--accent'), []);
  label(u, hounsfield(marks.atHu, marks.unit), marks.atHu, colour);
  u.ctx.restore();
}

function placeOf(u: uPlot, hu: number): { x: number; y: number } | null {
  const index = hu - (u.data[0][0] ?? 0);
  const n = u.data[1]?.[index];
  if (n === null || n === undefined) return null;
  return { x: u.valToPos(hu, 'x', true), y: u.valToPos(n, 'y', true) };
}

function gridDots(u: uPlot, stroke: string): void {
  const { ctx } = u;
  const { pxRatio } = uPlot;
  ctx.fillStyle = stroke;
  const last = u.data[0].at(-1) ?? 0;
  for (let hu = GRID_FROM_HU; hu <= last; hu += GRID_STEP_HU) {
    const at = placeOf(u, hu);
    if (!at) continue;
    ctx.beginPath();
    ctx.arc(at.x, at.y, 2 * pxRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
}

/** Rings on the curve; the names below it, where it never is, each on a row of its own. */
function minima(u: uPlot, { choice }: Marks, stroke: string, quiet: string): void {
  const { ctx, bbox } = u;
  const { pxRatio } = uPlot;
  const bottom = bbox.top + bbox.height;
  ctx.font = `${11 * pxRatio}px system-ui, sans-serif`;
  ctx.textBaseline = 'alphabetic';
  MINIMA.forEach((name, k) => {
    const hu = choice.minimaHu[k];
    const at = hu === undefined ? null : placeOf(u, hu);
    if (!at) return;
    const radius = 5 * pxRatio;
    const textY = bottom - (6 + 14 * k) * pxRatio;
    ctx.strokeStyle = stroke;
    ctx.lineWidth = 1.5 * pxRatio;
    ctx.beginPath();
    ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.strokeStyle = quiet;
    ctx.lineWidth = pxRatio;
    ctx.beginPath();
    ctx.moveTo(at.x, at.y + radius);
    ctx.lineTo(at.x, textY);
    ctx.stroke();
    const isFarRight = at.x > bbox.left + bbox.width * 0.7;
    ctx.textAlign = isFarRight ? 'right' : 'left';
    ctx.fillStyle = stroke;
    ctx.fillText(name, at.x + (isFarRight ? -4 : 4) * pxRatio, textY);
  });
}

function line(u: uPlot, hu: number, stroke: string, dash: readonly number[]): void {
  const { ctx, bbox } = u;
  const { pxRatio } = uPlot;
  const x = u.valToPos(hu, 'x', true);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * pxRatio;
  ctx.setLineDash(dash.map((d) => d * pxRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** The threshold's value at the head of its line. */
function label(u: uPlot, text: string, hu: number, colour: Colour): void {
  const { ctx, bbox } = u;
  const { pxRatio } = uPlot;
  ctx.font = `600 ${11 * pxRatio}px system-ui, sans-serif`;
  const width = ctx.measureText(text).width + 10 * pxRatio;
  const height = 16 * pxRatio;
  const centre = u.valToPos(hu, 'x', true);
  const left = Math.min(Math.max(centre - width / 2, bbox.left), bbox.left + bbox.width - width);
  const top = bbox.top - 6 * pxRatio;
  ctx.fillStyle = colour('--accent');
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, 3 * pxRatio);
  ctx.fill();
  ctx.fillStyle = colour('--accent-ink');
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, left + width / 2, top + height / 2);
}
