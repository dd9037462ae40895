// Whether something must be made again: a hash of what it is made from, kept beside it.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from './run.mjs';

/** The hash of files and folders, by path and content. */
export function hashOf(inputs, skip = () => false) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (skip(path)) return;
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      for (const entry of readdirSync(join(root, path)).toSorted()) add(`${path}/${entry}`);
    } else if (stat) {
      hash.update(`${path}\0${stat.size}\0`).update(readFileSync(join(root, path)));
    }
  };
  for (const input of inputs) add(input);
  return hash.digest('hex');
}

/** Calls `make` unless `stampFile` says that it was called for the same inputs already. */
export async function onceFor(inputs, stampFile, make, skip) {
  const hash = hashOf(inputs, skip);
  const path = join(root, stampFile);
  let before = '';
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    // Never made.
  }
  if (before === hash) return false;
  await make();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, hash);
  return true;
}
