// `npm run bench -- --only open`: from a folder of DICOM files to a volume, beside SimpleITK natively
// and @itk-wasm/dicom in the same Chromium. Writes tests/bench/OPENING.md and OPENING.json.
//
// One series, as it is and compressed in two ways (make_series.py). Everything is read from the
// system's cache: the second round is like the third.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { serveFiles, startChromium } from './chromium.mjs';
import { Peer } from './peer.mjs';

const ITK = '@itk-wasm/dicom@7.6.4';
const WORKERS = [1, 2];
const WASM = ['single', 'threaded', 'formats', 'codecs'];

/** `tools`: { root, here, scratch, targetFolder, machine, versions, makeVenv }. */
export async function benchOpening(options, tools) {
  const original = join(options.data, 'lidc-0001/dicom');
  if (!existsSync(original)) throw new Error(`${original} is not here: nothing to open`);
  const native = buildNative(tools);
  const python = options.without.includes('python') ? null : tools.makeVenv('peers-open.txt');
  const series = [
    { name: 'uncompressed', folder: original },
    ...compressed(python, original, tools),
  ];
  const itk = options.without.includes('chromium') ? null : installItk(tools);
  const results = [];
  for (const { name, folder } of series) {
    console.log(`\n${name}: ${folder}`);
    const files = readdirSync(folder).toSorted();
    const fileBytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    const natively = await openNatively(folder, native, python, options.rounds, tools);
    const browser = options.without.includes('chromium')
      ? []
      : await openInBrowser(folder, files, itk, options.rounds, tools);
    results.push({ name, files: files.length, fileBytes, peers: [...natively, ...browser] });
    write(
      { ...describe(tools), rounds: options.rounds, series: results, wire: wire(tools, itk) },
      tools,
    );
  }
}

function describe({ machine, versions }) {
  const loadAtEnd = Number(loadavg()[0].toFixed(2));
  return { when: new Date().toISOString(), machine: { ...machine, loadAtEnd }, versions };
}

function buildNative({ root, targetFolder }) {
  const args = ['build', '--release', '--quiet', '-p', 'hounsfield-bench', '--bin', 'bench-open'];
  execFileSync('cargo', [...args, '--features', 'open', '--target-dir', targetFolder], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return join(targetFolder, 'release/bench-open');
}

/** Kept between runs: they are always the same. */
function compressed(python, original, { root, here }) {
  const folder = join(root, 'tests/tmp/bench-series');
  const kinds = ['jpeg2000', 'jpeg-lossless'].map((name) => ({ name, folder: join(folder, name) }));
  const count = readdirSync(original).length;
  const complete = kinds.every(
    (kind) => existsSync(kind.folder) && readdirSync(kind.folder).length === count,
  );
  if (!complete) {
    if (!python) return [];
    console.log('compressing the series');
    execFileSync(python, [join(here, 'make_series.py'), original, folder], { stdio: 'inherit' });
  }
  return kinds;
}

/** In a folder of the bench's own: it is nobody else's dependency. Served from here, not from a CDN. */
function installItk({ root }) {
  const folder = join(root, 'tests/tmp/bench-itk');
  const dist = join(folder, 'node_modules/@itk-wasm/dicom/dist');
  if (!existsSync(dist)) {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--silent', ITK], {
        stdio: 'inherit',
        shell: process.platform === 'win32',
      });
    } catch (error) {
      console.log(`no ${ITK}: ${error.message.split('\n')[0]}`);
      return null;
    }
  }
  return dist;
}

async function openNatively(folder, native, python, rounds, { here }) {
  const peers = WORKERS.map(
    (n) => new Peer(`native, ${n} thread${n > 1 ? 's' : ''}`, native, [String(n)]),
  );
  if (python) peers.push(new Peer('SimpleITK', python, [join(here, 'peers_open.py'), '2']));
  const found = peers.map((peer) => ({ name: peer.name, first: null, again: [] }));
  // Round 0 also fills the system's cache, and is nobody's.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [k, peer] of peers.entries()) {
      const answer = await peer.ask('open', folder);
      if (round === 0) found[k].first = answer;
      else found[k].again.push(answer);
    }
    process.stdout.write('.');
  }
  for (const peer of peers) peer.end();
  return found;
}

