import { readFile } from 'node:fs/promises';
import { gunzipSync, inflateSync } from 'node:zlib';

import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { DESK, PHONE, visit } from './browser.js';
import { unzip } from './files.js';
import { CHEST, CHEST_SPACING_MM, chestVoxels } from './scans.js';
import { fact, openChest, openTask, runAndCancel, runLungs, serious } from './steps.js';
import { onSite } from './suite.js';

const VOXEL_ML = (CHEST_SPACING_MM[0] * CHEST_SPACING_MM[1] * CHEST_SPACING_MM[2]) / 1000;

function panelOf(page: Page): Locator {
  return page.getByRole('tabpanel', { name: 'Prepare', exact: true });
}

/** Presses a button of the panel; the file that comes of it. */
async function saved(
  page: Page,
  name: RegExp,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const download = page.waitForEvent('download');
  await panelOf(page).getByRole('button', { name }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** Of a pixel; bytes, or 16-bit numbers with the high byte first. */
  at(column: number, row: number): number;
}

/** A grey PNG, by its standard: each row is told from the one above and the pixel before. */
function readPng(file: Uint8Array): Picture {
  const bytes = Buffer.from(file);
  const [width, height, bits] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24] ?? 0];
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
  }
  const packed = inflateSync(Buffer.concat(parts));
  const [step, row] = [bits / 8, (width * bits) / 8];
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const filter = packed[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const left = x >= step ? (pixels[y * row + x - step] ?? 0) : 0;
      const above = y > 0 ? (pixels[(y - 1) * row + x] ?? 0) : 0;
      const corner = y > 0 && x >= step ? (pixels[(y - 1) * row + x - step] ?? 0) : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
      pixels[y * row + x] = (packed[y * (row + 1) + 1 + x] ?? 0) + (guess[filter ?? 0] ?? 0);
    }
  }
  return {
    width,
    height,
    bits,
    at: (column, y) =>
      bits === 8 ? pixels.readUInt8(y * row + column) : pixels.readUInt16BE(y * row + 2 * column),
  };
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [left, above, corner].map((n) => Math.abs(left + above - corner - n));
  if ((a ?? 0) <= (b ?? 0) && (a ?? 0) <= (c ?? 0)) return left;
  return (b ?? 0) <= (c ?? 0) ? above : corner;
}

