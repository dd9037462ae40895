import type { ComponentCurve, ThresholdChoice } from 'hounsfield';
import { useCallback, useMemo } from 'react';
import uPlot from 'uplot';

import { usePlot } from '../hooks/usePlot.js';
import { number } from '../lib/format.js';
import { drawMarks } from './curve-marks.js';
import type { Marks } from './curve-marks.js';
import { colourOf, FONT, logSplits } from './plot.js';

interface CurvePlotProps {
  readonly curve: ComponentCurve;
  readonly choice: ThresholdChoice;
  readonly atHu: number;
  readonly suggestedHu: number;
  /** Where the horizontal axis begins. */
  readonly fromHu: number;
  readonly isLog: boolean;
  readonly unit: 'HU' | '';
  readonly onHover: (hu: number | null) => void;
}

const HEIGHT = 192;

/** The plot itself. Pointer and keys are the business of the slider around it. */
export default function CurvePlot(props: CurvePlotProps) {
  const { curve, choice, atHu, suggestedHu, fromHu, isLog, unit, onHover } = props;
  const marks = useMemo(
    () => ({ choice, atHu, suggestedHu, unit }),
    [choice, atHu, suggestedHu, unit],
  );
  const draw = useCallback(
    (container: HTMLElement, latest: () => Marks) =>
      make(container, { curve, fromHu, isLog, onHover }, latest),
    [curve, fromHu, isLog, onHover],
  );
  const place = usePlot(draw, marks);
  return <div ref={place} aria-hidden className="h-48 overflow-hidden" />;
}

function make(
  container: HTMLElement,
  options: Pick<CurvePlotProps, 'curve' | 'fromHu' | 'isLog' | 'onHover'>,
  marks: () => Marks,
): uPlot {
  const { curve, fromHu, isLog, onHover } = options;
  const hus = curve.components.map((_, i) => curve.firstHu + i);
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
    padding: [10, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: [fromHu, hus.at(-1) ?? fromHu + 1] },
      y: isLog
        ? { distr: 3, range: (_, min, max) => [Math.max(1, min) / 2, max * 1.3] }
        : { range: (_, __, max) => [0, Math.max(1, max) * 1.06] },
    },
    axes: [
      { ...axis, size: 22, values: (_, splits) => splits.map((hu) => String(hu)) },
      {
        ...axis,
        size: 44,
        values: (_, splits) => splits.map((n) => number(n)),
        ...(isLog
          ? { splits: (_, __, min, max) => logSplits(min, max, [1, 2, 5]), filter: (_, all) => all }
          : {}),
      },
    ],
    series: [{}, { stroke: colour('--ink'), width: 1.5, points: { show: false } }],
    hooks: {
      drawClear: [(u) => drawMarks.behind(u, marks(), (name) => colourOf(container, name))],
      draw: [(u) => drawMarks.above(u, marks(), (name) => colourOf(container, name))],
      setCursor: [
        (u) => {
          const { idx } = u.cursor;
          onHover(idx === null || idx === undefined ? null : (hus[idx] ?? null));
        },
      ],
    },
  };
  const counts = isLog ? curve.components.map((n) => Math.max(1, n)) : curve.components;
  return new uPlot(plan, [hus, [...counts]], container);
}
