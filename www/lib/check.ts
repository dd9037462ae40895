import type { CheckItem } from 'hounsfield';

import type { Check } from '../session.js';
import { count } from './format.js';

type Status = CheckItem['status'];

const ORDER: Readonly<Record<Status, number>> = { fail: 0, warn: 1, pass: 2 };

export const WORDS: Readonly<Record<Status, string>> = {
  fail: 'Fail',
  warn: 'Warning',
  pass: 'Pass',
};

/** What went wrong first; otherwise as the engine orders them. */
export function worstFirst(items: readonly CheckItem[]): readonly CheckItem[] {
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is younger than the browsers we support
  return [...items].sort((a, b) => ORDER[a.status] - ORDER[b.status]);
}

/** The worst there is; `null` while nobody knows. */
export function verdict(check: Check): Status | null {
  if (check.step !== 'done') return null;
  return worstFirst(check.items)[0]?.status ?? 'pass';
}

/** "2 fails, 1 warning", "passed": beside every result and in every export. */
export function checkWords(check: Check): string {
  if (check.step === 'running') return 'running';
  if (check.step === 'failed') return 'not done';
  const of = (status: Status): number => check.items.filter((i) => i.status === status).length;
  const [fails, warnings] = [of('fail'), of('warn')];
  const parts = [
    fails > 0 ? count(fails, 'fail', 'fails') : '',
    warnings > 0 ? count(warnings, 'warning', 'warnings') : '',
  ].filter((part) => part !== '');
  return parts.join(', ') || 'passed';
}

/** ".ct-check-2-fails" for names of files; "" where nothing failed. */
export function checkInName(check: Check | undefined): string {
  if (check?.step !== 'done') return '';
  const fails = check.items.filter(({ status }) => status === 'fail').length;
  return fails === 0 ? '' : `.ct-check-${count(fails, 'fail', 'fails').replace(' ', '-')}`;
}
