// npm test: the set-up of npm start, then every test there is. `npm test -- rust|node|browser` runs one kind.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { HOW_TO_GET_ONE, ensureChromium } from './steps/chromium.mjs';
import { buildPackage, buildSite } from './steps/dist.mjs';
import { root, run, say, tool } from './steps/run.mjs';
import { setUp } from './steps/setup.mjs';

// The bindings have nothing to test outside JavaScript; the golden tests call them from there. The
// build tool has no tests, and its dependencies take a minute to compile.
const UNTESTED = ['--exclude', 'hounsfield-wasm', '--exclude', 'hounsfield-xtask'];
const RUST_TESTS = ['test', '--workspace', ...UNTESTED, '--no-fail-fast'];
const KINDS = { rust: testRust, node: testNode, browser: testBrowser };
const wanted = process.argv.slice(2).filter((arg) => arg in KINDS);

await setUp();
const results = [];
for (const kind of wanted.length > 0 ? wanted : Object.keys(KINDS)) {
  results.push({ kind, ...(await KINDS[kind]()) });
}
summarise(results);

async function testRust() {
  say('Rust tests');
  const { code, output } = await run('cargo', [...RUST_TESTS, '--locked'], { keep: true });
  let [passed, failed, skipped] = [0, 0, 0];
  for (const [, ok, bad, ignored] of output.matchAll(
    /^test result: .* (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    passed += Number(ok);
    failed += Number(bad);
    skipped += Number(ignored);
  }
  return { passed, failed, skipped, code };
}

async function testNode() {
  await buildPackage();
  return vitest('node');
}

async function testBrowser() {
  const chromium = await ensureChromium();
  if (!chromium) {
    say(HOW_TO_GET_ONE);
    // A machine that is there to test must not pass without them.
    return { passed: 0, failed: 0, skipped: 0, code: process.env.CI ? 1 : 0, note: HOW_TO_GET_ONE };
  }
  await buildPackage();
  await buildSite();
  return vitest('browser', { CHROMIUM: chromium, SITE: join(root, 'dist/www') });
}

async function vitest(project, env) {
  say(`${project} tests`);
  const report = join(root, 'tests/tmp', `vitest-${project}.json`);
  mkdirSync(join(root, 'tests/tmp'), { recursive: true });
  rmSync(report, { force: true });
  const args = ['run', '--project', project, '--passWithNoTests'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitestMain = tool('vitest/vitest.mjs');
  const { code } = await run(process.execPath, [vitestMain, ...args, ...reporters], { env });
  try {
    const found = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: found.numPassedTests,
      failed: found.numFailedTests,
      skipped: found.numPendingTests,
      code,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, code };
  }
}

function summarise(all) {
  say('Results');
  for (const { kind, passed, failed, skipped, code, note } of all) {
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    // A crash before the first test has no count of its own.
    const crash = code !== 0 && failed === 0 ? ` (ended with status ${code})` : '';
    console.log(`${kind}: ${note ?? counts}${crash}`);
  }
  const sum = (key) => all.reduce((total, one) => total + one[key], 0);
  const crashed = all.filter(({ code, failed }) => code !== 0 && failed === 0).length;
  const failed = sum('failed') + crashed;
  console.log(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