onSite('preparing', true, (stand) => {
  it('makes a copy on another grid, and leaves the scan as it is', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runLungs(page);
    await openTask(page, 'Prepare');
    await page.getByLabel('Edge of a voxel').fill('4');
    await page.getByRole('button', { name: '0 to 1' }).click();
    await page.getByRole('button', { name: 'Prepare', exact: true }).click();
    await panelOf(page).getByText('96\u200a×\u200a96\u200a×\u200a72').waitFor();
    const scan = await saved(page, /^Download scan/);
    const mask = await saved(page, /^Left lung/);
    expect([scan.name, mask.name]).toEqual([
      'chest.prepared.nii.gz',
      'chest.prepared.Left lung.nii.gz',
    ]);
    const [voxels, labels] = [gunzipSync(scan.bytes), gunzipSync(mask.bytes)];
    for (const file of [voxels, labels]) {
      expect([1, 2, 3].map((k) => file.readInt16LE(40 + 2 * k))).toEqual([96, 96, 72]);
      expect([1, 2, 3].map((k) => file.readFloatLE(76 + 4 * k))).toEqual([4, 4, 4]);
    }
    const inside = labels.subarray(labels.readFloatLE(108)).filter((value) => value > 0).length;
    const leftMl = await openTask(page, 'Lungs').then(() => fact(page, 'Left lung'));
    // A vote of voxels moves the edge a little, and as much inwards as outwards.
    expect(Math.abs((inside * 64) / 1000 / leftMl - 1)).toBeLessThan(0.03);
    await page.getByText('160\u200a×\u200a160\u200a×\u200a96').first().waitFor();
    await leave();
  });

  it('pads to a size and turns the axes of files', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Prepare');
    const panel = panelOf(page);
    await panel.getByRole('button', { name: 'As it is' }).click();
    await panel.getByText('Nothing is to be changed.').waitFor();
    await panel.getByRole('button', { name: 'To a size' }).click();
    await page.getByLabel('Columns, x').fill('170');
    await page.getByLabel('Rows, y').fill('100');
    await page.getByLabel('Around the scan').fill('-1000');
    await page.getByLabel('Axes in files').selectOption('RAS');
    await page.getByRole('button', { name: 'Prepare', exact: true }).click();
    await panel.getByText('170\u200a×\u200a160\u200a×\u200a96').waitFor();
    const file = gunzipSync((await saved(page, /^Download scan/)).bytes);
    expect([1, 2, 3].map((k) => file.readInt16LE(40 + 2 * k))).toEqual([170, 160, 96]);
    // The first axis runs to the Right now; the file that was opened ran to the Left.
    expect(file.readFloatLE(280)).toBeCloseTo(2.4, 5);
    const from = file.readFloatLE(108);
    const hu = await chestVoxels();
    const rowOf = (y: number, z: number): number[] =>
      Array.from({ length: 170 }, (_, x) => file.readInt16LE(from + 2 * ((z * 160 + y) * 170 + x)));
    const row = rowOf(80, 48);
    expect(row.slice(0, 5)).toEqual([-1000, -1000, -1000, -1000, -1000]);
    expect(row.slice(5, 165)).toEqual([...hu.subarray((48 * 160 + 80) * 160).subarray(0, 160)]);
    await leave();
  });

  it('saves slices and masks of the scan as it is, upright, in one zip that names nobody', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runLungs(page);
    await page.getByRole('button', { name: 'Hide Airways' }).click();
    await openTask(page, 'Prepare');
    const panel = panelOf(page);
    await panel.getByText('1 Left lung, 2 Right lung.').waitFor();
    await page.getByLabel('Name of the case').fill('p-07');
    await panel.getByRole('button', { name: 'PNG, 16 bit' }).click();
    const { name, bytes } = await saved(page, /^Download \(\.zip/);
    expect(name).toBe('p-07.dataset.zip');
    const files = unzip(bytes);
    const depth = CHEST.sizeVoxel[2];
    expect(files.size).toBe(2 * depth + 1);
    expect([...files.keys()].filter((path) => !path.includes('p-07_'))).toEqual(['manifest.json']);
    const manifest = files.get('manifest.json')?.toString() ?? '';
    expect(manifest).not.toContain('chest');
    expect((JSON.parse(manifest) as { labels: unknown }).labels).toEqual([
      { value: 1, name: 'Left lung', rgb: [0x5b, 0xc0, 0xeb] },
      { value: 2, name: 'Right lung', rgb: [0x3a, 0x86, 0xc8] },
    ]);
    const [nx, ny] = CHEST.sizeVoxel;
    const hu = await chestVoxels();
    const picture = readPng(files.get('images/p-07_040.png') ?? Buffer.alloc(0));
    expect([picture.width, picture.height, picture.bits]).toEqual([nx, ny, 16]);
    const mask = readPng(files.get('masks/p-07_040.png') ?? Buffer.alloc(0));
    for (const [column, row] of [
      [80, 80],
      [40, 70],
      [110, 90],
    ] as const) {
      // Column 0 is the patient's right, row 0 anterior.
      const at = (40 * ny + (ny - 1 - row)) * nx + (nx - 1 - column);
      expect(picture.at(column, row) - 32768).toBe(hu[at]);
    }
    const count = new Map<number, number>();
    for (let z = 0; z < depth; z++) {
      const path = `masks/p-07_${String(z).padStart(3, '0')}.png`;
      const slice = readPng(files.get(path) ?? Buffer.alloc(0));
      for (let at = 0; at < nx * ny; at++) {
        const label = slice.at(at % nx, Math.floor(at / nx));
        count.set(label, (count.get(label) ?? 0) + 1);
      }
    }
    expect(new Set(count.keys())).toEqual(new Set([0, 1, 2]));
    expect(mask.at(0, 0)).toBe(0);
    await panel.getByText('96 slices saved').waitFor();
    await openTask(page, 'Lungs');
    const ml = (label: number): number => (count.get(label) ?? 0) * VOXEL_ML;
    expect(Math.abs(ml(1) - (await fact(page, 'Left lung')))).toBeLessThan(1);
    expect(Math.abs(ml(2) - (await fact(page, 'Right lung')))).toBeLessThan(1);
    await leave();
  });

  it('saves what is seen in 8 bits, and the prepared copy once there is one', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Prepare');
    const panel = panelOf(page);
    await panel.getByText('Of the scan as it is').waitFor();
    await page.getByLabel('Black at').fill('-200');
    await page.getByLabel('White at').fill('310');
    const seen = unzip((await saved(page, /^Download \(\.zip/)).bytes);
    const picture = readPng(seen.get('images/case001_050.png') ?? Buffer.alloc(0));
    const hu = await chestVoxels();
    const value = hu[(50 * 160 + 159 - 60) * 160 + 159 - 80] ?? 0;
    const grey = Math.min(255, Math.max(0, Math.round((value + 200) / 2)));
    expect(Math.abs(picture.at(80, 60) - grey)).toBeLessThanOrEqual(1);

    await page.getByLabel('Edge of a voxel').fill('6');
    await page.getByRole('button', { name: 'Prepare', exact: true }).click();
    await panel.getByText('Of the prepared copy').waitFor();
    await panel.getByRole('button', { name: 'Coronal' }).click();
    const copy = unzip((await saved(page, /^Download \(\.zip/)).bytes);
    const first = readPng(copy.get('images/case001_000.png') ?? Buffer.alloc(0));
    expect([first.width, first.height]).toEqual([64, 48]);
    await leave();
  });

  it('saves into a new folder and keeps the map out of it', async () => {
    const { page, leave } = await visit(stand());
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    // The system's dialog cannot be pressed from here; the folder it would give is a real one.
    await page.evaluate(() =>
      Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() }),
    );
    await openChest(page);
    await openTask(page, 'Prepare');
    const panel = panelOf(page);
    const folders = (): Promise<string[]> =>
      page.evaluate(async () => {
        const found: string[] = [];
        const walk = async (at: FileSystemDirectoryHandle, path: string): Promise<void> => {
          // oxlint-disable-next-line no-unsafe-type-assertion -- younger than TypeScript's own list
          const entries = at as unknown as AsyncIterable<[string, FileSystemHandle]>;
          for await (const [name, entry] of entries) {
            if (entry.kind === 'file') found.push(path + name);
            else await walk(entry as FileSystemDirectoryHandle, `${path}${name}/`);
          }
        };
        await walk(await navigator.storage.getDirectory(), '');
        return found;
      });
    await panel.getByRole('button', { name: 'TIFF' }).click();
    await panel.getByRole('button', { name: 'Into a folder…' }).click();
    await panel.getByText('96 slices saved').waitFor();
    const found = await folders();
    expect(found.length).toBe(97);
    expect(found).toContain('case001.dataset/manifest.json');
    expect(found).toContain('case001.dataset/images/case001_095.tif');
    expect(found.some((path) => path.includes('map'))).toBe(false);
    await panel.getByRole('button', { name: 'Copy map as CSV' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe('caseId,original,outcome\ncase001,chest.nii.gz,prepared\n');

    await panel.getByRole('button', { name: 'Into a folder…' }).click();
    await panel.getByText('case001.dataset-2').waitFor();
    expect((await folders()).length).toBe(2 * 97);
    await leave();
  });

  it('says what a name for files may be, and cancels', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Prepare');
    const panel = panelOf(page);
    const zip = panel.getByRole('button', { name: /^Download \(\.zip/ });
    await page.getByLabel('Name of the case').fill('Müller, Anna');
    await panel.getByText('1 to 64 letters, digits').waitFor();
    expect(await zip.isDisabled()).toBe(true);
    await page.getByLabel('Name of the case').fill('case-2');
    await runAndCancel(page, zip);
    await zip.waitFor();
    expect(await panel.getByText('slices saved').count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
    await leave();
  });

  it.each([
    { on: 'a desk, dark', options: DESK },
    { on: 'a phone, light', options: { ...PHONE, colorScheme: 'light' as const } },
  ])('axe has nothing serious to say on $on', async ({ options }) => {
    const { page, leave } = await visit(stand(), options);
    await openChest(page);
    await openTask(page, 'Prepare');
    const panel = panelOf(page);
    await panel.getByRole('button', { name: 'To a size' }).click();
    await panel.getByText('Advanced').click();
    expect(await serious(page)).toEqual([]);
    await page.getByLabel('Edge of a voxel').fill('6');
    await page.getByRole('button', { name: 'Prepare', exact: true }).click();
    await panel.getByText('Of the prepared copy').waitFor();
    await saved(page, /^Download \(\.zip/);
    await panel.getByText('slices saved').waitFor();
    expect(await serious(page)).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(options.viewport?.width ?? 0);
    await leave();
  });
});
