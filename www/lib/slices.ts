import type { PrepareStep, SlicesOptions } from 'hounsfield';

/** How slices leave. */
export interface SlicesParams {
  readonly format: NonNullable<SlicesOptions['format']>;
  readonly plane: NonNullable<SlicesOptions['plane']>;
  /** In the names of the files. */
  readonly caseId: string;
  /** What is black and what is white in pictures of 8 bits; `null`: {@link rangeOf}. */
  readonly blackHu: number | null;
  readonly whiteHu: number | null;
  /** Masks in the colours of the layers. */
  readonly palette: boolean;
}

export const SLICES_DEFAULTS: SlicesParams = {
  format: 'png8',
  plane: 'axial',
  caseId: 'case001',
  blackHu: null,
  whiteHu: null,
  palette: false,
};

export interface GreyRange {
  readonly blackHu: number;
  readonly whiteHu: number;
}

/** What a scan that was normalised shows; else the window on the screen. */
export function rangeOf(
  steps: readonly PrepareStep[],
  { centreHu, widthHu }: { readonly centreHu: number; readonly widthHu: number },
): GreyRange {
  const scaled = steps.find((step) => step.op === 'normalise');
  if (scaled) return { blackHu: scaled.minHu ?? -1000, whiteHu: scaled.maxHu ?? 400 };
  return {
    blackHu: Math.round(centreHu - widthHu / 2),
    whiteHu: Math.round(centreHu + widthHu / 2),
  };
}

/** What is wrong with a name for files; "" when nothing is. */
export function caseIdProblem(id: string): string {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(id)
    ? ''
    : '1 to 64 letters, digits, “.”, “-” and “_”, no “.” first';
}

/** Who is who: kept beside the data, never in them. Quoted as RFC 4180 has it. */
export function mapCsv(caseId: string, original: string): string {
  const cell = (text: string): string =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return `caseId,original,outcome\n${[caseId, original, 'prepared'].map(cell).join(',')}\n`;
}
