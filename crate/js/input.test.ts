import { expect, test } from 'vitest';

import { fileList, packScan, plainNifti } from './input.js';

const file = (name: string): File => new File([], name);

test('a single file with the name of NIfTI or Analyze is plain NIfTI', () => {
  for (const name of ['ct.nii', 'CT.NII.GZ', 'ct.img', 'ct.hdr']) {
    expect(plainNifti([file(name)])).toMatchObject({ header: { name }, image: null });
  }
});

test('a pair is plain NIfTI in either order', () => {
  for (const names of [
    ['ct.hdr', 'ct.img'],
    ['ct.img.gz', 'ct.hdr'],
  ]) {
    const { header, image } = plainNifti(names.map(file)) ?? {};
    expect(header?.name).toBe('ct.hdr');
    expect(image?.name).toMatch(/^ct\.img/);
  }
});

test('anything else is not', () => {
  const others = [
    ['a.hdr', 'b.img'],
    ['a.nii', 'a.img'],
    ['a.nii', 'b.nii'],
    ['a.zip'],
    ['IM0001'],
    ['a.nii.zip'],
    ['a.hdr', 'a.img', 'readme.txt'],
    [],
  ];
  for (const names of others) expect(plainNifti(names.map(file))).toBeNull();
});

test('what is no file is refused with what it is', () => {
  expect(() => fileList('a.nii' as unknown as File)).toThrow("files is 'a.nii'");
  expect(() => fileList([new Blob()] as unknown as File[])).toThrow('files is a list');
  expect(() => fileList([])).toThrow('no files');
});

test('bytes that are sent are given away, and files are not', async () => {
  const nifti = { header: file('ct.hdr'), image: file('ct.img') };
  const bytes = await packScan(nifti, async ({ name }) => ({ name, data: new ArrayBuffer(3) }));
  expect(bytes.transfer).toEqual([bytes.input.header.data, bytes.input.image?.data]);
  const reference = await packScan(nifti, async (data) => ({ name: data.name, data }));
  expect(reference.transfer).toEqual([]);
});
