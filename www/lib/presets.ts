import type { HuWindow } from 'hounsfield/viewer';

import { PRESETS } from '../session.js';
import type { OpenScan } from '../session.js';
import { isHu } from './units.js';

interface Preset {
  readonly key: string;
  readonly name: string;
  readonly window: HuWindow;
}

/** The windows of CT; for other values the one that shows all of them, once they are known. */
export function presetsFor(scan: OpenScan | null): readonly Preset[] {
  if (!scan || isHu(scan.info)) return PRESETS;
  const { intensity } = scan;
  if (!intensity) return [];
  const { minHu, maxHu } = intensity;
  return [{ key: '1', name: 'Whole range', window: wholeRange(minHu, maxHu) }];
}

/** From black at the lowest value to white at the highest. */
export function wholeRange(min: number, max: number): HuWindow {
  return { centreHu: (min + max) / 2, widthHu: Math.max(1, max - min) };
}
