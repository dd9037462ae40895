// `npm run accuracy -- --data DIR [--only NAME] [--quick] [--target-dir DIR]`
//
// For every case of DIR/cases.json with a bone reference, for the same scan with slices of 1, 3
// and 5 mm, and for phantoms: runs the native command, scores its mask, and writes the table to
// tests/accuracy/RESULTS.md and RESULTS.json. No Python, no clock in a verdict.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const options = parse(process.argv.slice(2));
const scratch = join(root, 'tests/tmp/accuracy');
const targetFolder = options.targetDir ?? process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = (name) =>
  join(targetFolder, 'release', process.platform === 'win32' ? `${name}.exe` : name);

/** Where a scan has contrast, what may leak into the skeleton: at most this, in percent. */
const MAX_LEAK_PERCENT = 0.5;
const TARGETS = {
  'lidc-0001': { dice: 0.87, surface: 0.93, leaks: ['aorta', 'heart', 'kidney'] },
  phantom: { dice: 0.95, surface: 0.95, leaks: ['aorta', 'heart'] },
};

main();

function main() {
  build();
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const rows = [];
  const skipped = [];
  for (const item of [...scanCases(skipped), ...phantomCases()]) {
    if (options.only && !item.name.includes(options.only)) continue;
    try {
      item.prepare?.();
      rows.push(measure(item));
      console.log(line(rows.at(-1)));
    } catch (error) {
      skipped.push({ name: item.name, reason: reasonOf(error) });
      console.log(`${item.name}: skipped, ${reasonOf(error)}`);
    }
  }
  rmSync(scratch, { recursive: true, force: true });
  const missed = rows.flatMap((row) =>
    row.verdicts.filter((v) => !v.met).map((v) => `${row.name}: ${v.text}`),
  );
  if (!options.only) {
    const when = new Date().toISOString().slice(0, 10);
    writeFileSync(
      join(here, 'RESULTS.json'),
      `${JSON.stringify({ when, rows, skipped }, null, 1)}\n`,
    );
    writeFileSync(join(here, 'RESULTS.md'), markdown(rows, skipped, missed, when));
    console.log('written to tests/accuracy/RESULTS.md');
  }
  console.log(missed.length ? `MISSED\n  ${missed.join('\n  ')}` : 'every target met');
}

function parse(args) {
  const found = { data: join(root, '../shared/data'), quick: false };
  for (let k = 0; k < args.length; k += 1) {
    if (args[k] === '--data') found.data = resolve(args[(k += 1)] ?? '.');
    else if (args[k] === '--only') found.only = args[(k += 1)];
    else if (args[k] === '--target-dir') found.targetDir = resolve(args[(k += 1)] ?? '.');
    else if (args[k] === '--quick') found.quick = true;
    else
      throw new Error(
        `${args[k]} is not an option: --data DIR, --only NAME, --quick, --target-dir DIR`,
      );
  }
  return found;
}

