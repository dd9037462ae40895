import type { LeftOut, SeriesInfo } from 'hounsfield';
import { describe, expect, it } from 'vitest';

import { firstChoice, isWorthAList, nameOfSeries, nothingToOpen, onlyChoice } from './contents.js';
import type { Contents } from './contents.js';

const NO_ASKS = { gaps: false, tilt: false, spacing: false, turnOver: false };

function series(id: string, asks: Partial<SeriesInfo['asks']> = {}): SeriesInfo {
  return {
    id,
    title: `Series ${id}`,
    format: 'DICOM',
    modality: 'CT',
    files: 3,
    sizeVoxel: [4, 4, 3],
    spacingMm: [1, 1, 2],
    fileSpacingMm: [1, 1, 2],
    volumeBytes: 96,
    notes: [],
    asks: { ...NO_ASKS, ...asks },
  };
}

function contents(change: Partial<Contents>): Contents {
  return {
    name: 'folder',
    files: 3,
    bytes: 1000,
    series: [],
    suggested: null,
    reason: '',
    leftOut: [],
    ...change,
  };
}

const leftOut = (change: Partial<LeftOut> = {}): LeftOut => ({
  code: 'not_a_scan',
  reason: 'it is no format that is read here',
  count: 1,
  names: ['a.txt'],
  ...change,
});

describe('what is opened without asking', () => {
  it('is one series with nothing to decide', () => {
    expect(onlyChoice(contents({ series: [series('1')] }))).toEqual({ series: '1' });
  });

  it('is none of several, and none that depends on an answer', () => {
    expect(onlyChoice(contents({}))).toBeNull();
    expect(onlyChoice(contents({ series: [series('1'), series('2')] }))).toBeNull();
    for (const asks of [{ gaps: true }, { tilt: true }, { spacing: true }]) {
      expect(onlyChoice(contents({ series: [series('1', asks)] }))).toBeNull();
    }
  });

  it('is none while files of it cannot be used', () => {
    const note = (code: string) => [{ ...series('1'), notes: [{ code, message: 'told' }] }];
    expect(
      onlyChoice(contents({ series: [series('1')], leftOut: [leftOut({ code: 'damaged' })] })),
    ).toBeNull();
    expect(onlyChoice(contents({ series: note('broken_slices') }))).toBeNull();
    expect(onlyChoice(contents({ series: note('tilt') }))).toEqual({ series: '1' });
    const other = contents({ series: [series('1')], leftOut: [leftOut()] });
    expect(onlyChoice(other)).toEqual({ series: '1' });
  });

  it('the list begins with the suggestion, else with the first', () => {
    const two = { series: [series('1'), series('2')] };
    expect(firstChoice(contents({ ...two, suggested: '2' }))).toEqual({ series: '2' });
    expect(firstChoice(contents(two))).toEqual({ series: '1' });
  });
});

it('the list stays at hand where it has more to tell', () => {
  expect(isWorthAList(contents({ series: [series('1')] }))).toBe(false);
  expect(isWorthAList(contents({ series: [series('1')], leftOut: [leftOut()] }))).toBe(true);
  expect(isWorthAList(contents({ series: [series('1'), series('2')] }))).toBe(true);
  expect(isWorthAList(contents({ series: [series('1', { tilt: true })] }))).toBe(true);
});

it('a single file keeps its name, a series among files has its title', () => {
  const alone = contents({ name: 'a.nii', files: 1, series: [series('1')] });
  expect(nameOfSeries(alone, '1')).toBe('a.nii');
  const zip = contents({ name: 'a.zip', files: 1, series: [series('1'), series('2')] });
  expect(nameOfSeries(zip, '2')).toBe('Series 2');
  const untitled = contents({ series: [{ ...series('1'), title: '' }] });
  expect(nameOfSeries(untitled, '1')).toBe('folder');
});

describe('nothing to open', () => {
  it('one file has its own reason', () => {
    const { what } = nothingToOpen(contents({ files: 1, leftOut: [leftOut()] }));
    expect(what).toBe('It is no format that is read here.');
  });

  it('many files have theirs, counted, and no name of them is in the details', () => {
    const encrypted = leftOut({ code: 'encrypted', reason: 'They are encrypted.', count: 2 });
    const { what, details } = nothingToOpen(contents({ leftOut: [leftOut(), encrypted] }));
    expect(what).toBe(
      'None of the 3 files can be opened as a scan. 1 file: it is no format that is read here. 2 files: they are encrypted.',
    );
    expect(details).toBe('not_a_scan: 1\nencrypted: 2');
  });
});
