import { expect, it } from 'vitest';

import { filesIn, nameOfFiles } from './gather.js';

/** A folder as browsers hand it out: some entries at a time, and an empty list at the end. */
function folder(name: string, inside: readonly FileSystemEntry[], fullPath = `/${name}`) {
  const batch = 100;
  return {
    name,
    fullPath,
    isFile: false,
    isDirectory: true,
    createReader() {
      let at = 0;
      return {
        readEntries(take: (entries: FileSystemEntry[]) => void) {
          take(inside.slice(at, (at += batch)));
        },
      };
    },
  } as unknown as FileSystemDirectoryEntry;
}

function file(fullPath: string): FileSystemEntry {
  const name = fullPath.split('/').at(-1) ?? '';
  return {
    name,
    fullPath,
    isFile: true,
    isDirectory: false,
    file: (take: (file: File) => void) => take(new File(['x'], name)),
  } as unknown as FileSystemEntry;
}

const broken = {
  ...file('/study/broken'),
  file: (_: unknown, refuse: (e: Error) => void) => refuse(new Error('no')),
} as unknown as FileSystemEntry;

const never = new AbortController().signal;

it('finds every file at any depth, with its path', async () => {
  const many = Array.from({ length: 250 }, (_, i) => file(`/study/a/IM${i}`));
  const study = folder('study', [folder('a', many), file('/study/DICOMDIR'), broken]);
  const counts: number[] = [];
  const dropped = { name: 'study', files: [new File([], 'loose')], folders: [study] };
  const found = await filesIn(dropped, never, (n) => counts.push(n));
  expect(found.length).toBe(253);
  expect(counts.at(-1)).toBe(253);
  expect(counts.length).toBeGreaterThan(3);
  const paths = found.map((f) => f.webkitRelativePath);
  expect(paths).toContain('study/a/IM249');
  expect(found.find((f) => f.name === 'broken')?.size).toBe(0);
});

it('stops when it is told to', async () => {
  const stop = new AbortController();
  const study = folder(
    'study',
    Array.from({ length: 300 }, (_, i) => file(`/study/${i}`)),
  );
  const finding = filesIn({ name: 'study', files: [], folders: [study] }, stop.signal, () =>
    stop.abort(),
  );
  await expect(finding).rejects.toThrow();
});

it('names what was chosen as people would', () => {
  const withPath = (name: string, path: string): File =>
    Object.defineProperty(new File([], name), 'webkitRelativePath', { value: path });
  const named = (...names: string[]): File[] => names.map((name) => withPath(name, ''));
  expect(nameOfFiles(named('a.nii.gz'))).toBe('a.nii.gz');
  expect(nameOfFiles(named('a.img', 'a.hdr'))).toBe('a.hdr');
  expect(nameOfFiles(named('1.png', '2.png', '3.png'))).toBe('3 files');
  const inFolder = ['1.dcm', '2.dcm'].map((name) => withPath(name, `study/${name}`));
  expect(nameOfFiles(inFolder)).toBe('study');
});
