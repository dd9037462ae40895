import { expect } from 'vitest';

import { HounsfieldError } from '../../dist/npm/node.js';

/** How a call failed; it must. */
export async function failure(call: Promise<unknown>): Promise<HounsfieldError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HounsfieldError);
  return error as HounsfieldError;
}
