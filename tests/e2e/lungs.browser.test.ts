import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { PATIENT } from './dicom.js';
import { LOOKS, PHONE, visit } from './browser.js';
import { CHEST, CHEST_SPACING_MM, chestDicom, chestVoxels, nifti } from './scans.js';
import {
  drop,
  fact,
  lungHeadline,
  lungsButton,
  openChest,
  openTask,
  runAndCancel,
} from './steps.js';
import { runBones, runLungs, serious } from './steps.js';
import { onSite } from './suite.js';

const VOXEL_ML = (CHEST_SPACING_MM[0] * CHEST_SPACING_MM[1] * CHEST_SPACING_MM[2]) / 1000;

/** Of a label map as it was saved: how many voxels have each label. */
async function labelsOf(path: string): Promise<Map<number, number>> {
  const file = gunzipSync(await readFile(path));
  const found = new Map<number, number>();
  for (const label of file.subarray(file.readFloatLE(108))) {
    if (label > 0) found.set(label, (found.get(label) ?? 0) + 1);
  }
  return found;
}

function ordered(numbers: readonly number[], sign = 1): number[] {
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is younger than the language we target
  return [...numbers].sort((a, b) => sign * (a - b));
}

/** What a button copies, as it comes out of the clipboard. */
async function copied(page: Page, name: string, nth = 0): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.getByRole('button', { name, exact: true }).nth(nth).click();
  const read = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(read).not.toBe('');
  return read();
}

const pagesOf = (pdf: Buffer): number =>
  pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;

