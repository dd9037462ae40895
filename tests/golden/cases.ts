import { readFileSync } from 'node:fs';

import type { Case } from './run.js';

const read = <T>(file: string): T =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as T;

export const cases = read<Case[]>('cases.json');

/** Hashes by case, as the native build wrote them. */
export const goldens = read<Record<string, Record<string, string>>>('goldens.json');
