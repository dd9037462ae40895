// Runs a case of cases.json through an engine: in Node and, as it stands, in a browser's page.
// `src/lib.rs` does the same natively.

/** @returns {Promise<Record<string, string>>} hashes by what was hashed */
export async function runCase(engine, { phantom, recipes, bones, lungs }) {
  const hashes = {};
  const { scan, truth } = await engine.phantom(phantom);
  const slices = scan.info.sizeVoxel[2];
  hashes.voxels = await hash(await scan.slab(0, slices));
  for (const size of [6, 18, 26]) {
    const { curve, choice } = await scan.curve({ neighbourhood: size });
    const { components, voxels, largestVoxels } = curve;
    const words = [...components, ...voxels, ...largestVoxels, choice.thresholdHu];
    hashes[`curve ${size}`] = await hash(Int32Array.from(words));
  }
  for (const [name, steps] of Object.entries(recipes)) {
    const mask = await scan.segment(steps);
    await hashMask(`recipe ${name}`, mask, slices, hashes);
    mask.dispose();
  }
  for (const [name, params] of Object.entries(bones)) {
    const result = await scan.segment('bones', params);
    await hashMask(`bones ${name}`, result.mask, slices, hashes);
    const { thresholdHu, components, parts } = result.report;
    const lines = parts.map(
      ({ id, kept, kind, seedVoxel }) => `${id}${kept}${kind}[${seedVoxel.join(',')}]`,
    );
    const report = `${thresholdHu}${components}\n${lines.join('\n')}`;
    hashes[`bones ${name}, report`] = await hash(new TextEncoder().encode(report));
    result.dispose();
  }
  for (const [name, params] of Object.entries(lungs)) {
    const result = await scan.segment('lungs', params);
    for (const part of ['left', 'right', 'airways']) {
      const mask = result[part];
      if (mask) hashes[`lungs ${name}, ${part}`] = await hash(await mask.bits(0, slices));
    }
    const { summary, flags, notes, methods } = result.report;
    const said = [...flags, ...notes].map(({ message }) => message);
    const words = [summary, ...said, methods].join('\n');
    hashes[`lungs ${name}, report`] = await hash(new TextEncoder().encode(words));
    result.dispose();
  }
  truth.bones.dispose();
  scan.dispose();
  return hashes;
}

async function hashMask(what, mask, slices, hashes) {
  hashes[what] = await hash(await mask.bits(0, slices));
  hashes[`${what}, file`] = await hash(await mask.toNifti());
  const { voxels, components } = await mask.measure();
  hashes[`${what}, voxels and components`] = `${voxels} ${components}`;
}

async function hash(values) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', values));
  return Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
