import type { HuWindow } from 'hounsfield/viewer';
import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';

import { number } from '../lib/format.js';
import type { Range } from '../lib/histogram.js';
import { setView, useSession } from '../session.js';

type Part = 'low' | 'high' | 'both';

const NAMES = { low: 'Window, black', high: 'Window, white', both: 'Window, centre' } as const;
const STEP_HU = 10;
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

interface Edges {
  readonly low: number;
  readonly high: number;
}

function edgesOf({ centreHu, widthHu }: HuWindow): Edges {
  return { low: centreHu - widthHu / 2, high: centreHu + widthHu / 2 };
}

function moved({ low, high }: Edges, part: Part, by: number): HuWindow {
  const nextLow = part === 'high' ? low : Math.min(low + by, part === 'low' ? high - 1 : Infinity);
  const nextHigh =
    part === 'low' ? high : Math.max(high + by, part === 'high' ? low + 1 : -Infinity);
  const [black, white] = [Math.round(nextLow), Math.round(nextHigh)];
  return { centreHu: (black + white) / 2, widthHu: white - black };
}

/**
 * The grey window over a plot of values: both edges and the middle can be taken by the hand, and are
 * sliders for the keyboard. Fills its place, which is the plot's drawing area.
 */
export function WindowBand({ range, unit }: { readonly range: Range; readonly unit: string }) {
  const window = useSession((s) => s.view.window);
  const edges = edgesOf(window);
  const span = range.toHu - range.fromHu;
  const share = (hu: number): number =>
    Math.min(1, Math.max(0, (hu - range.fromHu) / Math.max(1, span)));
  const [left, right] = [share(edges.low), share(edges.high)];
  const at = { low: left, high: right, both: (left + right) / 2 };
  return (
    <>
      <div
        className="pointer-events-none absolute inset-y-0 border-x-2 border-accent bg-accent/15"
        style={{ left: `${left * 100}%`, right: `${(1 - right) * 100}%` }}
      />
      <Handle part="both" edges={edges} range={range} unit={unit} at={at.both} />
      <Handle part="low" edges={edges} range={range} unit={unit} at={at.low} />
      <Handle part="high" edges={edges} range={range} unit={unit} at={at.high} />
    </>
  );
}

interface HandleProps {
  readonly part: Part;
  readonly edges: Edges;
  readonly range: Range;
  readonly unit: string;
  /** 0 to 1, of the width. */
  readonly at: number;
}

/** Edges are taken from outside, so that a narrow window keeps a middle. */
const LOOK: Readonly<Record<Part, string>> = {
  low: 'inset-y-0 w-4 -translate-x-3 cursor-ew-resize pointer-coarse:w-11 pointer-coarse:-translate-x-10',
  high: 'inset-y-0 w-4 -translate-x-1 cursor-ew-resize pointer-coarse:w-11',
  both: 'top-1/3 h-8 w-6 -translate-x-1/2 cursor-grab pointer-coarse:h-11 pointer-coarse:w-11',
};

function Handle({ part, edges, range, unit, at }: HandleProps) {
  const drag = useRef<{ x: number; edges: Edges; huPerPixel: number } | null>(null);
  const value = part === 'both' ? (edges.low + edges.high) / 2 : edges[part];

  const onKey = (event: KeyboardEvent): void => {
    const steps = KEYS[event.key];
    if (steps === undefined) return;
    const by = steps * STEP_HU * (event.shiftKey ? 10 : 1);
    setView({ window: moved(edges, part, by) });
    event.preventDefault();
  };
  const onDown = (event: PointerEvent<HTMLDivElement>): void => {
    const width = event.currentTarget.parentElement?.clientWidth ?? 0;
    if (event.button !== 0 || width === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    // An edge beyond the plot is taken from where it is seen.
    const low = part === 'low' ? Math.max(edges.low, range.fromHu) : edges.low;
    const high = part === 'high' ? Math.min(edges.high, range.toHu) : edges.high;
    const huPerPixel = (range.toHu - range.fromHu) / width;
    drag.current = { x: event.clientX, edges: { low, high }, huPerPixel };
  };
  const onMove = (event: PointerEvent): void => {
    const { current } = drag;
    if (!current) return;
    const by = (event.clientX - current.x) * current.huPerPixel;
    setView({ window: moved(current.edges, part, by) });
  };
  const onUp = (): void => {
    drag.current = null;
  };
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- three inputs cannot lie on one track
      role="slider"
      tabIndex={0}
      aria-label={NAMES[part]}
      aria-valuemin={Math.min(range.fromHu, Math.round(value))}
      aria-valuemax={Math.max(range.toHu, Math.round(value))}
      aria-valuenow={Math.round(value)}
      aria-valuetext={`${number(value)} ${unit}`.trim()}
      onKeyDown={onKey}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={onUp}
      className={`absolute touch-none rounded-sm ${LOOK[part]}`}
      style={{ left: `${at * 100}%` }}
    >
      {part === 'both' && (
        <span className="absolute inset-y-2 left-1/2 w-3 -translate-x-1/2 rounded-full border-x-2 border-accent" />
      )}
    </div>
  );
}
