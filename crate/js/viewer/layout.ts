import type { Layout, Pane } from './types.js';

/** A rectangle in whole device pixels, counted from the canvas's **upper** left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The panes of the 2×2 view in reading order. */
export const PANES = ['axial', 'coronal', 'sagittal', '3d'] as const satisfies readonly Pane[];

/** Where each visible pane lies; a pane that is not shown is `null`. `gap` separates neighbours, in pixels. */
export function layoutRects(
  layout: Layout,
  width: number,
  height: number,
  gap: number,
): Record<Pane, Rect | null> {
  const rects: Record<Pane, Rect | null> = {
    axial: null,
    coronal: null,
    sagittal: null,
    '3d': null,
  };
  if (layout !== '2x2') {
    rects[layout] = { x: 0, y: 0, width, height };
    return rects;
  }
  const left = Math.floor((width - gap) / 2);
  const top = Math.floor((height - gap) / 2);
  const right = width - gap - left;
  const bottom = height - gap - top;
  rects.axial = { x: 0, y: 0, width: left, height: top };
  rects.coronal = { x: left + gap, y: 0, width: right, height: top };
  rects.sagittal = { x: 0, y: top + gap, width: left, height: bottom };
  rects['3d'] = { x: left + gap, y: top + gap, width: right, height: bottom };
  return rects;
}