function build() {
  const cargo = [
    'build',
    '--release',
    '--quiet',
    '-p',
    'hounsfield-cli',
    '-p',
    'hounsfield-accuracy',
  ];
  execFileSync('cargo', [...cargo, '--target-dir', targetFolder], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** The cases of cases.json, each followed by its resampled versions. */
function scanCases(skipped) {
  const list = join(options.data, 'cases.json');
  if (!existsSync(list)) {
    skipped.push({ name: 'cases.json', reason: `there is no ${list}; phantoms only` });
    console.log(skipped.at(-1).reason);
    return [];
  }
  const at = (path) => join(options.data, path);
  return JSON.parse(readFileSync(list, 'utf8')).cases.flatMap((one) => {
    if (!one.bones) {
      skipped.push({ name: one.name, reason: 'no bone reference in cases.json' });
      return [];
    }
    const base = {
      name: one.name,
      ct: at(one.ct),
      reference: at(one.bones),
      beside: besideOf(one, at),
      target: TARGETS[one.name],
    };
    if (options.quick) return [base];
    return [base, ...[1, 3, 5].map((mm) => resampled(base, mm))];
  });
}

/** Other labelled structures in the reference's folder: `ref_NAME.nii.gz`, and kidneys of a label map. */
function besideOf(one, at) {
  const folder = dirname(at(one.bones));
  const named = readdirSync(folder).flatMap((file) => {
    const name = /^ref_(.+)\.nii\.gz$/.exec(file)?.[1];
    return name && name !== 'bones' ? [[name, join(folder, file)]] : [];
  });
  const map = join(folder, 'structures.csv');
  if (existsSync(map) && existsSync(join(folder, 'mask.nii.gz'))) {
    const rows = readFileSync(map, 'utf8')
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    const ids = (pattern) =>
      rows
        .filter((row) => pattern.test(row[2] ?? ''))
        .map((row) => row[3])
        .join(',');
    for (const [name, pattern] of [
      ['kidney', /^kidney_(left|right)$/],
      ['spinal_cord', /^spinal_cord$/],
    ]) {
      if (ids(pattern)) named.push([name, `${join(folder, 'mask.nii.gz')}:${ids(pattern)}`]);
    }
  }
  return named;
}

function resampled(base, mm) {
  const folder = join(scratch, `${base.name}-${mm}mm`);
  const ct = join(folder, 'ct.nii.gz');
  const reference = join(folder, 'ref.nii.gz');
  const wanted = ['aorta', 'heart'];
  const beside = base.beside
    .filter(([name]) => wanted.includes(name))
    .map(([name]) => [name, join(folder, `${name}.nii.gz`)]);
  return {
    name: `${base.name}, ${mm} mm slices`,
    ct,
    reference,
    beside,
    prepare: () => {
      mkdirSync(folder, { recursive: true });
      score('resample', base.ct, ct, String(mm));
      score('resample', base.reference, reference, String(mm), '--mask');
      for (const [name, path] of beside) {
        const from = base.beside.find(([other]) => other === name)?.[1];
        if (from) score('resample', from, path, String(mm), '--mask');
      }
    },
  };
}

function phantomCases() {
  const all = [
    ['with contrast', 'true', 14, 2],
    ['without contrast', 'false', 14, 2],
    ['with contrast, noise 30 HU', 'true', 30, 2],
    ['without contrast, noise 30 HU', 'false', 30, 2],
    ['with contrast, 1 mm slices', 'true', 20, 1],
    ['with contrast, 5 mm slices', 'true', 10, 5],
    ['without contrast, 5 mm slices', 'false', 10, 5],
  ];
  return (options.quick ? all.slice(0, 2) : all).map(([title, contrast, noise, slice], k) => {
    const folder = join(scratch, `phantom-${k}`);
    const names = ['aorta', 'heart', 'great_vessels', 'costal_cartilage', 'spinal_canal'];
    return {
      name: `phantom, ${title}`,
      ct: join(folder, 'ct.nii.gz'),
      reference: join(folder, 'ref_bones.nii.gz'),
      beside: names.map((name) => [name, join(folder, `ref_${name}.nii.gz`)]),
      // The bar is for the sample scan; the others show how far it carries.
      target: k < 2 ? TARGETS.phantom : undefined,
      prepare: () =>
        score(
          'phantom',
          folder,
          '--contrast',
          contrast,
          '--noise',
          String(noise),
          '--slice',
          String(slice),
          '--seed',
          '7',
        ),
    };
  });
}

function measure({ name, ct, reference, beside, target }) {
  const mask = join(scratch, 'mask.nii.gz');
  const started = performance.now();
  const answer = run(binary('hounsfield'), ['bones', ct, '-o', mask, '--json']);
  const seconds = (performance.now() - started) / 1000;
  const report = lastObject(answer);
  const scored = score(
    'case',
    ct,
    mask,
    reference,
    ...beside.flatMap(([what, path]) => ['--beside', `${what}=${path}`]),
  );
  const row = {
    name,
    ...scored,
    seconds,
    thresholdHu: report?.thresholdHu ?? report?.threshold_hu ?? null,
    rule: report?.rule ?? report?.choice?.rule ?? null,
    contrast: report?.contrast ?? null,
  };
  return { ...row, verdicts: verdicts(row, target) };
}

function verdicts(row, target) {
  const found = [];
  const need = (met, text) => found.push({ met, text });
  if (target) {
    need(
      row.ours.dice >= target.dice,
      `Dice ${row.ours.dice.toFixed(3)} (at least ${target.dice})`,
    );
    const worst = Math.min(row.ours.surfaceShare, row.ours.referenceSurfaceShare);
    need(
      worst >= target.surface,
      `surface share ${worst.toFixed(3)} (at least ${target.surface}, both ways)`,
    );
    for (const name of target.leaks) {
      const leak = row.leaks[name]?.percent;
      if (leak !== undefined)
        need(
          leak <= MAX_LEAK_PERCENT,
          `leak into ${name} ${leak.toFixed(2)} % (at most ${MAX_LEAK_PERCENT} %)`,
        );
    }
  } else {
    const plain = Math.max(row.raw.dice, row.classical.dice);
    need(
      row.ours.dice >= plain,
      `Dice ${row.ours.dice.toFixed(3)} (no worse than the plain recipes, ${plain.toFixed(3)})`,
    );
  }
  return found;
}

function score(...args) {
  return lastObject(run(binary('score'), args));
}

function run(program, args) {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
}

/** The JSON object a command prints, pretty or not. */
function lastObject(text) {
  const start = text.indexOf('{');
  return start < 0 ? null : JSON.parse(text.slice(start));
}

function reasonOf(error) {
  const said = String(error.stderr ?? '')
    .trim()
    .split('\n')
    .at(-1);
  return said || error.message.split('\n')[0];
}

function line(row) {
  const { ours, raw, classical } = row;
  return (
    `${row.name}: Dice ${ours.dice.toFixed(3)} (raw ${raw.dice.toFixed(3)}, classical ${classical.dice.toFixed(3)}), ` +
    `surface ${ours.symmetricSurfaceShare.toFixed(3)}, ${row.thresholdHu} HU, ${row.seconds.toFixed(1)} s`
  );
}

function f(value) {
  return Number.isFinite(value) ? value.toFixed(3) : '–';
}

function leaksOf(row) {
  return Object.entries(row.leaks)
    .filter(([, leak]) => leak.percent !== undefined)
    .map(
      ([name, leak]) =>
        `${name.replaceAll('_', ' ')} ${leak.percent.toFixed(2)} (${leak.rawPercent.toFixed(1)})`,
    )
    .join('; ');
}

function markdown(rows, skipped, missed, when) {
  const table = rows.map(
    (row) =>
      `| ${[
        row.name,
        f(row.ours.dice),
        f(row.ours.precision),
        f(row.ours.recall),
        f(row.ours.symmetricSurfaceShare),
        row.thresholdHu ?? '–',
        row.rule ?? '–',
        f(row.raw.dice),
        `${f(row.classical.dice)} at ${row.classicalHu ?? '–'} HU`,
        row.verdicts
          .filter((v) => !v.met)
          .map((v) => `MISSED: ${v.text}`)
          .join('; ') || 'met',
      ].join(' | ')} |`,
  );
  return `# Accuracy of the bones, ${when}

Made by \`npm run accuracy -- --data DIR\` with the native command and its defaults. *Raw* is a plain threshold at
150 HU; *classical* is the published rule (every 14th HU, first or second minimum), closed, largest part, filled.
Surface: share of both surfaces within 2.5 mm of the other. lidc-0001's reference is a model's output, not a
person's; the same scan with other slices is resampled from it, reference and all.

| case | Dice | precision | recall | surface | HU | rule | raw Dice | classical Dice | targets |
|---|---|---|---|---|---|---|---|---|---|
${table.join('\n')}

What leaked, in percent of each structure (plain threshold in brackets):

${rows.map((row) => `- ${row.name}: ${leaksOf(row) || 'nothing labelled beside'}`).join('\n')}

${skipped.length ? `Skipped: ${skipped.map((s) => `${s.name} (${s.reason})`).join('; ')}.\n` : ''}
${missed.length ? `**Missed**\n\n${missed.map((m) => `- ${m}`).join('\n')}` : 'Every target is met.'}
`;
}
