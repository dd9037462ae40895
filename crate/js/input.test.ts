import { expect, test } from 'vitest';

import { scanOfFiles } from './input.js';

const file = (name: string): File => new File([], name);

test('a single file is a scan', () => {
  expect(scanOfFiles(file('ct.nii.gz'))).toMatchObject({
    header: { name: 'ct.nii.gz' },
    image: null,
  });
  expect(scanOfFiles([file('ct.img')])).toMatchObject({ header: { name: 'ct.img' }, image: null });
});

test('a pair is a scan in either order', () => {
  for (const names of [
    ['ct.hdr', 'ct.img'],
    ['ct.img.gz', 'ct.hdr'],
  ]) {
    const { header, image } = scanOfFiles(names.map(file));
    expect(header.name).toBe('ct.hdr');
    expect(image?.name).toMatch(/^ct\.img/);
  }
});

test('what only looks like a pair is refused', () => {
  expect(() => scanOfFiles([file('a.hdr'), file('b.img')])).toThrow('2 files were given');
  expect(() => scanOfFiles([file('a.nii'), file('a.img')])).toThrow('2 files were given');
});

test('what is no file is refused with what it is', () => {
  expect(() => scanOfFiles('a.nii' as unknown as File)).toThrow("files is 'a.nii'");
  expect(() => scanOfFiles([new Blob()] as unknown as File[])).toThrow('files is a list');
});

test('several scans, and none, are refused with their number', () => {
  expect(() => scanOfFiles([file('a.nii'), file('b.nii')])).toThrow('2 files were given');
  expect(() => scanOfFiles([])).toThrow('0 files were given');
});
