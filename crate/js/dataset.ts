/** Slices of a scan as files for training: they go from the engine to a worker that writes. */

import { badParameter, list, options as optionsOf, plain, shown, whole } from './arguments.js';
import { FileSet } from './file-set.js';
import type { DatasetStart } from './formats-protocol.js';
import type { Home } from './home.js';
import type { Handle } from './protocol.js';
import type { DataFile, PrepareStep, ScanInfo, SlicesOptions } from './types.js';

/** What a dataset is made of. */
export interface DatasetSource {
  readonly home: Home;
  readonly scan: Handle;
  readonly info: ScanInfo;
  /** That made the scan what it is. */
  readonly steps: readonly PrepareStep[];
  /** Of a mask that somebody gave. */
  readonly handleOf: (name: string, mask: unknown) => Handle;
}

/** The axis across which slices are cut. */
const ACROSS = { axial: 2, coronal: 1, sagittal: 0 } as const;

/** Writes it, file by file, or as pieces of a zip; waits until each is taken. Reports stage "writing". */
export async function writeDataset(
  source: DatasetSource,
  given: SlicesOptions | undefined,
  zip: boolean,
  take: (file: DataFile) => Promise<void> | void,
): Promise<void> {
  const options = optionsOf('options', given);
  const { home, scan, info, steps } = source;
  const { signal, onProgress, plane = 'axial' } = options;
  if (!Object.hasOwn(ACROSS, plane)) {
    throw badParameter(`plane is ${shown(plane)}, but it must be axial, coronal or sagittal`);
  }
  const labels = list('labels', options.labels ?? []).map(({ name, mask, rgb = WHITE }, k) => {
    if (typeof name !== 'string') {
      throw badParameter(`labels.${k}.name is ${shown(name)}, but it must be a text`);
    }
    const [r, g, b] = rgb;
    const colour = [r, g, b].map((value) => whole(`labels.${k}.rgb`, value, 0, 255));
    return { name, mask: source.handleOf(`labels.${k}.mask`, mask), rgb: colour };
  });
  const masks = labels.map(({ mask }) => mask);
  const { client } = home;
  const { values, check } = await client.call('aboutScan', { scan }, { signal });
  const start = plain('options', {
    options: {
      format: options.format ?? 'png8',
      plane,
      window: options.window ?? null,
      palette: options.palette ?? false,
    },
    steps,
    labels: labels.map(({ name, rgb }, k) => ({ value: k + 1, name, rgb })),
    about: {
      id: options.caseId ?? 'case001',
      original: options.original ?? info.name,
      sizeVoxel: info.sizeVoxel,
      rasFromVoxel: [0, 4, 8].map((at) => info.rasFromVoxel.slice(at, at + 4)),
      values,
      check,
    },
    zip,
  }) satisfies DatasetStart;
  const set = new FileSet(home.readers, []);
  try {
    await set.withOne({ signal }, async (worker, stopped) => {
      await worker.call('datasetStart', start);
      const count = info.sizeVoxel[ACROSS[plane]];
      for (let index = 0; index < count; index++) {
        onProgress?.({ stage: 'writing', fraction: index / count });
        const asked = { scan, masks, plane, index };
        const slice = await client.call('slice', asked, { signal: stopped });
        const away = [slice.values.buffer, ...(slice.labels ? [slice.labels.buffer] : [])];
        const files = await worker.call('datasetPut', { number: index, ...slice }, away);
        for (const file of files) await take(file);
      }
      for (const file of await worker.call('datasetFinish', null)) await take(file);
    });
  } finally {
    set.dispose();
  }
}

const WHITE = [255, 255, 255] as const;

/** The files one by one: the next is made when it is asked for. */
export async function* datasetFiles(
  source: DatasetSource,
  options: SlicesOptions | undefined,
): AsyncGenerator<DataFile, void, void> {
  const { signal } = options ?? {};
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const { readable, writable } = new TransformStream<DataFile, DataFile>();
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  const wanted = { ...options, signal: stop.signal };
  const work = writeDataset(source, wanted, false, (file) => writer.write(file)).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  // Whoever reads hears of it.
  work.catch(() => undefined);
  writer.closed.catch(() => undefined);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    // Of work that is done this is no news.
    stop.abort('nobody wants more');
  }
}
