import type { ScanInfo } from 'hounsfield';

import { number } from './format.js';

/** Are the scan's numbers Hounsfield units, as far as the file says? */
export function isHu(info: Pick<ScanInfo, 'facts'> | undefined): boolean {
  const units = info?.facts.units ?? 'unknown';
  return units === 'hu' || units === 'unknown';
}

/** What stands behind the scan's numbers. */
export function unitOf(info: Pick<ScanInfo, 'facts'> | undefined): 'HU' | '' {
  return isHu(info) ? 'HU' : '';
}

/** "43 HU"; where the numbers are no Hounsfield units, "value 43". */
export function valueOf(info: Pick<ScanInfo, 'facts'> | undefined, value: number): string {
  return isHu(info) ? `${number(value)} HU` : `value ${number(value)}`;
}
