// Times the product's own wasm module, called directly: no kernel exists for the bench alone.

let core;
let memory;
let scan;
let bytes;
let joined;
const quiet = () => false;

const STEPS = {
  threshold: { op: 'threshold', minHu: 150, maxHu: 1300 },
  label26: { op: 'largest', neighbourhood: 26 },
  dilate: { op: 'dilate', radiusMm: 1 },
  erode: { op: 'erode', radiusMm: 1 },
  fill: { op: 'fill' },
};

const SURFACE = JSON.stringify({ levelHu: 300 });
const RESAMPLE = JSON.stringify({ op: 'resample', spacingMm: [1, 1, 1] });

async function load(threads) {
  const flavour = threads === 1 ? 'single' : 'threaded';
  core = await import(`/crate/js/generated/${flavour}/hounsfield.js`);
  const module = await WebAssembly.compileStreaming(
    fetch(`/crate/js/generated/${flavour}/hounsfield_bg.wasm`),
  );
  ({ memory } = await core.default({ module_or_path: module }));
  if (threads > 1) {
    postMessage({ wanted: threads - 1, module, memory });
    await new Promise((resolve) => (joined = resolve));
    core.startThreads(threads);
  }
}

function open() {
  scan?.free();
  scan = core.Scan.open(
    { byteLength: bytes.length, read: (at, n) => bytes.subarray(at, at + n) },
    undefined,
    4e9,
    quiet,
  );
}

/** Everything but the stopwatch's kernel is done before it starts. */
function timed(kernel) {
  const before =
    STEPS[kernel] && kernel !== 'threshold'
      ? scan.step(JSON.stringify(STEPS.threshold), undefined, quiet)
      : undefined;
  const start = performance.now();
  let made;
  if (kernel === 'open') open();
  else if (kernel === 'curve26') scan.curve(26, quiet);
  else if (kernel === 'curve6') scan.curve(6, quiet);
  else if (kernel === 'bones') made = scan.bones('{}', quiet);
  else if (kernel === 'lungs') made = scan.lungs('{}', quiet);
  else if (kernel === 'surface') made = scan.surface(SURFACE, '', undefined, 4e9, quiet);
  else if (kernel === 'resample') made = scan.prepare(new core.Masks()).step(RESAMPLE, quiet);
  else made = scan.step(JSON.stringify(STEPS[kernel]), before, quiet);
  const ms = performance.now() - start;
  made?.free();
  return { ms, memoryBytes: memory.buffer.byteLength };
}

async function answer(verb, rest) {
  if (verb === 'load') return load(rest);
  if (verb === 'file') {
    bytes = new Uint8Array(await (await fetch(rest)).arrayBuffer());
    open();
    return { info: scan.info(), memoryBytes: memory.buffer.byteLength };
  }
  return timed(rest);
}

onmessage = async ({ data }) => {
  if (data.joined) return joined();
  try {
    postMessage({ id: data.id, answer: await answer(data.verb, data.rest) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error?.message ?? error) });
  }
};
