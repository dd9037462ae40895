// Bones: the native command's mask against its reference, beside the plain recipes.

import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { labelled, phantoms } from './cases.mjs';
import { f, hounsfield, options, score, scratch, verdict } from './tools.mjs';

/** Where a scan has contrast, what may leak into the skeleton: at most this, in percent. */
const MAX_LEAK_PERCENT = 0.5;
const TARGETS = {
  'lidc-0001': { dice: 0.87, surface: 0.93, leaks: ['aorta', 'heart', 'kidney'] },
  phantom: { dice: 0.95, surface: 0.95, leaks: ['aorta', 'heart'] },
};

export function boneCases(scans, skipped) {
  const found = scans.flatMap((one) => {
    if (!one.bones) {
      skipped.push({ name: one.name, reason: 'no bone reference in cases.json' });
      return [];
    }
    const base = {
      name: one.name,
      ct: one.ct,
      reference: one.bones,
      beside: besideOf(one),
      target: TARGETS[one.name],
    };
    if (options.quick) return [base];
    return [base, ...[1, 3, 5].map((mm) => resampled(base, mm))];
  });
  return [...found, ...phantomCases()].map((one) => ({ ...one, measure: () => measure(one) }));
}

/** Other labelled structures in the reference's folder: `ref_NAME.nii.gz`, and kidneys of a label map. */
function besideOf(one) {
  const folder = dirname(one.bones);
  const named = readdirSync(folder).flatMap((file) => {
    const name = /^ref_(.+)\.nii\.gz$/.exec(file)?.[1];
    return name && name !== 'bones' ? [[name, join(folder, file)]] : [];
  });
  for (const [name, pattern] of [
    ['kidney', /^kidney_(left|right)$/],
    ['spinal_cord', /^spinal_cord$/],
  ]) {
    const labels = labelled(folder, pattern);
    if (labels) named.push([name, labels]);
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
  const names = ['aorta', 'heart', 'great_vessels', 'costal_cartilage', 'spinal_canal'];
  return phantoms().map(({ title, folder, usual, prepare }) => ({
    name: `phantom, ${title}`,
    ct: join(folder, 'ct.nii.gz'),
    reference: join(folder, 'ref_bones.nii.gz'),
    beside: names.map((name) => [name, join(folder, `ref_${name}.nii.gz`)]),
    // The bar is for the sample scan; the others show how far it carries.
    target: usual ? TARGETS.phantom : undefined,
    prepare,
  }));
}

function measure({ name, ct, reference, beside, target }) {
  const mask = join(scratch, 'mask.nii.gz');
  const started = performance.now();
  const report = hounsfield('bones', ct, '-o', mask, '--json');
  const seconds = (performance.now() - started) / 1000;
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
  const need = (met, text) => found.push(verdict(met, text));
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

export function boneLine(row) {
  const { ours, raw, classical } = row;
  return (
    `${row.name}: Dice ${ours.dice.toFixed(3)} (raw ${raw.dice.toFixed(3)}, classical ${classical.dice.toFixed(3)}), ` +
    `surface ${ours.symmetricSurfaceShare.toFixed(3)}, ${row.thresholdHu} HU, ${row.seconds.toFixed(1)} s`
  );
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

export function boneSection(rows) {
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
  return `## Bones

Made with the native command and its defaults. *Raw* is a plain threshold at 150 HU; *classical* is the published rule
(every 14th HU, first or second minimum), closed, largest part, filled. Surface: share of both surfaces within 2.5 mm
of the other. lidc-0001's reference is a model's output, not a person's; the same scan with other slices is resampled
from it, reference and all.

| case | Dice | precision | recall | surface | HU | rule | raw Dice | classical Dice | targets |
|---|---|---|---|---|---|---|---|---|---|
${table.join('\n')}

What leaked, in percent of each structure (plain threshold in brackets):

${rows.map((row) => `- ${row.name}: ${leaksOf(row) || 'nothing labelled beside'}`).join('\n')}`;
}
