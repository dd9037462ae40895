// Compressed DICOM through the engine as published, in Node: lossless is lossless.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createEngine } from '../../dist/npm/node.js';
import type { Engine } from '../../dist/npm/node.js';

const place = fileURLToPath(new URL('../../../shared/data/cornerstone-ts', import.meta.url));
const folder = existsSync(place) ? place : null;
if (!folder) console.warn('compressed DICOM skipped: ../shared/data/cornerstone-ts is not there');

/** Ends of the transfer syntaxes that lose nothing. */
const LOSSLESS = /_1\.2\.840\.10008\.1\.2(\.1\.99|\.2|\.5|\.4\.57|\.4\.70|\.4\.80|\.4\.90)?\.dcm$/;
const names = folder ? readdirSync(folder).filter((name) => LOSSLESS.test(name)) : [];

describe.skipIf(!folder)('cornerstone-ts', () => {
  let engine: Engine;
  let plain: Int16Array;
  const voxels = async (name: string): Promise<Int16Array> => {
    const bytes = readFileSync(join(folder ?? '', name));
    using scan = await engine.open(new File([bytes], name));
    return scan.slab(0, 1);
  };

  beforeAll(async () => {
    engine = await createEngine();
    plain = await voxels('CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm');
  });
  afterAll(() => engine.dispose());

  test('there are some', () => expect(names.length).toBeGreaterThanOrEqual(8));

  test.each(names)('%s', async (name) => {
    const found = await voxels(name);
    expect(found).toHaveLength(plain.length);
    expect(found.findIndex((value, i) => value !== plain[i])).toBe(-1);
  });
});
