// Runs a case of cases.json through an engine: in Node and, as it stands, in a browser's page.
// `src/lib.rs` does the same natively.

/** @returns {Promise<Record<string, string>>} hashes by what was hashed */
export async function runCase(engine, one) {
  const { phantom, recipes, bones, lungs, prepare = {}, surfaces = {} } = one;
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
  const masks = {};
  for (const [name, steps] of Object.entries(recipes)) {
    masks[name] = await scan.segment(steps);
    await hashMask(`recipe ${name}`, masks[name], slices, hashes);
  }
  const named = Object.keys(masks)
    .toSorted()
    .map((name) => ({ name, mask: masks[name] }));
  hashes.measures = await hashJson(await scan.measure(named));
  hashes.histogram = await hashJson(await scan.histogram());
  const inside = { mask: named[0].mask, binHu: 25 };
  hashes['histogram of a mask'] = await hashJson(await scan.histogram(inside));
  for (const [name, { of, steps }] of Object.entries(prepare)) {
    const prepared = await scan.prepare(steps, [masks[of]]);
    hashes[`prepare ${name}`] = await hash(await prepared.scan.toNifti());
    for (const each of prepared.masks) {
      hashes[`prepare ${name}, mask`] = await hash(await each.toNifti());
      each.dispose();
    }
    prepared.scan.dispose();
  }
  for (const [name, { of, options }] of Object.entries(surfaces)) {
    const look = { name, rgb: [10, 200, 30] };
    const surface = await (of ? masks[of] : scan).surface({ ...options, ...look });
    await hashSurface(`surface ${name}`, engine, surface, hashes);
    surface.dispose();
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
    hashes[`lungs ${name}, measures`] = await hashJson(await result.measure());
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
  for (const each of Object.values(masks)) each.dispose();
  truth.bones.dispose();
  scan.dispose();
  return hashes;
}

async function hashSurface(what, engine, surface, hashes) {
  const { positionsRasMm, normals, indices } = await surface.mesh();
  hashes[what] = await hash(await new Blob([positionsRasMm, normals, indices]).arrayBuffer());
  // Its bounds are 32-bit numbers, written in fewer digits than they have; the arrays hold them, too.
  const { boundsRasMm: _, ...info } = surface.info;
  hashes[`${what}, info`] = await hashJson(info);
  for (const format of ['stl', 'obj', 'ply', 'glb', '3mf']) {
    const file = await surface.encode(format);
    hashes[`${what}, ${format}`] = await hash(file);
    const [back] = await engine.openSurfaces(new File([file], `back.${format}`));
    if (back.info.triangles !== surface.info.triangles) throw new Error(`${format} lost triangles`);
    back.dispose();
  }
}

async function hashMask(what, mask, slices, hashes) {
  hashes[what] = await hash(await mask.bits(0, slices));
  hashes[`${what}, file`] = await hash(await mask.toNifti());
  const { voxels, components } = await mask.measure();
  hashes[`${what}, voxels and components`] = `${voxels} ${components}`;
}

/** Small data: fields by their names in order, numbers as their eight bytes, words; no sentences. */
async function hashJson(value) {
  const parts = [];
  const collect = (each) => {
    if (typeof each === 'number') parts.push(new Uint8Array(Float64Array.of(each).buffer));
    else if (Array.isArray(each)) each.forEach(collect);
    else if (typeof each === 'object' && each !== null) {
      for (const name of Object.keys(each).toSorted()) {
        parts.push(new TextEncoder().encode(name));
        collect(each[name]);
      }
    } else if (!String(each).includes(' ')) parts.push(new TextEncoder().encode(String(each)));
  };
  collect(value);
  return hash(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

async function hash(values) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', values));
  return Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
