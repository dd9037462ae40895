import { sentence } from './format.js';

/** An error as a reader meets it: what happened, what can be done, and details worth sending on. */
export interface Problem {
  readonly what: string;
  readonly next: string;
  /** For a bug report: no file names, no header fields, nothing of the patient. */
  readonly details: string;
}

/** By the engine's codes. */
const NEXT: Readonly<Record<string, string>> = {
  not_nifti: 'Choose a NIfTI file: .nii, .nii.gz, or an .hdr together with its .img.',
  encrypted: 'Unpack the archive with its password, then open the folder.',
  missing_image: 'Open the .hdr and the .img file together.',
  truncated: 'The file is incomplete: copy or download it again.',
  unreadable: 'The file may be damaged or still being written: copy or download it again.',
  out_of_memory: 'Close other tabs, or open a smaller scan, for instance one with thicker slices.',
  too_large: 'Open a smaller scan, for instance a cropped one or one with thicker slices.',
  engine_lost: 'Start the engine again. Your settings are kept.',
};

/** What can be done about an error or a reason of the engine's. */
export function adviceFor(code: string, fallback: string): string {
  return NEXT[code] ?? fallback;
}

/** The engine's code for an error, or "unknown". */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'unknown';
  return String(error.code);
}

/** `fallback`: what can be done when the error's code has no advice of its own. */
export function problemOf(error: unknown, fallback: string): Problem {
  const code = codeOf(error);
  const what = sentence(error instanceof Error ? error.message : String(error));
  return {
    what,
    next: adviceFor(code, fallback),
    details: [
      `code: ${code}`,
      `page: ${crossOriginIsolated ? 'cross-origin isolated' : 'not cross-origin isolated'}`,
      `browser: ${navigator.userAgent}`,
    ].join('\n'),
  };
}

/** The engine is gone, which is told once and in one place. */
export function isLoss(error: unknown): boolean {
  return codeOf(error) === 'engine_lost';
}

/** Cancelled on purpose: nothing to report. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (error instanceof DOMException && error.name === 'AbortError');
}