async function openInBrowser(folder, files, itk, rounds, { root }) {
  if (!existsSync(join(root, 'dist/npm/index.js')))
    throw new Error('run `npm run build` first: there is no dist/npm');
  const server = await serveFiles(
    (path) => {
      if (path.startsWith('/series/')) return join(folder, path.slice('/series/'.length));
      if (path.startsWith('/itk/') && itk) return join(itk, path.slice('/itk/'.length));
      return join(root, path);
      // @itk-wasm/dicom's workers come from a `data:` address, which is no origin.
    },
    { 'Access-Control-Allow-Origin': '*' },
  );
  const kinds = itk ? ['ours', 'theirs', 'theirsInBlocks'] : ['ours'];
  const names = {
    ours: 'Hounsfield in Chromium',
    theirs: '@itk-wasm/dicom',
    theirsInBlocks: '@itk-wasm/dicom, sorted files in blocks',
  };
  const found = [];
  try {
    for (const workers of WORKERS) {
      for (const kind of kinds) {
        const peer = {
          name: `${names[kind]}, ${workers} worker${workers > 1 ? 's' : ''}`,
          again: [],
        };
        // A fresh browser each: what one leaves behind is not the other's.
        const browser = await startChromium();
        const page = await browser.newPage();
        page.setDefaultTimeout(0);
        try {
          await goto(page, server.address, workers, files);
          const ask = async () => {
            const before = await cpuOf(browser);
            const answer = await page.evaluate((which) => globalThis[which](), kind);
            const cpuMs = (await cpuOf(browser)) - before;
            return { ...answer, cpuMs, value: await page.evaluate(() => globalThis.close()) };
          };
          peer.first = await ask();
          for (let round = 0; round < rounds; round += 1) peer.again.push(await ask());
        } catch (error) {
          peer.error = error.message.split('\n')[0];
          console.log(`\n! ${peer.name}: ${peer.error}`);
        } finally {
          await browser.close();
        }
        if (!peer.error) {
          const held = (flags) => memoryOf(server.address, workers, files, kind, flags);
          const { extraBytes: compilingBytes } = await held([]);
          Object.assign(peer.first, await held(COMPILED_AT_START), { compilingBytes });
        }
        found.push(peer);
        process.stdout.write('.');
      }
    }
  } finally {
    server.close();
  }
  console.log();
  return found;
}

/** What all of a browser's processes have computed for: what counts on a machine that others use, too. */
async function cpuOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}

async function goto(page, address, workers, files) {
  page.setDefaultTimeout(0);
  await page.goto(`${address}/tests/bench/page/open.html?workers=${workers}`);
  await page.waitForFunction(() => typeof globalThis.theirsInBlocks === 'function');
  await page.evaluate((list) => globalThis.pick(list), files);
}

/** As many of the series' files as it takes to have everything started. */
const A_FEW = 3;

/**
 * V8 compiles wasm a second time, better, while it runs for the first time on much: that takes
 * memory which is neither the program's nor the volume's. With these it compiles once, at the start.
 */
const COMPILED_AT_START = ['--no-liftoff'];

/**
 * What the page's processes hold (Linux): `startedBytes` once a few files were opened, beyond the
 * page alone; `extraBytes` while all are opened, at most, beyond that. The files themselves are held
 * by the browser's own process.
 */
async function memoryOf(address, workers, files, kind, flags) {
  const browser = await startChromium(flags);
  try {
    const page = await browser.newPage();
    await goto(page, address, workers, files);
    const read = await renderersOf(browser);
    const alone = read('VmRSS');
    await page.evaluate(([which, n]) => globalThis.some(which, n), [kind, A_FEW]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const started = read('VmRSS');
    if (!read.forgetPeaks()) return {};
    await page.evaluate((which) => globalThis[which](), kind);
    return { startedBytes: started - alone, extraBytes: read('VmHWM') - started };
  } finally {
    await browser.close();
  }
}

/** Sums a field of `/proc/PID/status` over the page's processes. */
async function renderersOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const ids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const bytes = (id, word) => {
    try {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      return Number(status.match(new RegExp(`^${word}:\\s+(\\d+)`, 'm'))[1]) * 1024;
    } catch {
      return NaN;
    }
  };
  const read = (word) => ids.reduce((sum, id) => sum + bytes(id, word), 0);
  read.forgetPeaks = () => {
    try {
      for (const id of ids) writeFileSync(`/proc/${id}/clear_refs`, '5');
      return true;
    } catch {
      return false;
    }
  };
  return read;
}

/** What goes over the wire before a series is open. */
function wire({ root }, itk) {
  const size = (name, file) => {
    if (!existsSync(file)) return [];
    const bytes = readFileSync(file);
    // What is packed already is sent as it is.
    const sent = file.endsWith('.zst') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
    return [{ name, rawBytes: bytes.length, sentBytes: sent }];
  };
  const ours = WASM.flatMap((name) =>
    size(`wasm, ${name}`, join(root, `dist/npm/generated/${name}/hounsfield_bg.wasm`)),
  );
  const theirs = itk
    ? [
        ...size(
          '@itk-wasm/dicom, series reader (zstd)',
          join(itk, 'pipelines/read-image-dicom-file-series.wasm.zst'),
        ),
        ...size(
          '@itk-wasm/dicom, its JavaScript',
          join(itk, 'pipelines/read-image-dicom-file-series.js'),
        ),
        ...size('@itk-wasm/dicom, package', join(itk, 'bundle/index-worker-embedded.min.js')),
      ]
    : [];
  return [...ours, ...theirs];
}

