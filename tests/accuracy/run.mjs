// `npm run accuracy -- --data DIR [--only NAME] [--quick] [--target-dir DIR]`
//
// For every case of DIR/cases.json with a reference, for the same scan cut and with other slices,
// and for phantoms: runs the native recipes, scores their masks, and writes the tables to
// tests/accuracy/RESULTS.md and RESULTS.json. `--only` takes a part of a case's name, or `bones` or
// `lungs`. No Python, no clock in a verdict.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { boneCases, boneLine, boneSection } from './bones.mjs';
import { scans } from './cases.mjs';
import { lungCases, lungLine, lungSection } from './lungs.mjs';
import { build, here, options, reasonOf, scratch } from './tools.mjs';

main();

function main() {
  build();
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const skipped = [];
  const all = scans(skipped);
  const bones = measured('bones', boneCases(all, skipped), boneLine, skipped);
  const lungs = measured('lungs', lungCases(all, skipped), lungLine, skipped);
  rmSync(scratch, { recursive: true, force: true });
  const missed = [...bones, ...lungs].flatMap((row) =>
    row.verdicts.filter((v) => !v.met).map((v) => `${row.name}: ${v.text}`),
  );
  if (!options.only) {
    const when = new Date().toISOString().slice(0, 10);
    const results = { when, rows: bones, lungs, skipped };
    writeFileSync(join(here, 'RESULTS.json'), `${JSON.stringify(results, null, 1)}\n`);
    const sections = [boneSection(bones), lungSection(lungs)];
    writeFileSync(join(here, 'RESULTS.md'), markdown(sections, skipped, missed, when));
    console.log('written to tests/accuracy/RESULTS.md');
  }
  console.log(missed.length ? `MISSED\n  ${missed.join('\n  ')}` : 'every target met');
}

/** Measures what is wanted of one part; what fails is skipped, and said so. */
function measured(part, cases, line, skipped) {
  const rows = [];
  for (const one of cases) {
    if (options.only && options.only !== part && !one.name.includes(options.only)) continue;
    try {
      one.prepare?.();
      rows.push(one.measure());
      console.log(line(rows.at(-1)));
    } catch (error) {
      skipped.push({ name: `${one.name}, ${part}`, reason: reasonOf(error) });
      console.log(`${one.name}: skipped, ${reasonOf(error)}`);
    }
  }
  return rows;
}

function markdown(sections, skipped, missed, when) {
  return `# Accuracy, ${when}

Made by \`npm run accuracy -- --data DIR\`.

${sections.join('\n\n')}

${skipped.length ? `Skipped: ${skipped.map((s) => `${s.name} (${s.reason})`).join('; ')}.\n` : ''}
${missed.length ? `**Missed**\n\n${missed.map((m) => `- ${m}`).join('\n')}` : 'Every target is met.'}
`;
}
