import { checkWords } from '../lib/check.js';
import { sentence } from '../lib/format.js';
import { isLoss } from '../lib/problem.js';
import { wholeRange } from '../lib/presets.js';
import { isHu } from '../lib/units.js';
import { get, PRESETS, set, setView } from '../session.js';
import type { OpenScan } from '../session.js';
import { held } from './held.js';
import type { Opened } from './held.js';
import { paintScan } from './viewer.js';

/**
 * Brings a scan to the screen. The CT check is asked for first: it is quick, and the engine answers
 * in turn, so that it stands there before any result can.
 */
export async function showScan(shown: Opened): Promise<void> {
  frameScan(shown);
  void checkScan(shown);
  // Grey values have no window of their own: the range is needed before there is anything to see.
  const isGrey = !isHu(shown.scan.info);
  if (isGrey) await measure(shown);
  await paintScan(shown.scan);
  if (held.opened !== shown) return;
  if (!isGrey) await measure(shown);
}

async function checkScan(shown: Opened): Promise<void> {
  try {
    const items = await shown.scan.check();
    const check = { step: 'done', items } as const;
    changeScan(shown, { check });
    if (held.opened === shown) set({ spoken: `CT check: ${checkWords(check)}` });
  } catch (error) {
    if (isLoss(error)) return;
    const what = sentence(error instanceof Error ? error.message : String(error));
    changeScan(shown, { check: { step: 'failed', what } });
  }
}

async function measure(shown: Opened): Promise<void> {
  try {
    const intensity = await shown.scan.intensity();
    changeScan(shown, { intensity });
    if (held.opened !== shown || isHu(shown.scan.info)) return;
    setView({ window: wholeRange(intensity.minHu, intensity.maxHu) });
  } catch {
    // The facts stay without the range of values; a lost engine is told elsewhere.
  }
}

function changeScan(shown: Opened, change: Partial<OpenScan>): void {
  set((s) => (held.opened === shown && s.scan ? { scan: { ...s.scan, ...change } } : s));
}

/** Was the last scan one of grey values, or a single picture? Its window and layout were ours. */
let before = { isGrey: false, isFlat: false };

/** A single picture fills the stage; a scan in HU is not looked at through a picture's window. */
function frameScan({ scan: { info } }: Opened): void {
  const now = { isGrey: !isHu(info), isFlat: info.sizeVoxel[2] === 1 };
  const { layout } = get().view;
  const isPhone = matchMedia('(max-width: 767px)').matches;
  if (now.isFlat) setView({ layout: 'axial' });
  else if (before.isFlat && layout === 'axial' && !isPhone) setView({ layout: '2x2' });
  if (before.isGrey && !now.isGrey) setView({ window: PRESETS[2].window });
  before = now;
}
