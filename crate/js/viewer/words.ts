import type { Letter, Pane } from './types.js';

/** Every word the viewer shows or says; replace what your language needs. */
export interface ViewerWords {
  readonly panes: Readonly<Record<Pane, string>>;
  readonly letters: Readonly<Record<Letter, string>>;
  /** Accessible name of a pane. */
  readonly paneName: (pane: string) => string;
  /** Accessible name of a slice slider. */
  readonly sliderName: (pane: string) => string;
  readonly maximise: (pane: string) => string;
  readonly restore: string;
  /** The line under the picture; `hu` is `null` outside the scan. `mm` is RAS. */
  readonly readout: (hu: number | null, mm: readonly [string, string, string]) => string;
  readonly lost: string;
}

/** English. */
export const ENGLISH: ViewerWords = {
  panes: { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal', '3d': '3D' },
  letters: { R: 'R', L: 'L', A: 'A', P: 'P', S: 'S', I: 'I' },
  paneName: (pane) => `${pane} view`,
  sliderName: (pane) => `${pane} slice position`,
  maximise: (pane) => `Maximise ${pane}`,
  restore: 'Back to all views',
  readout: (hu, mm) => `${hu === null ? '–' : `${hu} HU`} @ ${mm.join('  ')}`,
  lost: 'The graphics card was reset. The picture will be back in a moment.',
};
