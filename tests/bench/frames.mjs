// `npm run bench -- --only frames`: pictures a second of a large surface in the 3D pane, in a Chromium that draws in
// software. Writes tests/bench/FRAMES.md and FRAMES.json.

import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { serveFiles, startChromium } from './chromium.mjs';

const TRIANGLES = 500_000;
const TURN_MS = 4000;
/** The 3D pane of four, and alone, in a window of 1440 × 900. */
const SIZES = [
  [432, 391],
  [866, 784],
];
const LOOKS = [
  { name: 'solid', opacity: 1, cutAway: [] },
  { name: 'half clear', opacity: 0.5, cutAway: [] },
  { name: 'solid, cut open', opacity: 1, cutAway: ['A'] },
];

/** `tools`: { root, here, machine }. */
export async function benchFrames(options, { root, here, machine }) {
  const folder = join(root, 'tests/tmp/bench-frames');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      lib: { entry: join(here, 'page/frames.js'), formats: ['es'], fileName: () => 'frames.js' },
    },
  });
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><style>body{margin:0}</style><body><script type="module" src="frames.js"></script>',
  );
  const site = await serveFiles((path) => join(folder, path), {});
  const browser = await startChromium(
    [],
    ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  );
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(0);
    await page.goto(`${site.address}/`);
    await page.waitForFunction(() => typeof globalThis.prepare === 'function');
    const cpuMs = await cpuClock(browser);
    const rows = [];
    for (const [width, height] of SIZES)
      for (const look of LOOKS) {
        const row = await measure(page, cpuMs, { width, height, ...look }, options.rounds);
        console.log(look.name, `${width}×${height}`, JSON.stringify(row));
        rows.push({ ...look, width, height, ...row });
      }
    write(
      {
        when: new Date().toISOString(),
        machine: { ...machine, loadAtEnd: Number(loadavg()[0].toFixed(2)) },
        chromium: browser.version(),
        rounds: options.rounds,
        rows,
      },
      here,
    );
  } finally {
    await browser.close();
    site.close();
  }
}

async function measure(page, cpuMs, what, rounds) {
  const asked = { ...what, triangles: TRIANGLES };
  const turning = {};
  let made = null;
  const rests = [];
  for (const whole of [true, false]) {
    made = await page.evaluate((a) => globalThis.prepare(a), { ...asked, whole });
    const turns = [];
    for (let k = 0; k < rounds; k++) {
      const before = await cpuMs();
      const turn = await page.evaluate((ms) => globalThis.turn(ms), TURN_MS);
      turns.push({ ...turn, cpuMs: ((await cpuMs()) - before) / turn.pictures });
    }
    turning[whole ? 'whole' : 'coarse'] = middle(turns, (turn) => turn.perSecond);
    if (!whole)
      for (let k = 0; k < 2 * rounds; k++)
        rests.push(await page.evaluate((w) => globalThis.rest(w), what.width));
  }
  return {
    ...made,
    ...turning,
    drawMs: middle(rests, (rest) => rest.drawMs).drawMs,
    afterMs: middle(rests, (rest) => rest.afterMs).afterMs,
  };
}

/** Processor time of all of the browser's processes so far: the same on a busy machine. */
async function cpuClock(browser) {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
}

/** The one in the middle. */
function middle(found, by) {
  return found.toSorted((a, b) => by(a) - by(b))[Math.floor(found.length / 2)];
}

function write(results, here) {
  const { machine, chromium, rounds, rows, when } = results;
  const count = (n) => Math.round(n).toLocaleString('en-US').replaceAll(',', ' ');
  const turn = ({ perSecond, size, triangles, cpuMs }) =>
    `${perSecond.toFixed(1)} (${size.join('×')}, ${count(triangles)}; ${count(cpuMs)} ms)`;
  const lines = rows.map(
    (row) =>
      `| ${row.width}×${row.height} | ${row.name} | ${count(row.drawMs)} ms | ${count(row.afterMs)} ms | ${turn(row.whole)} | ${turn(row.coarse)} |`,
  );
  const busy =
    machine.load > 0.5
      ? '\n\n**The machine was busy with other work**: times and pictures a second are worse than on an idle one.'
      : '';
  const text = `# Surfaces on screen

\`npm run bench -- --only frames\`, ${when.slice(0, 10)}. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB,
${machine.system}; load ${machine.load} at the start, ${machine.loadAtEnd} at the end. Chromium ${chromium}, drawing in
software (SwiftShader): a graphics card is not measured here. Medians, rounds: ${rounds}.${busy}

A bumpy ball of ${count(rows[0].triangles)} triangles fills the 3D pane. *Whole picture*: every triangle at full resolution, as it stands
when the hand rests; how long the drawing takes (of see-through surfaces in pieces), and how long after the last change
it is there (a coarse picture comes first). *Turning*: pictures a second that are finished; in brackets their size, how
many triangles, and the processor time of all of Chromium for one picture, which hardly depends on what else the machine
does. While a picture takes longer than 80 ms the viewer lowers its resolution, down to half the width and height, and in
software it draws the coarse stand-in of large surfaces: the last column is what one gets, the one before is without a
stand-in.

| pane | surface | whole picture, drawn in | there after | turning without stand-in, pictures/s | turning, pictures/s |
|---|---|--:|--:|--:|--:|
${lines.join('\n')}
`;
  writeFileSync(join(here, 'FRAMES.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(here, 'FRAMES.md'), text);
  console.log(text);
}
