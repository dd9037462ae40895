import type { ComponentCurve } from 'hounsfield';
import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';

import { tryThreshold } from '../actions/bones.js';
import { pointOf } from './CurveReadout.js';

interface CurveSliderProps {
  readonly curve: ComponentCurve;
  readonly hu: number;
  /** Left end: the curve's, or a threshold below it. */
  readonly fromHu: number;
  readonly voxelMl: number;
  readonly unit: 'HU' | '';
  /** The plot; its drawing area carries the class `u-over`. */
  readonly children: ReactNode;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

/** Makes the plot a slider over thresholds: click, drag, arrow keys; heard as one sentence. */
export function CurveSlider({ curve, hu, fromHu, voxelMl, unit, children }: CurveSliderProps) {
  const isDragging = useRef(false);
  const lastHu = curve.firstHu + curve.components.length - 1;
  const goTo = (next: number): void => {
    const bounded = Math.min(lastHu, Math.max(fromHu, Math.round(next)));
    if (bounded !== hu) tryThreshold(bounded);
  };

  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step !== undefined) goTo(hu + (event.shiftKey ? step * 10 : step));
    else if (event.key === 'Home') goTo(fromHu);
    else if (event.key === 'End') goTo(lastHu);
    else return;
    event.preventDefault();
  };

  const onPointer = (event: PointerEvent<HTMLDivElement>): void => {
    const area = event.currentTarget.querySelector('.u-over')?.getBoundingClientRect();
    if (!area || area.width === 0) return;
    const share = (event.clientX - area.left) / area.width;
    goTo(fromHu + share * (lastHu - fromHu));
  };
  const onDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    isDragging.current = true;
    event.currentTarget.setPointerCapture(event.pointerId);
    onPointer(event);
  };

  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an input cannot hold a plot
      role="slider"
      tabIndex={0}
      aria-label="Bone threshold"
      aria-valuemin={fromHu}
      aria-valuemax={lastHu}
      aria-valuenow={hu}
      aria-valuetext={pointOf({ curve, hu, voxelMl, unit }).spoken}
      onKeyDown={onKey}
      onPointerDown={onDown}
      onPointerMove={(event) => isDragging.current && onPointer(event)}
      onPointerUp={() => (isDragging.current = false)}
      onPointerCancel={() => (isDragging.current = false)}
      className="cursor-ew-resize touch-pan-y rounded-md"
    >
      {children}
    </div>
  );
}
