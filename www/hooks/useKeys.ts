import { useEffect } from 'react';

import { cancelBones } from '../actions/bones.js';
import { cancelLungs } from '../actions/lungs.js';
import { cancelOpening, dismissFailure } from '../actions/open.js';
import { cancelPrepare } from '../actions/prepare.js';
import { cancelSlices } from '../actions/slices.js';
import { cancelSurface, cancelSurfaceFile } from '../actions/surfaces.js';
import { showDialog } from '../components/dialogs.js';
import { toggleMeasuring } from '../components/MeasureTools.js';
import { pickFiles } from '../components/picker.js';
import { presetsFor } from '../lib/presets.js';
import { get, presentLayers, setLayer, setView } from '../session.js';

const OPACITY_STEP = 0.1;

function changeOpacity(by: number): void {
  for (const [id, { opacity }] of presentLayers(get().layers)) {
    const next = Math.round((opacity + by) * 10) / 10;
    setLayer(id, { opacity: Math.min(1, Math.max(0, next)) });
  }
}

function isOpening(): boolean {
  return !['idle', 'failed'].includes(get().opening.step);
}

const CANCEL = {
  bones: cancelBones,
  lungs: cancelLungs,
  prepare: cancelPrepare,
  slices: cancelSlices,
  surface: cancelSurface,
  surfaceFile: cancelSurfaceFile,
} as const;

/** What is being opened first, then what runs in the panel that is shown, then any other. */
function cancel(): void {
  const { panel, tasks } = get();
  const jobs = [panel, ...(Object.keys(CANCEL) as (keyof typeof CANCEL)[])];
  const running = jobs.find((id) => tasks[id].step === 'running');
  if (isOpening()) cancelOpening();
  else if (running) CANCEL[running]();
  else if (get().view.measuring) setView({ measuring: null });
  else dismissFailure();
}

/** Keys that work everywhere; true when the key was one of them. */
function act(key: string): boolean {
  const preset = presetsFor(get().scan).find((p) => p.key === key);
  if (preset) setView({ window: preset.window });
  else if (key === ' ') setView({ overlayVisible: !get().view.overlayVisible });
  else if (key === '[') changeOpacity(-OPACITY_STEP);
  else if (key === ']') changeOpacity(OPACITY_STEP);
  else if (key === 'Escape') cancel();
  else if (key === 'm') toggleMeasuring('distance');
  else if (key === 'o') pickFiles();
  else if (key === '?') showDialog('help');
  else return false;
  return true;
}

/** Keys belong to the thing that has the focus first: text being typed, a button under Space. */
function belongsElsewhere(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || target.closest('dialog[open]') || get().overlay !== null) return true;
  const isTyping = target.closest('input:not([type=range], [type=checkbox]), textarea, select');
  if (isTyping) return event.key !== 'Escape';
  return event.key === ' ' && target.closest('button, summary, a, input') !== null;
}

export function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (belongsElsewhere(event)) return;
      if (event.key !== 'Escape' && !get().singleKeys) return;
      if (act(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
