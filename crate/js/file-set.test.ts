import { expect, test } from 'vitest';

import { FileSet, inFileOrder } from './file-set.js';
import { Readers, type Reading } from './readers.js';

test('planes are asked for as they lie in their files', () => {
  const part = (file: number, entry: number | null, frame?: number) => ({
    parts: [{ place: { file, entry }, ...(frame === undefined ? {} : { frame }) }],
  });
  const planes = [part(1, null), part(0, 5, 2), {}, part(0, 5, 1), part(0, 2), { parts: [] }];
  expect(inFileOrder({ planes })).toEqual([4, 3, 1, 0]);
});

test('more files than any study has are refused before any is looked into', async () => {
  const reading = {
    start: () => {
      throw new TypeError('no worker is needed for that');
    },
    workers: 1,
  } as unknown as Reading;
  const set = new FileSet(
    new Readers(reading),
    Array.from({ length: 200_001 }, () => null as unknown as File),
  );
  await expect(set.list({})).rejects.toMatchObject({
    code: 'bad_parameter',
    message: 'there are more than 200000 files: name a folder of the study',
  });
});
