// The table of a bench run, each row against its target (DESIGN: what it must reach).

const N1 = 'native, 1 thread';
const N2 = 'native, 2 threads';
const W = 'wasm, Node';
const C1 = 'Chromium, 1 thread';
const C2 = 'Chromium, 2 threads';

/** [what, kernel, our peer, their peer, at most this share of their time]. */
const RATIOS = [
  ['curve, 26 neighbours, native against one cc3d', 'curve26', N1, 'cc3d26', 0.7],
  ['curve, 6 neighbours, native against one cc3d', 'curve6', N1, 'cc3d6', 0.45],
  ['curve, 26 neighbours, wasm warm against one skimage', 'curve26', W, 'skimage26', 0.2],
  ['threshold to bits, native against numpy', 'threshold', N1, 'numpy_compare', 0.3],
  ['labels and sizes, 26, native against cc3d', 'label26', N1, 'cc3d26', 0.2],
  ['labels and sizes, 26, wasm against cc3d', 'label26', W, 'cc3d26', 0.3],
  ['dilate, native against scipy', 'dilate', N1, 'scipy_dilate', 0.02],
  ['dilate, wasm against scipy', 'dilate', W, 'scipy_dilate', 0.02],
  ['erode, native against scipy', 'erode', N1, 'scipy_erode', 0.02],
  ['erode, wasm against scipy', 'erode', W, 'scipy_erode', 0.02],
  ['fill holes, native against scipy', 'fill', N1, 'scipy_fill', 0.015],
  ['fill holes, wasm against scipy', 'fill', W, 'scipy_fill', 0.015],
  ['open .nii.gz, native against nibabel', 'open', N1, 'nibabel_open', 1],
  ['open .nii.gz, wasm against nibabel', 'open', W, 'nibabel_open', 1],
  ['whole bones, wasm against the classical Python', 'bones', W, 'classical_bones', 1 / 20],
  ['the same, its array put in C order first', 'bones', W, 'classical_bones_c_order'],
  ['resample to 1 mm, native against scipy', 'resample', N1, 'scipy_resample', 1 / 3],
  ['resample to 1 mm, wasm against scipy', 'resample', W, 'scipy_resample', 1 / 3],
  ['whole lungs, wasm against the classical Python', 'lungs', W, 'classical_lungs', 1 / 10],
  ['the published lung recipe, wasm against Python', 'lungsClassical', W, 'classical_lungs'],
  ['surface at 300 HU, wasm against scikit-image', 'surface', W, 'skimage_surface', 1 / 2],
  ["surface at 300 HU, wasm against VTK's flying edges", 'surface', W, 'vtk_surface', 1 / 0.7],
  ["surface at 300 HU, native against VTK's flying edges", 'surface', N1, 'vtk_surface'],
  ['surface at 300 HU, wasm against zmesh', 'surface', W, 'zmesh_surface'],
];
const SAME_CODE = [
  'curve26',
  'curve6',
  'threshold',
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

export function report(results) {
  const missed = [];
  // Where others compute, too, a wall clock measures them; what each program itself computed for stays true.
  const isBusy = results.machine.load > 0.5;
  const sections = results.volumes.map((volume) => volumeSection(volume, missed, isBusy));
  sections.push(worstSection(results, missed, isBusy), sizeSection(results, missed));
  const { machine, versions } = results;
  const busy = isBusy
    ? ' **Others used the machine meanwhile, so ratios and verdicts of one thread are of processor time, not of the clock; two threads and Chromium, which only the clock can time, say little here.**'
    : '';
  const markdown = `# Speed and memory, ${results.when.slice(0, 10)}

Made by \`npm run bench\`. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}; load ${machine.load} at the start,
${machine.loadAtEnd} at the end (the bench's own).${busy} ${versions.rust}, Node ${versions.node}; ${versions.python ?? 'no Python peers'}.
Medians of ${results.rounds} rounds (*best*: the ratio of the fastest calls) in which every program is asked each kernel in turn (quick ones twice, the second
counts). *wasm* is one thread with SIMD in Node, the same
Rust code as *native*; *Chromium* is the product's own wasm module in a worker, whose curve also carries the sizes of
parts and whose *label26* also keeps the largest part.

${sections.join('\n\n')}

${missed.length ? `## Missed\n\n${missed.map((m) => `- ${m}`).join('\n')}` : 'Every target is met.'}
`;
  return { markdown, missed };
}

function volumeSection(volume, missed, isBusy) {
  const at = (kernel, peer) => (isBusy ? volume.cpuMedians : volume.medians)[kernel]?.[peer];
  const onClock = (kernel, peer) => volume.medians[kernel]?.[peer];
  const first = volume.cold.curve26[isBusy ? 'cpuMs' : 'ms'];
  // What a quiet moment gave: on a busy machine the better estimate, but never the verdict.
  const best = (kernel, peer) => Math.min(...volume.samples[kernel][peer]);
  const rows = [];
  const row = (what, ours, target, met) => {
    rows.push(
      `| ${what} | ${ours} | ${target} | ${met === undefined ? '' : met ? 'met' : 'MISSED'} |`,
    );
    if (met === false) missed.push(`${volume.name}: ${what}: ${ours} (${target})`);
  };
  for (const [what, kernel, ours, theirs, atMost] of RATIOS) {
    const [a, b] = [at(kernel, ours), at(kernel, theirs)];
    if (a === undefined || b === undefined) continue;
    const quiet = share(best(kernel, ours) / best(kernel, theirs));
    row(
      what,
      `${ms(a)} / ${ms(b)} = ${share(a / b)} (best: ${quiet})`,
      atMost === undefined ? '' : `≤ ${share(atMost)}`,
      atMost === undefined ? undefined : a / b <= atMost,
    );
  }
  const skimage = at('curve26', 'skimage26');
  if (skimage)
    row(
      'curve, 26 neighbours, wasm first call against one skimage',
      `${ms(first)} / ${ms(skimage)} = ${share(first / skimage)}`,
      '≤ 0.50',
      first / skimage <= 0.5,
    );
  for (const [kernel, native, wasm] of [
    ['curve26', 10, 12],
    ['curve6', 14, 16],
  ]) {
    const extra = volume.extraBytes[kernel] ?? {};
    const limit = kernel === 'curve26' && volume.name === 'lidc-0001';
    row(
      `${kernel}, extra memory, native`,
      mb(extra[N1]),
      `≤ ${native} MB (lidc-0001)`,
      limit ? extra[N1] <= native * 1e6 : undefined,
    );
    row(
      `${kernel}, extra memory, wasm`,
      mb(extra[W]),
      `≤ ${wasm} MB (lidc-0001)`,
      limit ? extra[W] <= wasm * 1e6 : undefined,
    );
  }
  for (const kernel of SAME_CODE) {
    const [a, b] = [at(kernel, W), at(kernel, N1)];
    if (a && b)
      row(
        `${kernel}, wasm against native`,
        `${share(a / b)} (best: ${share(best(kernel, W) / best(kernel, N1))})`,
        '≤ 1.50',
        a / b <= 1.5,
      );
  }
  for (const kernel of SAME_CODE) {
    const [one, two] = [onClock(kernel, C1), onClock(kernel, C2)];
    const quiet = one && two && (best(kernel, C1) / best(kernel, C2)).toFixed(2);
    if (one && two)
      row(
        `${kernel}, Chromium, 2 threads against 1`,
        `${ms(one)} → ${ms(two)} = ${(one / two).toFixed(2)} × (best: ${quiet} ×)`,
        '≥ 1.60 ×',
        kernel === 'open' ? undefined : one / two >= 1.6,
      );
  }
  surfaceRows(volume, at, row);
  const { memory } = volume;
  if (memory.wasmBytes) {
    // The bench keeps the compressed file in wasm memory, which the product does not.
    const limit = 2.7 * volume.voxels + 64e6;
    const bytes = memory.wasmBytes - memory.fileBytes;
    row(
      'bones, peak wasm memory (without the file)',
      mb(bytes),
      `≤ 2.7 bytes a voxel + 64 MB = ${mb(limit)}`,
      bytes <= limit,
    );
    row('bones, peak of the native process', mb(memory.nativeBytes), '');
  }
  row(
    'bones, beyond the voxels, native and wasm',
    `${mb(memory.nativeExtraBytes)}, ${mb(memory.wasmExtraBytes)}`,
    '',
  );
  const wrong = volume.checks.filter((check) => !check.same);
  if (wrong.length)
    missed.push(`${volume.name}: different answers: ${wrong.map((c) => c.kernel).join(', ')}`);
  return `## ${volume.name} (${(volume.voxels / 1e6).toFixed(1)} M voxels)

| what | measured | target | |
|---|---|---|---|
${rows.join('\n')}

${timesTable(volume)}

Same answers as the peers: ${volume.checks.map((c) => `${c.kernel} ${c.native}${c.same ? '' : ' ≠'}`).join(', ')}.`;
}

/** Triangles a second, and what the extraction takes beyond what comes out. */
function surfaceRows({ voxels, values, extraBytes, checks }, at, row) {
  for (const peer of [N1, W, 'skimage_surface', 'vtk_surface', 'zmesh_surface']) {
    const [triangles, time] = [values.surface?.[peer], at('surface', peer)];
    if (triangles && time) {
      const perSecond = triangles / time / 1000;
      const what = `surface, triangles a second, ${peer.replaceAll('_', ' ')}`;
      row(what, `${(triangles / 1e6).toFixed(2)} M, ${perSecond.toFixed(1)} M a second`, '');
    }
  }
  const output = checks.find(({ kernel }) => kernel === 'surface')?.native;
  if (!output) return;
  const limit = 0.1 * 2 * voxels;
  for (const [where, peer] of [
    ['native', N1],
    ['wasm', W],
  ]) {
    const beyond = extraBytes.surface[peer] - output;
    row(
      `surface, peak memory beyond the ${mb(output)} that come out, ${where}`,
      mb(beyond),
      `≤ 10 % of the volume = ${mb(limit)}`,
      beyond <= limit,
    );
  }
}

function timesTable(volume) {
  const peers = [N1, N2, W, C1, C2];
  const rows = Object.entries(volume.medians).map(([kernel, by]) => {
    const theirs = Object.entries(by)
      .filter(([peer]) => !peers.includes(peer))
      .map(([peer, value]) => `${peer.replaceAll('_', ' ')} ${ms(value)}`)
      .join(', ');
    return `| ${kernel} | ${peers.map((peer) => ms(by[peer])).join(' | ')} | ${theirs} |`;
  });
  return `| ms, by the clock | ${peers.join(' | ')} | peers |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}`;
}

function worstSection({ worst }, missed, isBusy) {
  const targets = { curve26: 25, curve6: 40 };
  const rows = Object.entries(worst).flatMap(([kernel, by]) =>
    Object.entries(by).map(([where, { nsPerVoxel: clock, cpuNsPerVoxel, bytesPerVoxel }]) => {
      const nsPerVoxel = isBusy ? cpuNsPerVoxel : clock;
      const met = nsPerVoxel <= targets[kernel];
      if (!met)
        missed.push(
          `worst case, ${kernel}, ${where}: ${nsPerVoxel.toFixed(1)} ns a voxel (≤ ${targets[kernel]})`,
        );
      return `| ${kernel}, ${where} | ${nsPerVoxel.toFixed(1)} ns | ≤ ${targets[kernel]} ns | ${met ? 'met' : 'MISSED'} | ${bytesPerVoxel.toFixed(1)} bytes |`;
    }),
  );
  return `## Worst case: noise with every voxel active, 256³\n\n| | a voxel | target | | extra memory a voxel |\n|---|---|---|---|---|\n${rows.join('\n')}`;
}

function sizeSection({ sizes }, missed) {
  if (!sizes.length) return '## Sizes\n\nNothing is built: `npm run build` first.';
  const rows = sizes.map(({ name, rawBytes, gzipBytes }) => {
    const limit = name.startsWith('wasm') ? 300e3 : 250e3;
    const met = gzipBytes <= limit;
    if (!met) missed.push(`${name}: ${kb(gzipBytes)} gzip (≤ ${kb(limit)})`);
    return `| ${name} | ${kb(rawBytes)} | ${kb(gzipBytes)} | ≤ ${kb(limit)} | ${met ? 'met' : 'MISSED'} |`;
  });
  return `## Sizes\n\n| | raw | gzip | target (gzip) | |\n|---|---|---|---|---|\n${rows.join('\n')}`;
}

function ms(value) {
  if (value === undefined) return '–';
  return value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(value >= 10 ? 1 : 2)} ms`;
}

function share(value) {
  return value < 0.1 ? value.toFixed(4) : value.toFixed(2);
}

function mb(bytes) {
  return bytes ? `${(bytes / 1e6).toFixed(1)} MB` : '–';
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