onSite('lungs', true, (stand) => {
  it('finds both lungs and the airways, and saves them as one label map', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runLungs(page);
    const [left, right, airways] = [
      await fact(page, 'Left lung'),
      await fact(page, 'Right lung'),
      await fact(page, 'Airways'),
    ];
    const whole = Number((await lungHeadline(page).innerText()).replace(/\D/g, ''));
    expect(Math.abs(left + right - whole)).toBeLessThan(3);
    const panel = page.getByRole('complementary', { name: 'Scan' });
    for (const name of ['Left lung', 'Right lung', 'Airways']) {
      await panel.getByRole('button', { name: `Hide ${name}` }).waitFor();
    }
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download labels/ }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe('chest.lungs.nii.gz');
    const labels = await labelsOf(await download.path());
    expect(ordered([...labels.keys()])).toEqual([1, 2, 3]);
    const ml = (label: number): number => (labels.get(label) ?? 0) * VOXEL_ML;
    expect(Math.abs(ml(1) - left)).toBeLessThan(1);
    expect(Math.abs(ml(2) - right)).toBeLessThan(1);
    expect(Math.abs(ml(3) - airways)).toBeLessThan(0.1);
    await leave();
  });

  it('draws bones and lungs together, and keeps both results', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    await runLungs(page);
    const panel = page.getByRole('complementary', { name: 'Scan' });
    for (const name of ['Bones', 'Left lung', 'Right lung']) {
      await panel.getByRole('button', { name: `Hide ${name}` }).waitFor();
    }
    await openTask(page, 'Bones');
    await page.getByText(/ml of bone above/).waitFor();
    await openTask(page, 'Lungs');
    await lungHeadline(page).waitFor();
    await leave();
  });

  it('cancels a run and goes back to what was there', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Lungs');
    await runAndCancel(page, lungsButton(page));
    await page.getByRole('button', { name: 'Run lungs' }).waitFor();
    expect(await lungHeadline(page).count()).toBe(0);
    await runLungs(page);
    const before = await lungHeadline(page).innerText();
    await runAndCancel(page, lungsButton(page));
    await lungsButton(page).waitFor();
    expect(await lungHeadline(page).innerText()).toBe(before);
    await leave();
  });

  it('leaves the airways in on request, and says where the border lies', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Lungs');
    await page.getByRole('button', { name: 'In', exact: true }).click();
    await page.getByLabel('Border of lung').fill('-320');
    await runLungs(page);
    expect(await page.locator('dt', { hasText: 'Airways' }).count()).toBe(0);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const recipe = JSON.parse(await copied(page, 'Copy recipe as JSON')) as {
      readonly params: Record<string, unknown>;
    };
    expect(recipe.params).toMatchObject({ method: 'anatomy', airways: 'in', borderHu: -320 });
    expect(await copied(page, 'Copy methods paragraph')).toMatch(/[-−]320 HU/);
    await leave();
  });

  it('says honestly that there is no lung', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const water = nifti([64, 64, 40], [3, 3, 5], (x, y) =>
      Math.hypot(x - 32, y - 32) < 28 ? 20 + (x % 3) : -1000,
    );
    await drop(page, [{ name: 'water.nii', bytes: water }]);
    await openTask(page, 'Lungs');
    await lungsButton(page).click();
    await page.getByText('No lung was found').waitFor();
    expect(await page.getByRole('button', { name: /^Download/ }).count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
    await leave();
  });

  it('flags what to look at, with the number behind it', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const hu = await chestVoxels();
    const [nx, ny, nz] = CHEST.sizeVoxel;
    const half = nz / 2;
    const upper = nifti([nx, ny, half], CHEST_SPACING_MM, (x, y, z) => {
      return hu[((z + half) * ny + y) * nx + (nx - 1 - x)] ?? 0;
    });
    await drop(page, [{ name: 'upper.nii', bytes: upper }]);
    await runLungs(page);
    const cut = /^The lowest slice cuts \d+ cm² of lung/;
    await page.getByRole('tabpanel', { name: 'Lungs' }).getByText(cut).waitFor();
    await page.getByRole('button', { name: 'Report' }).click();
    await page.getByRole('article', { name: 'Lung report' }).getByText(cut).waitFor();
    await leave();
  });

  it('measures every mask in a table that sorts and can be copied', async () => {
    const { page, leave } = await visit(stand());
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openChest(page);
    await runBones(page);
    await runLungs(page);
    await page.getByRole('button', { name: 'Measures…' }).click();
    const table = page.getByRole('table', { name: 'Measures of every mask' });
    await table.waitFor();
    const names = (): Promise<string[]> => table.locator('tbody th').allInnerTexts();
    const volumes = async (): Promise<number[]> =>
      (await table.locator('tbody td:nth-child(2)').allInnerTexts()).map((text) =>
        Number(text.replace(/[^\d.]/g, '')),
      );
    expect(await names()).toEqual(['Bones', 'Left lung', 'Right lung', 'Airways', 'All together']);
    const asGiven = await volumes();
    await table.getByRole('button', { name: 'Volume, ml' }).click();
    expect(await table.locator('th', { hasText: 'Volume, ml' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    expect(await volumes()).toEqual(ordered(asGiven));
    await table.getByRole('button', { name: 'Volume, ml' }).click();
    expect(await volumes()).toEqual(ordered(asGiven, -1));

    const [head, ...rows] = (await copied(page, 'Copy as CSV')).trimEnd().split('\n');
    expect(head).toMatch(/^name,volume_ml,mean_hu,.*,box_max_z_voxel,ct_check$/);
    expect(rows.length).toBe(asGiven.length);
    rows.forEach((row, i) => {
      const [, ml, ...others] = row.split(',');
      expect(Math.abs(Number(ml) - (asGiven[i] ?? 0))).toBeLessThanOrEqual(0.051);
      expect(others.at(-1)).toMatch(/passed|fail|warning/);
    });
    const lungs = JSON.parse(await copied(page, 'Copy as JSON', 1)) as {
      readonly rows: readonly { readonly name: string; readonly volumeMl: number }[];
    };
    expect(lungs.rows.length).toBe(9);
    const [both, left, right] = lungs.rows.map((row) => row.volumeMl);
    expect(both).toBeCloseTo((left ?? 0) + (right ?? 0), 6);
    await leave();
  });

  it('has a histogram on which the window is taken by hand and keys', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await page.locator('summary', { hasText: 'Histogram' }).click();
    const white = page.getByRole('slider', { name: 'Window, white' });
    const black = page.getByRole('slider', { name: 'Window, black' });
    const now = async (): Promise<readonly [number, number]> => [
      Number(await black.getAttribute('aria-valuenow')),
      Number(await white.getAttribute('aria-valuenow')),
    ];
    await white.waitFor();
    expect(await now()).toEqual([-160, 240]);
    await white.hover();
    const box = await white.boundingBox();
    if (!box) throw new Error('the handle has no place');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 30, y, { steps: 5 });
    await page.mouse.up();
    const [low, high] = await now();
    expect(low).toBe(-160);
    expect(high).toBeGreaterThan(280);
    await black.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await now()).toEqual([-170, high]);
    await page.getByRole('slider', { name: 'Window, centre' }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await now()).toEqual([-70, high + 100]);
    const shown = `W ${high + 170} L ${Math.round((high + 30) / 2)}`;
    await expect
      .poll(async () => (await page.getByRole('toolbar').innerText()).replaceAll('\u202f', ''))
      .toContain(shown);
    await page.getByText('Peaks and table').click();
    await page.getByText('Peak of soft tissue').waitFor();
    await leave();
  });

  it('makes a report that fits on one sheet and names nobody', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await drop(page, await chestDicom());
    await runLungs(page);
    const volume = (await lungHeadline(page).innerText()).replace(/ of lung$/, '');
    await page.getByRole('button', { name: 'Report' }).click();
    const sheet = page.getByRole('article', { name: 'Lung report' });
    await sheet.waitFor();
    const text = await sheet.innerText();
    expect(text).toContain(volume);
    expect(text).toContain('not a medical device');
    expect(text).toContain('"recipe":"lungs"');
    expect(text).toMatch(/10\.1186\/cc12738/);
    for (const secret of [PATIENT.name, PATIENT.id, 'Chest 3.0', CHEST.name]) {
      expect(text).not.toContain(secret);
    }
    await page.getByRole('img', { name: /^Coronal slice/ }).waitFor();
    await page.getByRole('img', { name: /^Histogram of the scan/ }).waitFor();
    for (const format of ['A4', 'Letter']) expect(pagesOf(await page.pdf({ format }))).toBe(1);

    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('Report');
    await page.keyboard.press('Enter');
    await sheet.waitFor();
    await page.goBack();
    await sheet.waitFor({ state: 'detached' });
    await lungHeadline(page).waitFor();
    await leave();
  });

  it('does all of it by keyboard', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    const reach = async (name: RegExp): Promise<void> => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
        if (name.test(focused)) return;
      }
      throw new Error(`Tab does not reach ${name}`);
    };
    await reach(/^Bones$/);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'Lungs', exact: true }).waitFor();
    await reach(/^Run lungs$/);
    await page.keyboard.press('Enter');
    await lungHeadline(page).waitFor();
    await reach(/^Measures…$/);
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Measures of the lungs' }).waitFor();
    await reach(/^Gas, ml$/);
    await page.keyboard.press('Enter');
    const gas = page.getByRole('columnheader', { name: 'Gas, ml' });
    expect(await gas.getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Measures' }).waitFor({ state: 'detached' });
    await leave();
  });

  it.each(LOOKS)('axe has nothing serious to say on $on', async ({ options }) => {
    const { page, leave } = await visit(stand(), options);
    await openChest(page);
    await openTask(page, 'Lungs');
    expect(await serious(page)).toEqual([]);
    await runLungs(page);
    await page.getByText('Method and parameters').click();
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Measures…' }).click();
    await page.getByRole('table', { name: 'Measures of the lungs' }).waitFor();
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Report' }).click();
    await page.getByRole('article', { name: 'Lung report' }).waitFor();
    expect(await serious(page)).toEqual([]);
    const report = page.getByRole('region', { name: 'Lung report' });
    const beyond = await report.evaluate(
      ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
    );
    expect(beyond).toBe(0);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    if (options === PHONE) await page.getByRole('tab', { name: 'Scan' }).click();
    await page.locator('summary', { hasText: 'Histogram' }).click();
    await page.getByRole('slider', { name: 'Window, white' }).waitFor();
    await page.getByText('Peaks and table').click();
    expect(await serious(page)).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(options.viewport?.width ?? 0);
    await leave();
  });
});
