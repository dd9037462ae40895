import type { Measured } from './measure.js';
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
  /** A measurement as its label shows it. */
  readonly measure: (measured: Measured) => string;
  /** Accessible name of the button that removes a measurement; `text` is its label. */
  readonly removeMeasure: (text: string) => string;
  /** Said when a point of a measurement was placed. */
  readonly placed: (count: number, of: number) => string;
  /** Said when a measurement is complete. */
  readonly measured: (text: string) => string;
  /** What keys do in a pane, for screen readers. */
  readonly keys: (pane: Pane) => string;
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
  measure: (m) =>
    m.kind === 'distance' ? `${m.lengthMm.toFixed(1)} mm` : `${m.angleDeg.toFixed(1)}°`,
  removeMeasure: (text) => `Remove ${text}`,
  placed: (count, of) => `Point ${count} of ${of}`,
  measured: (text) => `Measured: ${text}`,
  keys: (pane) =>
    pane === '3d'
      ? 'Arrow keys turn, with Shift they move the picture, plus and minus zoom, Home goes back. While measuring, Enter places a point in the middle of the view.'
      : 'Arrow keys and Page keys go through slices, with Shift arrows move the crosshair, plus and minus zoom. While measuring, Enter places a point at the crosshair.',
};
