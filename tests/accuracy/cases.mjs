// What is measured: the scans of cases.json, and phantoms.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { options, score, scratch } from './tools.mjs';

/** The entries of cases.json, their paths made whole. */
export function scans(skipped) {
  const list = join(options.data, 'cases.json');
  if (!existsSync(list)) {
    skipped.push({ name: 'cases.json', reason: `there is no ${list}; phantoms only` });
    console.log(skipped.at(-1).reason);
    return [];
  }
  const paths = ['ct', 'bones', 'lungs', 'airways', 'heart'];
  return JSON.parse(readFileSync(list, 'utf8')).cases.map((one) => {
    const whole = paths.filter((key) => one[key]).map((key) => [key, join(options.data, one[key])]);
    return { ...one, ...Object.fromEntries(whole) };
  });
}

/** Phantoms: what is special, the folder they are made in, and how to make them. */
export function phantoms() {
  const all = [
    ['with contrast', 'true', 14, 2],
    ['without contrast', 'false', 14, 2],
    ['with contrast, noise 30 HU', 'true', 30, 2],
    ['without contrast, noise 30 HU', 'false', 30, 2],
    ['with contrast, 1 mm slices', 'true', 20, 1],
    ['with contrast, 5 mm slices', 'true', 10, 5],
    ['without contrast, 5 mm slices', 'false', 10, 5],
  ];
  return (options.quick ? all.slice(0, 2) : all).map(([title, contrast, noise, slice], k) => {
    const folder = join(scratch, `phantom-${k}`);
    const flags = { contrast, noise, slice, seed: 7 };
    const list = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
    return { title, folder, usual: k < 2, prepare: () => score('phantom', folder, ...list) };
  });
}

/** Ids of a folder's label map `mask.nii.gz` by name, as FILE:1,2 (or nothing). */
export function labelled(folder, pattern) {
  const map = join(folder, 'structures.csv');
  const file = join(folder, 'mask.nii.gz');
  if (!existsSync(map) || !existsSync(file)) return undefined;
  const rows = readFileSync(map, 'utf8').trim().split(/\r?\n/);
  const ids = rows.map((row) => row.split(',')).filter((row) => pattern.test(row[2] ?? ''));
  return ids.length ? `${file}:${ids.map((row) => row[3]).join(',')}` : undefined;
}
