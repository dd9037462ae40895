// The wasm side of the bench in Node: the same commands on stdin as the native program's, the same
// Rust code, compiled for one thread with SIMD. `node wasm.mjs MODULE.wasm`.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const KERNELS = [
  'open',
  'curve26',
  'curve6',
  'curve26sizes',
  'threshold',
  'label26',
  'label6',
  'dilate',
  'erode',
  'fill',
  'bones',
  'resample',
  'lungs',
  'lungsClassical',
  'prepare',
  'surface',
];
const MAKES = ['stretch', 'noise', 'phantom'];

const module = await WebAssembly.compile(readFileSync(process.argv[2]));
// Random seeds of hash maps are all the core's dependencies may ask of their host.
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  (imports[from] ??= {})[name] = () => 0;
}
let core = await fresh();

async function fresh() {
  return (await WebAssembly.instantiate(module, imports)).exports;
}

function load(path) {
  const bytes = readFileSync(path);
  const at = core.reserve(bytes.length);
  new Uint8Array(core.memory.buffer, at, bytes.length).set(bytes);
}

async function answer(verb, rest) {
  if (verb === 'renew') {
    core = await fresh();
    return { ms: 0, value: 0 };
  }
  if (verb === 'file') load(rest);
  const start = performance.now();
  // All threads of Node: collecting garbage and compiling are counted in.
  const cpu = process.cpuUsage();
  const value =
    verb === 'file'
      ? core.run(0)
      : verb === 'run'
        ? core.run(KERNELS.indexOf(rest))
        : verb === 'check'
          ? core.check(KERNELS.indexOf(rest))
          : verb === 'prepare'
            ? core.run(KERNELS.indexOf(verb))
            : core.make(MAKES.indexOf(verb));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (value < 0) throw new Error(words());
  return {
    ms,
    cpuMs: (user + system) / 1000,
    value,
    extraBytes: core.extra_bytes(),
    memoryBytes: core.memory.buffer.byteLength,
  };
}

function words() {
  return new TextDecoder().decode(
    new Uint8Array(core.memory.buffer, core.error_at(), core.error_length()),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, ...rest] = line.split(' ');
  if (verb === 'bye') break;
  try {
    console.log(JSON.stringify(await answer(verb, rest.join(' '))));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
