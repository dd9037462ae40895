// `npm run bench [-- --data DIR] [--rounds N] [--only NAME] [--target-dir DIR] [--without chromium,python]`
//
// `--only open` times something else: a DICOM series into a volume (open.mjs). So does `--only frames`: pictures a
// second of a large surface in the viewer (frames.mjs).
//
// The core natively and in wasm, and the Python peers, on the same volume, asked in turn so that
// all see the same machine in the same minute; medians. Writes tests/bench/RESULTS.md and
// RESULTS.json. Two threads need a second core that nothing else uses: the load is written down.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, pythonPeers } from './build.mjs';
import { launch, serve } from './chromium.mjs';
import { benchFrames } from './frames.mjs';
import { benchOpening } from './open.mjs';
import { Peer } from './peer.mjs';
import { artifactSizes } from './sizes.mjs';
import { report } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const options = parse(process.argv.slice(2));
const targetFolder = options.targetDir ?? process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const scratch = join(root, 'tests/tmp/bench');

/** Ours by kernel, and the peer's kernel that answers the same question. */
const KERNELS = {
  threshold: { peers: ['numpy_compare'], check: 'numpy_compare' },
  curve26: { peers: ['cc3d26', 'skimage26'] },
  curve26sizes: { peers: [] },
  curve6: { peers: ['cc3d6', 'skimage6'] },
  label26: { peers: ['cc3d26'], check: 'cc3d26' },
  label6: { peers: ['cc3d6'], check: 'cc3d6' },
  dilate: { peers: ['scipy_dilate'], check: 'scipy_dilate' },
  erode: { peers: ['scipy_erode'], check: 'scipy_erode' },
  fill: { peers: ['scipy_fill'], check: 'scipy_fill' },
  // Every program decides ambiguous cells in its own way: triangles differ, so no peer is asked for them. The
  // check is the bytes that come out.
  surface: { peers: ['skimage_surface', 'vtk_surface', 'zmesh_surface'], check: true },
  open: { peers: ['nibabel_open'], fileOnly: true },
  bones: { peers: ['classical_bones', 'classical_bones_c_order'] },
  // Its check is a hash: native and wasm must agree on every byte, which no peer rounds alike.
  resample: { peers: ['scipy_resample'], check: true },
  lungs: { peers: ['classical_lungs'] },
  lungsClassical: { peers: ['classical_lungs'], check: 'classical_lungs' },
};
/** Kernels that the product's wasm module offers by itself, for Chromium. */
const IN_BROWSER = [
  'threshold',
  'curve26',
  'curve6',
  'label26',
  'dilate',
  'erode',
  'fill',
  'open',
  'bones',
  'resample',
  'lungs',
  'surface',
];

await main();

