import { expect, it } from 'vitest';

import { caseIdProblem, mapCsv, rangeOf } from './slices.js';

it('shows what was scaled, else what is on the screen', () => {
  const window = { centreHu: 40, widthHu: 400 };
  expect(rangeOf([], window)).toEqual({ blackHu: -160, whiteHu: 240 });
  const steps = [{ op: 'zScore' }, { op: 'normalise', minHu: -900 }] as const;
  expect(rangeOf(steps, window)).toEqual({ blackHu: -900, whiteHu: 400 });
});

it('takes the names that the engine takes', () => {
  expect(['case001', 'a', '-x.y_', 'x'.repeat(64)].map(caseIdProblem)).toEqual(['', '', '', '']);
  for (const id of ['', '.x', 'a b', 'ä', 'a/b', 'x'.repeat(65)]) {
    expect(caseIdProblem(id)).not.toBe('');
  }
});

it('quotes what a comma or a quote would break', () => {
  expect(mapCsv('c1', 'plain.nii')).toBe('caseId,original,outcome\nc1,plain.nii,prepared\n');
  expect(mapCsv('c1', 'Müller, "A".nii')).toBe(
    'caseId,original,outcome\nc1,"Müller, ""A"".nii",prepared\n',
  );
});
