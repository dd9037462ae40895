import type { Triple } from 'hounsfield';

// Groups of three are set apart by a narrow no-break space and minus is a minus sign: numbers read
// the same whatever the browser's locale, and never break across lines.
const GROUP = '\u202f';
const MINUS = '\u2212';
const TIMES = '\u200a×\u200a';

/** "1 038", "−1 024", "0.70": grouped thousands, fixed decimals. */
export function number(value: number, decimals = 0): string {
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, GROUP);
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  const isZero = Number(digits.replaceAll(GROUP, '')) === 0;
  return value < 0 && !isZero ? MINUS + digits : digits;
}

/** Three significant digits or whole numbers, which is what a volume is known to. */
export function millilitres(value: number): string {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return `${number(value, decimals)} ml`;
}

/** `unit`: "" where the numbers are no Hounsfield units. */
export function hounsfield(value: number, unit = 'HU'): string {
  return `${number(Math.round(value))} ${unit}`.trim();
}

/** Decimal units, as operating systems show file sizes. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} bytes`;
  if (value < 999_500) return `${number(value / 1e3, value < 9950 ? 1 : 0)} kB`;
  if (value < 999_500_000) return `${number(value / 1e6, value < 9_950_000 ? 1 : 0)} MB`;
  return `${number(value / 1e9, value < 9_950_000_000 ? 1 : 0)} GB`;
}

export function sizeVoxel(size: Triple): string {
  return size.map((n) => String(n)).join(TIMES);
}

/** Without the unit, for where the label has it. */
export function spacing(mm: Triple): string {
  return mm.map((along) => number(along, 2)).join(TIMES);
}

export function spacingMm(mm: Triple): string {
  return `${spacing(mm)} mm`;
}

export function percent(fraction: number): string {
  return `${number(Math.floor(fraction * 100))} %`;
}

/** "1 note", "2 notes". */
export function count(n: number, one: string, many: string): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** What is left of a job, once two seconds have shown how fast it goes; "" before that. */
export function timeLeft(fraction: number, elapsedSeconds: number): string {
  if (elapsedSeconds < 2 || fraction < 0.02 || fraction >= 1) return '';
  const seconds = (elapsedSeconds * (1 - fraction)) / fraction;
  if (seconds < 1.5) return 'about a second left';
  if (seconds < 90) return `about ${number(Math.round(seconds))} s left`;
  return `about ${number(Math.round(seconds / 60))} min left`;
}

/** Minus signs as people read them, where the core writes what files and consoles take. */
export function typeset(text: string): string {
  return text.replace(/(^|[\s([,])-(?=\d)/g, `$1${MINUS}`);
}

/** The core writes clauses; people read sentences. */
export function sentence(clause: string): string {
  const text = typeset(clause.trim());
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/.test(capital) ? capital : `${capital}.`;
}