async function main() {
  const machine = describe();
  console.log(`${machine.cpu}, ${machine.cores} cores, load ${machine.load}`);
  if (machine.load > 0.5)
    console.log('! the machine is busy: times will be high and two threads will show no gain');
  if (options.only === 'open') return opening(machine);
  if (options.only === 'frames') return benchFrames(options, { root, here, machine });
  const tools = build({ root, here, targetFolder, options });
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  try {
    const worst = await worstCase(tools);
    const volumes = [];
    for (const volume of await volumesOf(tools)) {
      volumes.push(await measureVolume(volume, tools));
      // After each volume: an hour's run that is stopped keeps what it has measured.
      write({
        when: new Date().toISOString(),
        machine: { ...machine, loadAtEnd: Number(loadavg()[0].toFixed(2)) },
        versions: tools.versions,
        rounds: options.rounds,
        volumes,
        worst,
        sizes: artifactSizes(root),
      });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Another question than the kernels': how long until a series is a volume? */
function opening(machine) {
  const versions = {
    node: process.version,
    rust: execFileSync('rustc', ['--version'], { encoding: 'utf8', cwd: root }).trim(),
  };
  const makeVenv = (list) => pythonPeers({ root, here }, versions, list);
  return benchOpening(options, { root, here, targetFolder, machine, versions, makeVenv });
}

function write(results) {
  const { markdown, missed } = report(results);
  if (options.only) console.log(markdown);
  else {
    writeFileSync(join(here, 'RESULTS.json'), `${JSON.stringify(results, null, 1)}\n`);
    writeFileSync(join(here, 'RESULTS.md'), markdown);
    console.log('written to tests/bench/RESULTS.md');
  }
  console.log(missed.length ? `MISSED\n  ${missed.join('\n  ')}` : 'every target met');
}

function parse(args) {
  const found = { data: join(root, '../shared/data'), rounds: 5, without: [] };
  const value = (k) => args[k + 1] ?? '';
  for (let k = 0; k < args.length; k += 2) {
    if (args[k] === '--data') found.data = resolve(value(k));
    else if (args[k] === '--rounds') found.rounds = Number(value(k));
    else if (args[k] === '--only') found.only = value(k);
    else if (args[k] === '--target-dir') found.targetDir = resolve(value(k));
    else if (args[k] === '--without') found.without = value(k).split(',');
    else
      throw new Error(
        `${args[k]} is not an option: --data, --rounds, --only, --target-dir, --without`,
      );
  }
  return found;
}

function describe() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${release()}`,
    load: Number(loadavg()[0].toFixed(2)),
  };
}

/** The scan, the scan stretched to four times its slices, or the phantom where there is no scan. */
async function volumesOf(tools) {
  const scan = join(options.data, 'lidc-0001/ct.nii.gz');
  const phantom = {
    name: 'phantom 384×384×160',
    file: join(scratch, 'phantom.nii.gz'),
    rounds: options.rounds,
  };
  const maker = new Peer('native', tools.native, ['2']);
  const inWasm = new Peer('wasm', process.execPath, [join(here, 'wasm.mjs'), tools.wasm]);
  const [one, other] = [await maker.ask('phantom'), await inWasm.ask('phantom')];
  if (one.value !== other.value)
    throw new Error(`the phantom differs: native ${one.value}, wasm ${other.value}`);
  await maker.ask('encode', phantom.file);
  const stretched = {
    name: 'lidc-0001 × 4 slices',
    file: scan,
    // As a file, for Chromium.
    stretched: join(scratch, 'stretched.nii.gz'),
    rounds: options.rounds,
  };
  const all = existsSync(scan)
    ? [{ name: 'lidc-0001', file: scan, rounds: options.rounds }, phantom, stretched]
    : [phantom];
  const exact = all.filter((volume) => volume.name === options.only);
  const asked = all.filter((volume) => !options.only || volume.name.includes(options.only));
  const wanted = exact.length ? exact : asked;
  if (wanted.includes(stretched)) {
    await maker.ask('file', scan);
    await maker.ask('stretch');
    await maker.ask('encode', stretched.stretched);
  }
  maker.end();
  inWasm.end();
  return wanted;
}

async function measureVolume({ name, file, stretched, rounds }, tools) {
  console.log(`\n${name}`);
  const stretch = Boolean(stretched);
  const native = new Peer('native, 1 thread', tools.native, ['1']);
  const native2 = new Peer('native, 2 threads', tools.native, ['2']);
  const wasm = new Peer('wasm, Node', process.execPath, [join(here, 'wasm.mjs'), tools.wasm]);
  const python = tools.python && new Peer('Python', tools.python, [join(here, 'peers.py')]);
  const ours = [native, native2, wasm];
  const all = [...ours, ...(python ? [python] : [])];
  let voxels = 0;
  for (const peer of all) {
    voxels = (await peer.ask('file', file)).value;
    if (stretch) voxels = (await peer.ask('stretch')).value;
    await peer.ask('prepare');
  }
  const checks = await agree(native, wasm, python);
  const browser = await inBrowser(stretched ?? file);
  const times = {};
  const extra = {};
  const cpu = {};
  const values = {};
  const note = (peer, kernel, { ms, cpuMs, value, extraBytes }) => {
    (values[kernel] ??= {})[peer] = value;
    ((times[kernel] ??= {})[peer] ??= []).push(ms);
    if (cpuMs) ((cpu[kernel] ??= {})[peer] ??= []).push(cpuMs);
    if (extraBytes !== undefined)
      (extra[kernel] ??= {})[peer] = Math.max(extra[kernel]?.[peer] ?? 0, extraBytes);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const [kernel, { peers, fileOnly }] of Object.entries(KERNELS)) {
      if (fileOnly && stretch) continue;
      // The slowest pipeline is timed in three rounds: it alone takes longer than all the others.
      for (const peer of ours) note(peer.name, kernel, await warm(peer, kernel));
      for (const peer of browser?.engines ?? [])
        if (IN_BROWSER.includes(kernel)) note(peer.name, kernel, await warm(peer, kernel));
      for (const theirs of python ? peers : []) {
        if (theirs.startsWith('classical') && round >= (stretch ? 1 : 3)) continue;
        note(theirs, kernel, await warm(python, theirs));
      }
    }
    process.stdout.write('.');
  }
  console.log();
  const cold = await firstCalls(wasm, file, stretch);
  const memory = await memories({ file, stretch }, tools);
  await browser?.close();
  for (const peer of all) peer.end();
  return {
    name,
    voxels,
    medians: medians(times),
    cpuMedians: medians(cpu),
    samples: times,
    extraBytes: extra,
    values,
    cold,
    memory,
    checks,
    browser: browser?.version ?? null,
  };
}

/**
 * A quick kernel is asked twice and the second answer counts, for every program alike: between two
 * turns the others have filled the caches with their own data.
 */
async function warm(peer, kernel) {
  const first = await peer.ask('run', kernel);
  return first.ms < 300 ? peer.ask('run', kernel) : first;
}

/** Every answer that a peer can give, too, must be the same number. */
async function agree(native, wasm, python) {
  const found = [];
  for (const [kernel, { check }] of Object.entries(KERNELS)) {
    if (!check) continue;
    const ours = (await native.ask('check', kernel)).value;
    const inWasm = (await wasm.ask('check', kernel)).value;
    const theirs = python && check !== true ? (await python.ask('check', check)).value : null;
    found.push({
      kernel,
      native: ours,
      wasm: inWasm,
      peer: theirs,
      same: ours === inWasm && (theirs === null || theirs === ours),
    });
    if (!found.at(-1).same)
      console.log(`! ${kernel}: native ${ours}, wasm ${inWasm}, ${check} ${theirs}`);
  }
  return found;
}

async function inBrowser(file) {
  if (options.without.includes('chromium')) return null;
  try {
    if (!existsSync(join(root, 'crate/js/generated/threaded/hounsfield_bg.wasm')))
      throw new Error('run `npm run wasm` first: there is no crate/js/generated');
    const server = await serve(root, () => file);
    const browser = await launch(server.address);
    const engines = [];
    for (const threads of [1, 2]) {
      const engine = await browser.engine(threads);
      await engine.ask('file', '/data.nii.gz');
      engines.push(engine);
    }
    return {
      engines,
      version: browser.version,
      close: () => browser.close().finally(server.close),
    };
  } catch (error) {
    console.log(`no Chromium: ${error.message.split('\n')[0]}`);
    return null;
  }
}

/** The curve's first call in a fresh wasm instance, three times: V8 has not optimised it yet. */
async function firstCalls(wasm, file, stretch) {
  const found = { curve26: [], curve6: [] };
  for (const kernel of Object.keys(found)) {
    for (let k = 0; k < 3; k += 1) {
      await wasm.ask('renew');
      await wasm.ask('file', file);
      if (stretch) await wasm.ask('stretch');
      await wasm.ask('prepare');
      found[kernel].push(await wasm.ask('run', kernel));
    }
  }
  return Object.fromEntries(
    Object.entries(found).map(([kernel, all]) => [
      kernel,
      { ms: median(all.map((one) => one.ms)), cpuMs: median(all.map((one) => one.cpuMs)) },
    ]),
  );
}

/** The whole bones recipe in fresh processes: the most memory each ever holds. */
async function memories({ file, stretch }, tools) {
  const native = new Peer('native', tools.native, ['1']);
  const wasm = new Peer('wasm', process.execPath, [join(here, 'wasm.mjs'), tools.wasm]);
  for (const peer of [native, wasm]) {
    await peer.ask('file', file);
    if (stretch) await peer.ask('stretch');
  }
  const found = {
    // Stretching holds two volumes, so the process's own peak says nothing there.
    nativeBytes: stretch ? null : (await native.ask('run', 'bones')).peakRssBytes,
    nativeExtraBytes: (await native.ask('run', 'bones')).extraBytes,
    wasmExtraBytes: (await wasm.ask('run', 'bones')).extraBytes,
    wasmBytes: stretch ? null : (await wasm.ask('run', 'bones')).memoryBytes,
    fileBytes: readFileSync(file).length,
  };
  native.end();
  wasm.end();
  return found;
}

/** Noise in which every voxel is active. */
async function worstCase(tools) {
  const found = {};
  const peers = {
    native: new Peer('native', tools.native, ['1']),
    wasm: new Peer('wasm', process.execPath, [join(here, 'wasm.mjs'), tools.wasm]),
  };
  for (const [name, peer] of Object.entries(peers)) {
    const voxels = (await peer.ask('noise')).value;
    for (const kernel of ['curve26', 'curve6']) {
      const ms = [];
      const cpuMs = [];
      let bytes = 0;
      for (let round = 0; round < 5; round += 1) {
        const answer = await peer.ask('run', kernel);
        ms.push(answer.ms);
        cpuMs.push(answer.cpuMs ?? answer.ms);
        bytes = answer.extraBytes;
      }
      (found[kernel] ??= {})[name] = {
        nsPerVoxel: (median(ms) * 1e6) / voxels,
        cpuNsPerVoxel: (median(cpuMs) * 1e6) / voxels,
        bytesPerVoxel: bytes / voxels,
      };
    }
    peer.end();
  }
  return found;
}

function medians(times) {
  return mapped(times, (byPeer) => mapped(byPeer, median));
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
