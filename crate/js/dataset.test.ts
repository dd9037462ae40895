import { expect, test } from 'vitest';

import type { Client } from './client.js';
import { datasetFiles, writeDataset, type DatasetSource } from './dataset.js';
import type { DataFile as MadeFile, Formats } from './formats-core.js';
import { serveFormats } from './formats-host.js';
import type { FromFormats, ToFormats } from './formats-protocol.js';
import { Readers, type Reading } from './readers.js';
import type { DataFile, SlicesOptions } from './types.js';

const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

/** A scan of three slices in an engine, and a worker that writes, both of our own making. */
function source() {
  const [started, asked]: [unknown[][], number[]] = [[], []];
  const file = (name: string, ...bytes: number[]): MadeFile =>
    ({ name: () => name, takeBytes: () => Uint8Array.from(bytes), free: () => undefined }) as never;
  class DatasetWriter {
    constructor(...given: unknown[]) {
      started.push(given.map((each) => (typeof each === 'string' ? JSON.parse(each) : each)));
    }
    putI16(k: number, values: Int16Array, labels: Uint8Array | null): MadeFile[] {
      const image = file(`images/${k}`, values.length);
      return labels ? [image, file(`masks/${k}`, ...labels)] : [image];
    }
    finish = (): MadeFile[] => [file('manifest.json'), file('map.csv')];
    free = (): void => undefined;
  }
  class Files {
    free(): void {}
  }
  let ended = 0;
  const start: Reading['start'] = () => {
    let toPage: (message: FromFormats) => void = () => undefined;
    let toWorker: (message: ToFormats) => void = () => undefined;
    return {
      post: (message) => toWorker(message),
      listen: (handler) => {
        toPage = handler;
        serveFormats(
          {
            post: (message) => toPage(message),
            listen: (inner) => {
              toWorker = inner;
            },
          },
          {
            formats: async () => ({
              formats: { Files, DatasetWriter } as unknown as Formats,
              module,
              memory: new WebAssembly.Memory({ initial: 1 }),
            }),
            codecs: () => Promise.reject(new TypeError('none')),
            resetCodecs: () => undefined,
          },
        );
      },
      terminate: () => void ended++,
    };
  };
  const call = async (name: string, args: { index: number; masks: number[] }): Promise<unknown> => {
    if (name === 'aboutScan') return { values: { slope: 1, intercept: 0 }, check: 'fine' };
    asked.push(args.index);
    const labels = args.masks.length > 0 ? Uint8Array.of(args.index) : null;
    return { values: new Int16Array(4), labels };
  };
  const nowhere = new URL('https://example.org/a.wasm');
  const reading: Reading = {
    formats: nowhere,
    codecs: nowhere,
    workers: 1,
    start,
    pack: async (given) => ({ name: given.name, data: given }),
  };
  const from: DatasetSource = {
    home: { client: { call } as unknown as Client, readers: new Readers(reading) },
    scan: 1,
    info: {
      name: 'Jane Doe.nii',
      sizeVoxel: [5, 7, 3],
      rasFromVoxel: [1, 0, 0, 9, 0, 1, 0, 8, 0, 0, 1, 7],
    } as unknown as DatasetSource['info'],
    steps: [{ op: 'zScore' }],
    handleOf: (_, mask) => mask as unknown as number,
  };
  return { from, started, asked, ended: () => ended };
}

const names = (files: readonly DataFile[]): string[] => files.map(({ name }) => name);

test('slices in order, then manifest and map; the map alone has the name', async () => {
  const { from, started, ended } = source();
  const labels = [{ name: 'bones', mask: 7 as never, rgb: [1, 2, 3] as const }];
  const files: DataFile[] = [];
  for await (const file of datasetFiles(from, { labels, caseId: 'a' })) files.push(file);
  const slices = [0, 1, 2].flatMap((k) => [`images/${k}`, `masks/${k}`]);
  expect(names(files)).toEqual([...slices, 'manifest.json', 'map.csv']);
  expect(started).toEqual([
    [
      { format: 'png8', plane: 'axial', window: null, palette: false },
      [{ op: 'zScore' }],
      [{ value: 1, name: 'bones', rgb: [1, 2, 3] }],
      {
        id: 'a',
        original: 'Jane Doe.nii',
        sizeVoxel: [5, 7, 3],
        rasFromVoxel: [
          [1, 0, 0, 9],
          [0, 1, 0, 8],
          [0, 0, 1, 7],
        ],
        values: { slope: 1, intercept: 0 },
        check: 'fine',
      },
      false,
    ],
  ]);
  // The worker is kept for what comes next.
  expect(ended()).toBe(0);
});

test('other planes have other numbers of slices', async () => {
  const { from, asked } = source();
  await writeDataset(from, { plane: 'coronal' }, true, () => undefined);
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('the next slice is made when it is asked for, and none after who leaves', async () => {
  const { from, asked, ended } = source();
  for await (const { name } of datasetFiles(from, { plane: 'coronal' })) {
    expect(name).toBe('images/0');
    await new Promise((resolve) => setTimeout(resolve, 30));
    // One waits to be taken, one is on its way.
    expect(asked.length).toBeLessThanOrEqual(3);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked.length).toBeLessThanOrEqual(3);
  expect(ended()).toBe(1);
});

test('abort rejects with its reason', async () => {
  const { from, ended } = source();
  const controller = new AbortController();
  const run = async (): Promise<void> => {
    for await (const { name } of datasetFiles(from, { signal: controller.signal })) {
      if (name === 'images/1') controller.abort('enough');
    }
  };
  await expect(run()).rejects.toBe('enough');
  expect(ended()).toBe(1);
});

test('what cannot be used is refused before anything is asked for', async () => {
  const { from, asked, started } = source();
  const wrong: object[] = [
    { plane: 'oblique' },
    { labels: 3 },
    { labels: [{ name: 3, mask: 7 }] },
    { labels: [{ name: 'a', mask: 7, rgb: [300, 0, 0] }] },
    { window: { centreHu: Number.NaN, widthHu: 1 } },
  ];
  for (const options of wrong) {
    const writing = writeDataset(from, options as SlicesOptions, false, () => undefined);
    await expect(writing, JSON.stringify(options)).rejects.toMatchObject({ code: 'bad_parameter' });
  }
  expect([asked, started]).toEqual([[], []]);
});
