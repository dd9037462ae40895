// Lungs: both recipes against their reference, on scans as they are, cut, padded and resampled.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { labelled, phantoms } from './cases.mjs';
import { f, hounsfield, options, score, scratch, verdict } from './tools.mjs';

const CUT = { dice: 0.97, wrongSide: 0.1 };
const TARGETS = {
  'lidc-0001': {
    dice: 0.985,
    side: 0.984,
    surface: 0.975,
    airways: 0.84,
    volume: 1,
    wrongSide: 0.1,
  },
  'lidc-0001, both lungs cropped': CUT,
  'lidc-0001, padded in a circle': CUT,
  cip: { dice: 0.985 },
};
/** Elsewhere: what a scan never seen must reach. */
const UNSEEN = { dice: 0.96, missing: 1, extra: 0.1, wrongSide: 0.1 };

const VIEWS = [
  ['both lungs cropped', 'crop'],
  ['padded in a circle', 'circle'],
  ['1 mm slices', '1'],
  ['3 mm slices', '3'],
  ['5 mm slices', '5'],
];

export function lungCases(scans, skipped) {
  const found = scans.flatMap((one) => {
    if (!one.lungs) {
      skipped.push({ name: one.name, reason: 'no lung reference in cases.json' });
      return [];
    }
    const folder = dirname(one.lungs);
    const base = {
      name: one.name,
      ct: one.ct,
      reference: one.lungs,
      left: labelled(folder, /^lung_.*left$/),
      right: labelled(folder, /^lung_.*right$/),
      airways: one.airways,
    };
    // The scorer reads NIfTI; other formats are turned by the command.
    const nifti = { ...base, ...asNifti(base) };
    if (options.quick) return [nifti];
    const views = nifti.left ? VIEWS : [];
    return [
      nifti,
      ...views.map(([title, view]) => ({ ...nifti, name: `${one.name}, ${title}`, view })),
    ];
  });
  const made = phantoms().map(({ title, folder, prepare }) => ({
    name: `phantom, ${title}`,
    ct: join(folder, 'ct.nii.gz'),
    reference: join(folder, 'ref_lungs.nii.gz'),
    left: join(folder, 'ref_lung_left.nii.gz'),
    right: join(folder, 'ref_lung_right.nii.gz'),
    prepare,
  }));
  return [...found, ...made].map((one) => ({ ...one, measure: () => measure(one) }));
}

function asNifti({ name, ct, reference }) {
  const turned = {};
  for (const [key, path] of Object.entries({ ct, reference }))
    if (!/\.nii(\.gz)?$/.test(path)) turned[key] = join(scratch, `${name}-${key}.nii.gz`);
  const prepare = () => {
    for (const [key, path] of Object.entries({ ct, reference }))
      if (turned[key] && !existsSync(turned[key])) hounsfield('convert', path, turned[key]);
  };
  return { ...turned, prepare };
}

function measure({ name, ct, reference, left, right, airways, view }) {
  const flags = Object.entries({ left, right, airways, view }).filter(([, value]) => value);
  const scored = score(
    'lungs',
    ct,
    reference,
    ...flags.flatMap(([flag, value]) => [`--${flag}`, value]),
  );
  const { summary, flags: looks } = scored.report;
  const row = { name, ...scored, report: { summary, flags: looks } };
  return { ...row, verdicts: verdicts(row, TARGETS[name] ?? UNSEEN) };
}

function verdicts({ ours, sides, airwaysDice }, target) {
  const found = [];
  const least = (what, value, bound, digits = 3) => {
    if (bound !== undefined && Number.isFinite(value))
      found.push(verdict(value >= bound, `${what} ${value.toFixed(digits)} (at least ${bound})`));
  };
  const most = (what, value, bound, digits = 2) => {
    if (bound !== undefined && Number.isFinite(value))
      found.push(
        verdict(value <= bound, `${what} ${value.toFixed(digits)} % (at most ${bound} %)`),
      );
  };
  least('Dice', ours.dice, target.dice);
  least('left Dice', sides?.leftDice, target.side);
  least('right Dice', sides?.rightDice, target.side);
  least('surface share', ours.surfaceShare, target.surface);
  least('airways Dice', airwaysDice, target.airways);
  most('volume off by', Math.abs(ours.volumeErrorPercent), target.volume);
  most('missing beyond 3 mm', ours.missingPercent, target.missing);
  most('extra beyond 3 mm', ours.extraPercent, target.extra);
  most('on the wrong side', sides?.wrongSidePercent, target.wrongSide, 4);
  return found;
}

export function lungLine({ name, ours, classical, sides, seconds }) {
  return (
    `${name}: lungs Dice ${f(ours.dice, 4)} (classical ${f(classical.dice, 4)}), ` +
    `left ${f(sides?.leftDice)}, right ${f(sides?.rightDice)}, surface ${f(ours.surfaceShare)}, ${seconds.toFixed(1)} s`
  );
}

export function lungSection(rows) {
  const table = rows.map(
    ({ name, ours, classical, sides, airwaysDice, report, verdicts: all }) =>
      `| ${[
        name,
        f(ours.dice, 4),
        f(sides?.leftDice),
        f(sides?.rightDice),
        f(ours.surfaceShare),
        `${f(ours.volumeErrorPercent, 1)} %`,
        `${f(ours.missingPercent, 2)} %`,
        `${f(ours.extraPercent, 2)} %`,
        sides ? `${f(sides.wrongSidePercent, 4)} %` : '–',
        f(airwaysDice),
        f(classical.dice, 4),
        report.flags.map(({ code }) => code).join(', ') || '–',
        all
          .filter((v) => !v.met)
          .map((v) => `MISSED: ${v.text}`)
          .join('; ') || 'met',
      ].join(' | ')} |`,
  );
  return `## Lungs

Both recipes with their defaults, called by the scorer: ours with its border at −450 HU, the published one
(*classical*) at −320 HU with holes filled. Surface: share of both surfaces within 2 mm of the other. Missing and
extra: voxels further than 3 mm from the reference's edge, in percent of the reference; what is nearer is a matter
of where one draws the border (one voxel of it is 0.02 Dice). Wrong side: voxels given to the other lung.
lidc-0001's reference is a model's output; its airways have walls, the phantom's have none and are not scored. Cropped:
the middle 70 % of the lungs' width is left, reference and all. A circle: its diameter is 90 % of that width.

| case | Dice | left | right | surface | volume | missing | extra | wrong side | airways | classical Dice | flags | targets |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
${table.join('\n')}`;
}
