/**
 * Refuses in words what TypeScript would have refused: not every caller has it, and what reaches
 * wasm in another shape would be read as something else (`NaN` as 0) or not at all.
 */

import { HounsfieldError } from './errors.js';

export function badParameter(message: string): HounsfieldError {
  return new HounsfieldError('bad_parameter', message);
}

/** A whole number from `least` to `most`. */
export function whole(name: string, value: unknown, least = 0, most = 2 ** 31 - 1): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw badParameter(
    `${name} is ${shown(value)}, but it must be a whole number from ${least} to ${most}`,
  );
}

/** Plain data that survives JSON as it is: no `NaN`, which would arrive as "absent". */
export function plain<T>(name: string, value: T): T {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null) return value;
      if (Array.isArray(value) || isPlainObject(value)) {
        for (const [key, inner] of Object.entries(value)) plain(`${name}.${key}`, inner);
        return value;
      }
      break;
  }
  throw badParameter(`${name} is ${shown(value)}, but it must be plain data with finite numbers`);
}

/** An object of options, or nothing. */
export function options<T extends object>(name: string, value: T | undefined): T {
  if (value === undefined) return {} as T;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw badParameter(`${name} is ${shown(value)}, but it must be an object`);
}

/** A list of objects. */
export function list<T extends object>(name: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value))
    throw badParameter(`${name} is ${shown(value)}, but it must be a list`);
  const given: readonly T[] = value;
  for (const [k, each] of given.entries()) {
    if (typeof each === 'object' && each !== null) continue;
    throw badParameter(`${name}.${k} is ${shown(each)}, but it must be an object`);
  }
  return given;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value as a person would write it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `a ${value.constructor?.name ?? 'object'}`;
}
