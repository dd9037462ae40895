import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { PATIENT } from './dicom.js';
import { colourPng, nrrd, png, zip } from './files.js';
import type { NamedBytes } from './files.js';
import { CHEST, CHEST_SPACING_MM, chestDicom, chestVoxels, smallDicom } from './scans.js';
import { drop, dropPath, headline, runBones, runButton, serious } from './steps.js';
import { onSite } from './suite.js';

/** Two series, a table of contents that is none, and a note of somebody's. */
function portalFolder(): readonly NamedBytes[] {
  return [
    ...smallDicom({ seriesUid: '3', description: 'Overview' }, [0]),
    ...smallDicom({ seriesUid: '4', description: 'Thorax 2.5' }, [2, 0, 3, 1, 5, 4]),
    ...smallDicom({ seriesUid: '5', description: 'Thorax 5.0' }, [0, 2, 4]),
    { name: 'readme.txt', bytes: Buffer.from('Please see the report.') },
  ];
}

async function onDisk<T>(
  files: readonly NamedBytes[],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'hounsfield-'));
  const folder = join(root, 'study');
  try {
    for (const { name, bytes } of files) {
      // Two levels deep, as portals pack them.
      const path = join(folder, 'DATA/S1', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
    return await use(folder);
  } finally {
    await rm(root, { recursive: true });
  }
}

async function saved(page: Page, click: () => Promise<void>): Promise<[string, Buffer]> {
  const download = page.waitForEvent('download');
  await click();
  const file = await download;
  return [file.suggestedFilename(), await readFile(await file.path())];
}

/** Everything on the page that can be read, attributes included. */
function readable(page: Page): Promise<string> {
  return page.evaluate(() => document.documentElement.outerHTML);
}

async function ready(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
}

onSite('whatever a person drags in', true, (stand) => {
  it('opens a folder of DICOM files, checks it, and writes a segmentation of it', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const { site } = stand();
    const afterLoad = site.requests.length;
    const files = await chestDicom();
    await onDisk(files, async (folder) => {
      await dropPath(page, folder);
      await runButton(page).waitFor();
      expect(await page.getByRole('banner').innerText()).toContain('Chest 3.0');
      const panel = page.getByRole('complementary', { name: 'Scan' });
      await panel.getByText(CHEST.sizeVoxel.join('\u200a×\u200a'), { exact: true }).waitFor();
      await panel.getByText('2.40\u200a×\u200a2.40\u200a×\u200a3.00', { exact: true }).waitFor();
      // Before there is any result.
      await panel.getByText(/questions passed$/).click();
      await panel.getByText('Hounsfield units', { exact: true }).waitFor();
      await panel.getByText(/^air −\d+ HU, soft tissue −?\d+ HU$/).waitFor();
      expect(await headline(page).count()).toBe(0);
      await page
        .getByRole('button', { name: /^CT check: / })
        .last()
        .waitFor();
      await runBones(page);
      await page
        .getByRole('tabpanel', { name: 'Bones' })
        .getByRole('button', { name: /^CT check: / })
        .waitFor();
      await page.getByRole('button', { name: 'Other formats' }).click();
      await page.getByText(/contains the patient’s identification/).waitFor();
      const [name, seg] = await saved(page, () =>
        page.getByRole('menuitem', { name: /^DICOM segmentation/ }).click(),
      );
      expect(name).toMatch(/^Chest 3\.0\.bones.*\.seg\.dcm$/);
      expect(seg.toString('latin1', 128, 132)).toBe('DICM');
      expect(seg.includes('1.2.840.10008.5.1.4.1.1.66.4')).toBe(true);
      // The standard wants the patient in the file; nobody wants him on the screen.
      expect(seg.includes(PATIENT.name)).toBe(true);
      await page.getByRole('button', { name: 'Other formats' }).click();
      const [nrrdName, slicer] = await saved(page, () =>
        page.getByRole('menuitem', { name: /3D Slicer/ }).click(),
      );
      expect(nrrdName).toMatch(/\.seg\.nrrd$/);
      expect(slicer.toString('latin1', 0, 4)).toBe('NRRD');
      expect(slicer.includes('SECRET')).toBe(false);
      // The reader of DICOM is fetched when it is first needed; nothing else is asked for.
      for (const request of site.requests.slice(afterLoad)) {
        expect(request).toMatch(/^GET .*\/assets\/[\w.-]+\.(js|wasm)$/);
      }
      await page.getByText('0 bytes have left this device').waitFor();
      const text = await readable(page);
      expect(text).not.toContain('SECRET');
      expect(text).not.toContain(PATIENT.id);
    });
    await leave();
  });

  it('asks which series, by keyboard alone, and keeps the list at hand', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    await onDisk(portalFolder(), async (folder) => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Choose a folder' }).press('Enter'),
      ]);
      await chooser.setFiles(folder);
      const dialog = page.getByRole('dialog', { name: 'Which series?' });
      await dialog.waitFor();
      // The thickest pile of slices is suggested, and the reason is said.
      const suggested = dialog.getByRole('radio', { checked: true });
      expect(await suggested.evaluate((e) => e.closest('label')?.innerText)).toMatch(
        /^Thorax 2\.5\s+Suggested[^]*32\u200a×\u200a24\u200a×\u200a6[^]*6 files/,
      );
      await dialog.getByText('Not opened: 1 file').waitFor();
      expect(await serious(page)).toEqual([]);
      await expect.poll(() => suggested.evaluate((e) => e === document.activeElement)).toBe(true);
      await page.keyboard.press('ArrowDown');
      const chosen = dialog.getByRole('radio', { checked: true });
      const title = await chosen.evaluate(
        (e) => e.closest('label')?.querySelector('.font-medium')?.textContent ?? '',
      );
      expect(title).not.toBe('Thorax 2.5');
      await page.keyboard.press('Enter');
      await page.getByRole('banner').getByText(title).waitFor();
      await dialog.waitFor({ state: 'detached' });

      const other = page.getByRole('button', { name: 'Other series…' });
      await other.press('Enter');
      await dialog.waitFor();
      expect(await dialog.getByText('Open now').count()).toBe(1);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await other.evaluate((e) => e === document.activeElement)).toBe(true);
      expect(await page.getByRole('banner').innerText()).toContain(title);
      await other.press('Enter');
      await dialog.getByRole('radio', { name: /Thorax 2\.5/ }).check();
      await dialog.getByRole('button', { name: /^Open/ }).click();
      await page.getByRole('banner').getByText('Thorax 2.5').waitFor();
    });
    await leave();
  });

  it('says how many slices are missing, interpolates on request, and marks them', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const slices = smallDicom({ seriesUid: '4', description: 'Gappy' }, [0, 1, 2, 4, 5, 6, 7]);
    await drop(page, [{ name: 'study.zip', bytes: zip(slices) }]);
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/1 of 8 slices are missing/).waitFor();
    await dialog.getByRole('button', { name: 'Interpolate' }).click();
    await dialog.getByRole('button', { name: /^Open/ }).click();
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    await panel.getByText('32\u200a×\u200a24\u200a×\u200a8', { exact: true }).waitFor();
    const slider = page.getByRole('slider', { name: 'Axial slice position' });
    const readout = page.locator('.hv-readout');
    await slider.fill('3');
    await expect.poll(() => readout.innerText()).toMatch(/interpolated slice/);
    await slider.fill('4');
    await expect.poll(() => readout.innerText()).not.toMatch(/interpolated/);
    await leave();
  });

  it('stacks pictures with the spacing that is stated, and calls no grey value HU', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const grey = (z: number) => png([40, 30], (x, y) => (z * 20 + x + y) % 256);
    const names = ['slice10.png', 'slice9.png', 'slice8.png', 'slice11.png'];
    const pictures = names.map((name) => ({ name, bytes: grey(Number(/\d+/.exec(name)?.[0])) }));
    await drop(page, pictures);
    const dialog = page.getByRole('dialog');
    // What no spacing can be is not taken, and not passed over either.
    await dialog.getByLabel('Across').fill('-3');
    await dialog.getByRole('button', { name: /^Open/ }).click();
    await dialog.getByText('Between 0.001 and 1000 mm').waitFor();
    await dialog.getByLabel('Across').fill('0.5');
    await dialog.getByLabel('Down').fill('0.5');
    await dialog.getByLabel('Between slices').fill('2');
    await dialog.getByRole('button', { name: /^Open/ }).click();
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    await panel.getByText('40\u200a×\u200a30\u200a×\u200a4', { exact: true }).waitFor();
    await panel.getByText('0.50\u200a×\u200a0.50\u200a×\u200a2.00', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Whole range' }).waitFor();
    expect(await page.getByRole('button', { name: 'Bone', exact: true }).count()).toBe(0);
    const readout = page.locator('.hv-readout');
    await expect.poll(() => readout.innerText()).toMatch(/^value \d+ @/);
    expect(await page.getByRole('toolbar').innerText()).not.toContain('HU');

    // Labels as pictures, over the pictures.
    const label = png([40, 30], (x, y) => (x < 20 ? 1 : y < 15 ? 2 : 0));
    await addMasks(
      page,
      names.map((name) => ({ name: `mask-${name}`, bytes: label })),
    );
    await panel.getByText('Label 1, 4 files').waitFor();
    await panel.getByText('Label 2, 4 files').waitFor();
    await leave();
  });

  it('lays each colour of mask pictures in its colour, and turns their stack over', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const scan = nrrd([24, 20, 3], [1, 1, 2], (x, y, z) => 10 * x + y + z);
    await drop(page, [{ name: 'ct.nrrd', bytes: scan }]);
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    const mask = (z: number) => {
      return colourPng([24, 20], (x) =>
        x < 6 ? [200, 0, 0] : x < 12 && z < 3 ? [0, 0, 255] : [0, 0, 0],
      );
    };
    const names = [1, 2, 3].map((z) => ({ name: `mask${z}.png`, bytes: mask(z) }));
    await addMasks(page, names);
    const [blue, red] = ['Label 1, 3 files', 'Label 2, 3 files'];
    await panel.getByText(red).waitFor();
    expect(await panel.getByLabel(`Colour of ${blue}`).inputValue()).toBe('#0000ff');
    expect(await panel.getByLabel(`Colour of ${red}`).inputValue()).toBe('#c80000');
    await panel
      .getByText(/placed by its size only/)
      .first()
      .waitFor();

    // The layers stay as they look, with the other end up.
    await panel.getByLabel(`Colour of ${blue}`).fill('#00ff00');
    await panel.getByRole('button', { name: `Turn over ${blue}` }).click();
    const back = panel.getByRole('button', { name: `Turn back ${red}` });
    await back.waitFor();
    expect(await panel.getByText(/^Label \d/).count()).toBe(2);
    expect(await panel.getByLabel(`Colour of ${blue}`).inputValue()).toBe('#00ff00');
    expect(await serious(page)).toEqual([]);
    await back.click();
    await panel.getByRole('button', { name: `Turn over ${red}` }).waitFor();
    await leave();
  });

  it('keeps the pictures of two folders apart, though they are called alike', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const grey = png([12, 10], (x, y) => x + y);
    const names = ['before/1.png', 'before/2.png', 'after/1.png', 'after/2.png', 'after/3.png'];
    await onDisk(
      names.map((name) => ({ name, bytes: grey })),
      async (folder) => {
        await dropPath(page, folder);
        const dialog = page.getByRole('dialog', { name: 'Which series?' });
        await dialog.getByText('2 files', { exact: true }).waitFor();
        await dialog.getByText('3 files', { exact: true }).waitFor();
      },
    );
    await leave();
  });

  it('a tilted series is refused, kept or corrected, as the reader says', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const tilted = smallDicom({ seriesUid: '6', description: 'Tilted' }, [0, 1, 2, 3, 4], 0.75);
    await drop(page, tilted);
    const dialog = page.getByRole('dialog', { name: 'Before it is opened' });
    await dialog.getByText(/16\.7°/).waitFor();
    await dialog.getByRole('button', { name: 'Refuse' }).click();
    await dialog.getByRole('button', { name: /^Open/ }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('Could not open Tilted').waitFor();
    await alert.getByText(/16\.7/).waitFor();
    await alert.getByRole('button', { name: 'Back to the list' }).click();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByRole('button', { name: /^Open/ }).click();
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    await panel.getByText('32\u200a×\u200a24\u200a×\u200a5', { exact: true }).waitFor();
    // Another answer is one click away, and the list remembers the last one.
    await panel.getByRole('button', { name: 'Files and options…' }).click();
    await dialog.getByRole('button', { name: 'Keep', pressed: true }).waitFor();
    await dialog.getByRole('button', { name: 'Correct' }).click();
    await dialog.getByRole('button', { name: /^Open again/ }).click();
    await panel
      .getByText(/shifted upright/)
      .first()
      .waitFor();
    await leave();
  });

  it('a scan that fails the check can be worked on, but not without hearing of it', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const hu = await chestVoxels();
    // Stored values that nobody rescaled: everything is 1024 too high.
    const bytes = nrrd(CHEST.sizeVoxel, CHEST_SPACING_MM, (x, y, z) => {
      const [nx, ny] = CHEST.sizeVoxel;
      return 1024 + Math.max(-1024, hu[(z * ny + (ny - 1 - y)) * nx + (nx - 1 - x)] ?? 0);
    });
    await drop(page, [{ name: 'stored.nrrd', bytes }]);
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    await panel.getByText('Fail', { exact: true }).first().waitFor();
    await panel.getByText(/1024/).first().waitFor();
    await page.getByText('Threshold only').click();
    await page.getByText('Parameters').click();
    await page.getByLabel('Threshold', { exact: true }).fill('1250');
    await runBones(page);
    const bones = page.getByRole('tabpanel', { name: 'Bones' });
    await bones.getByRole('button', { name: /^CT check: \d fail/ }).waitFor();
    const [name] = await saved(page, () =>
      page.getByRole('button', { name: /^Download mask/ }).click(),
    );
    expect(name).toMatch(/^stored\.bones\.ct-check-\d-fails?\.nii\.gz$/);
    await leave();
  });

  it('lays masks from files over a scan', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const size = [24, 20, 16] as const;
    const scan = nrrd(size, [1, 1.5, 2], (x, y, z) => 10 * x + y + z);
    await drop(page, [{ name: 'ct.nrrd', bytes: scan }]);
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    const labels = nrrd(size, [1, 1.5, 2], (x) => (x < 8 ? 3 : x < 16 ? 7 : 0));
    await addMasks(page, [{ name: 'labels.nrrd', bytes: labels }]);
    await panel.getByText('Label 7, labels.nrrd').waitFor();
    await panel.getByRole('button', { name: 'Hide Label 3, labels.nrrd' }).click();
    await panel.getByRole('button', { name: 'Show Label 3, labels.nrrd' }).click();
    await panel.getByRole('button', { name: 'Hide Label 3, labels.nrrd' }).waitFor();
    await panel.getByRole('button', { name: 'Remove Label 7, labels.nrrd' }).click();
    await expect.poll(() => panel.getByText(/^Label \d/).count()).toBe(1);
    expect(await serious(page)).toEqual([]);

    // What does not lie on the grid is refused, and what is there stays.
    const other = nrrd([5, 5, 5], [1, 1, 1], () => 1);
    await addMasks(page, [{ name: 'other.nrrd', bytes: other }]);
    await panel.getByRole('alert').getByText('Could not add other.nrrd').waitFor();
    await panel.getByRole('button', { name: 'Dismiss' }).click();
    expect(await panel.getByText(/^Label \d/).count()).toBe(1);

    // They belong to their scan.
    await drop(page, [{ name: 'next.nrrd', bytes: scan }]);
    await page.getByRole('banner').getByText('next.nrrd').waitFor();
    expect(await panel.getByText(/^Label \d/).count()).toBe(0);
    await leave();
  });

  it('opens an NRRD at once', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const bytes = nrrd([24, 20, 16], [1, 1.5, 2], (x, y, z) => 10 * x + y + z);
    await drop(page, [{ name: 'ct.nrrd', bytes }]);
    await runButton(page).waitFor();
    const panel = page.getByRole('complementary', { name: 'Scan' });
    expect(await page.getByRole('banner').innerText()).toContain('ct.nrrd');
    await panel.getByText('1.00\u200a×\u200a1.50\u200a×\u200a2.00', { exact: true }).waitFor();
    await leave();
  });

  it('says why nothing can be opened', async () => {
    const { page, leave } = await visit(stand());
    await ready(page);
    const words = Buffer.from('nothing to see here '.repeat(50));
    await drop(page, [
      { name: 'a.txt', bytes: words },
      { name: 'b.txt', bytes: words },
    ]);
    const alert = page.getByRole('alert');
    await alert.getByText('Could not open 2 files').waitFor();
    await alert
      .getByText(/^None of the 2 files can be opened as a scan\. 2 files: .{10,}/)
      .waitFor();
    await page.getByRole('button', { name: 'Choose a folder' }).waitFor();
    await leave();
  });
});

async function addMasks(page: Page, files: readonly NamedBytes[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Add mask…' }).click(),
  ]);
  await chooser.setFiles(
    files.map(({ name, bytes }) => ({ name, mimeType: '', buffer: Buffer.from(bytes) })),
  );
}