function write(results, { here }) {
  const missed = [];
  const sections = results.series.map((series) => section(series, missed));
  const { machine, versions } = results;
  const sizes = results.wire.map(
    ({ name, rawBytes, sentBytes }) => `| ${name} | ${kb(rawBytes)} | ${kb(sentBytes)} |`,
  );
  const markdown = `# Opening a DICOM series, ${results.when.slice(0, 10)}

Made by \`npm run bench -- --only open\`. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}; load ${machine.load} at the
start, ${machine.loadAtEnd} at the end (the bench's own). ${versions.rust}, Node ${versions.node}; ${versions.python ?? 'no Python'}.
lidc-0001: CT, 512 × 512 × 133. From the names of the files to all voxels in HU, files in the system's cache. Medians of
${results.rounds} calls after the *first*, which in the browser starts workers and compiles wasm. *Beyond the volume*: the most memory held while
opening, less the volume: natively what the program allocated (SimpleITK: resident memory), in the browser resident memory of the page's processes,
beyond what they hold once three of the files were opened and disposed of (*to start*, beyond the empty page: workers, compiled wasm, and what a
browser keeps for them), with wasm compiled wholly at the start. *While compiling*: the same as browsers are set, where V8 optimises the wasm in
the midst of the first large opening and takes memory for that, which it gives back. The files are held by the browser's own process. *Processor time*: that of all of the browser's processes. Every voxel is
summed afterwards, outside of all of these. The page is not cross-origin isolated.

${sections.join('\n\n')}

## Over the wire

| | raw | sent (gzip) |
|---|---|---|
${sizes.join('\n')}

${missed.length ? `## Missed\n\n${missed.map((m) => `- ${m}`).join('\n')}` : 'Every target is met.'}
`;
  writeFileSync(join(here, 'OPENING.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(here, 'OPENING.md'), markdown);
  console.log('written to tests/bench/OPENING.md');
  if (missed.length) console.log(`MISSED\n  ${missed.join('\n  ')}`);
}

function section({ name, files, fileBytes, peers }, missed) {
  const time = ({ again }) => (again.length ? median(again.map((one) => one.ms)) : undefined);
  const named = (word) => peers.find((peer) => peer.name.startsWith(word) && peer.again.length);
  const sums = new Set(peers.flatMap(({ again }) => again.map(({ value }) => value)));
  if (sums.size > 1) missed.push(`${name}: the voxels differ: sums ${[...sums].join(', ')}`);
  const rows = peers.map((peer) => {
    if (peer.error) return `| ${peer.name} | – | – | – | ${peer.error} | | | |`;
    const { first, again } = peer;
    const worst = Math.max(first.extraBytes ?? 0, ...again.map((one) => one.extraBytes ?? 0));
    const beyond = worst ? worst - first.volumeBytes : undefined;
    const compiling = first.compilingBytes && first.compilingBytes - first.volumeBytes;
    const isOurs = !peer.name.startsWith('SimpleITK') && !peer.name.startsWith('@');
    const limit = 0.3 * first.volumeBytes;
    if (isOurs && beyond > limit)
      missed.push(`${name}: ${peer.name}: ${mb(beyond)} beyond the volume (≤ ${mb(limit)})`);
    const cpu = again.every(({ cpuMs }) => cpuMs)
      ? median(again.map(({ cpuMs }) => cpuMs))
      : undefined;
    return `| ${peer.name} | ${ms(first.ms)} | ${ms(time(peer))} | ${ms(cpu)} | ${mb(first.volumeBytes)} | ${mb(first.startedBytes)} | ${mb(beyond)} | ${mb(compiling)} |`;
  });
  const ratios = [];
  const compare = (what, ours, theirs, atLeast, required) => {
    if (!ours || !theirs) return;
    const ratio = time(theirs) / time(ours);
    const met = ratio >= atLeast;
    ratios.push(
      `- ${what}: **${ratio.toFixed(2)} × as fast** (target: ≥ ${atLeast} ×${required ? '' : ', for uncompressed'}): ${met ? 'met' : required ? 'MISSED' : 'less'}`,
    );
    if (required && !met) missed.push(`${name}: ${what}: ${ratio.toFixed(2)} × (≥ ${atLeast} ×)`);
  };
  for (const n of WORKERS)
    compare(
      `native, ${n} thread${n > 1 ? 's' : ''}, against SimpleITK`,
      named(`native, ${n}`),
      named('SimpleITK'),
      1,
      name === 'uncompressed',
    );
  for (const n of WORKERS) {
    const theirs = peers
      .filter(
        (peer) =>
          peer.name.startsWith('@itk') && peer.name.includes(`${n} worker`) && peer.again.length,
      )
      .toSorted((a, b) => time(a) - time(b))[0];
    const ours = peers.find(
      (peer) =>
        peer.name.startsWith('Hounsfield') &&
        peer.name.includes(`${n} worker`) &&
        peer.again.length,
    );
    compare(
      `Chromium, ${n} worker${n > 1 ? 's' : ''}, against ${theirs?.name}`,
      ours,
      theirs,
      2,
      true,
    );
  }
  return `## ${name} (${files} files, ${mb(fileBytes)})

| | first | then | processor time | volume | to start | beyond the volume | while compiling |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

${ratios.join('\n')}`;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function ms(value) {
  return value === undefined ? '–' : `${value.toFixed(0)} ms`;
}

function mb(bytes) {
  return bytes === undefined || Number.isNaN(bytes) ? '–' : `${(bytes / 1e6).toFixed(1)} MB`;
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
