// Opens a series in this page, with the package as it is published and with @itk-wasm/dicom. The
// page is not isolated: no memory is shared between workers.

let files = [];

/** Gets the files before anything is timed, as if a person had picked them. */
globalThis.pick = async (names) => {
  files = await Promise.all(
    names.map(async (name) => {
      const response = await fetch(`/series/${encodeURIComponent(name)}`);
      return new File([await response.blob()], name);
    }),
  );
  return files.length;
};

/** The first `n` files alone. */
globalThis.some = async (which, n) => {
  const all = files;
  files = all.slice(0, n);
  await globalThis[which]();
  files = all;
  return globalThis.close();
};

/** What is open: how to sum its voxels, and to let it go. */
let held = null;

/** Sums the voxels of what was opened, and lets it go: neither is part of opening it. */
globalThis.close = async () => {
  const { sum, dispose } = held;
  held = null;
  const value = await sum();
  dispose();
  return value;
};

// @itk-wasm/dicom starts as many workers as it is told there are processors.
const workers = Number(new URLSearchParams(location.search).get('workers'));
Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => workers });

let engine = null;

/** Ours: from files to an open scan; the first time with the engine's start. */
globalThis.ours = async () => {
  const { createEngine } = await import('/dist/npm/index.js');
  const start = performance.now();
  engine ??= await createEngine({ threads: workers });
  const scan = await engine.open(files);
  const ms = performance.now() - start;
  const { sizeVoxel, volumeBytes } = scan.info;
  held = { sum: () => sumOf(scan), dispose: () => scan.dispose() };
  return { ms, size: sizeVoxel, volumeBytes };
};

async function sumOf(scan) {
  const slices = scan.info.sizeVoxel[2];
  let sum = 0;
  for (let z = 0; z < slices; z += 16) sum += total(await scan.slab(z, Math.min(16, slices - z)));
  return sum;
}

let pool = null;

/**
 * Theirs; the first time with its workers' start. `inBlocks`: eight files at a time in each worker,
 * which takes the order of the files for that of the slices.
 */
const theirs = async (inBlocks) => {
  const itk = await import('/itk/bundle/index-worker-embedded.min.js');
  itk.setPipelinesBaseUrl(`${location.origin}/itk/pipelines`);
  const start = performance.now();
  const { outputImage, webWorkerPool } = await itk.readImageDicomFileSeries({
    inputImages: files,
    singleSortedSeries: inBlocks,
    webWorkerPool: pool,
  });
  const ms = performance.now() - start;
  pool = webWorkerPool;
  const { size, data } = outputImage;
  held = { sum: async () => total(data), dispose: () => undefined };
  return { ms, size, volumeBytes: data.byteLength };
};
globalThis.theirs = () => theirs(false);
globalThis.theirsInBlocks = () => theirs(true);

function total(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
