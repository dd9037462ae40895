import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { nifti, pair } from './scans.js';
import { curve, drop, headline, openChest, openSample, runAndCancel } from './steps.js';
import { runBones, runButton, settled, thresholdHu, voxels } from './steps.js';
import { onSite } from './suite.js';
import type { Stand } from './suite.js';

onSite('on a host with COOP and COEP', true, (stand) => mainPath(stand, true));
onSite('on a host without special headers', false, (stand) => mainPath(stand, false));

function mainPath(stand: () => Stand, isolated: boolean): void {
  it('uses threads where the page may, one where not', async () => {
    const { page, leave } = await visit(stand());
    const isIsolated = await page.evaluate(() => crossOriginIsolated);
    expect(isIsolated).toBe(isolated);
    await page.getByText(isolated ? /^\d+ threads?$/ : /^1 thread$/).waitFor();
    await leave();
  });

  it('opens the sample, finds bones and shows the curve', async () => {
    const { page, leave } = await visit(stand());
    await openSample(page);
    await page.getByText('True bones (phantom)').waitFor();
    await runBones(page);
    await page.getByText('Components by threshold').waitFor();
    await page
      .getByRole('button', { name: /^Download mask \(\.nii\.gz, [\d.\u202f]+ [kM]?B/ })
      .waitFor();
    expect(await curve(page).getAttribute('aria-valuetext')).toMatch(
      /^\d+ HU(: .* components, largest part .* ml|, outside the curve)/,
    );
    expect(await page.locator('.uplot canvas').count()).toBe(1);
    await leave();
  });

  it('takes a dropped file and follows the threshold under the hand', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await page.getByText('160\u200a×\u200a160\u200a×\u200a96').first().waitFor();
    await runBones(page);

    const suggested = await thresholdHu(page);
    const before = await voxels(page);
    await curve(page).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await thresholdHu(page)).toBe(suggested + 11);
    await settled(page, suggested + 11);
    const after = await voxels(page);
    expect(after).not.toBe(before);

    const box = await page.locator('.u-over').boundingBox();
    if (!box) throw new Error('the plot has no place');
    await page.mouse.click(box.x + box.width * 0.8, box.y + box.height / 2);
    const clicked = await thresholdHu(page);
    expect(clicked).toBeGreaterThan(suggested + 11);
    await settled(page, clicked);
    expect(await voxels(page)).not.toBe(after);

    await page.getByRole('button', { name: /^Reset to suggested/ }).click();
    await settled(page, suggested);
    expect(await voxels(page)).toBe(before);
    await leave();
  });

  it('takes a header and its image dropped together', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    const [header, image] = pair(nifti([24, 20, 16], [1, 1, 2], (x, y, z) => 10 * x + y + z));
    await drop(page, [
      { name: 'small.img', bytes: image },
      { name: 'small.hdr', bytes: header },
    ]);
    await page.getByRole('banner').getByText('small.hdr').waitFor();
    await runButton(page).waitFor();
    await leave();
  });

  it('takes parts out and puts them back', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    const before = await voxels(page);
    const part = page
      .getByRole('checkbox', { checked: true })
      .and(page.getByLabel(/ ml, .* HU$/))
      .first();
    const name = (await part.getAttribute('aria-label')) ?? '';
    await part.uncheck();
    await expect.poll(() => voxels(page)).toBeLessThan(before);
    await page.getByLabel(name, { exact: true }).check();
    await expect.poll(() => voxels(page)).toBe(before);
    await leave();
  });

  it('cancels a run and goes back to what was there', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runAndCancel(page);
    await page.getByRole('button', { name: 'Run bones' }).waitFor();
    expect(await headline(page).count()).toBe(0);
    await runBones(page);
    const before = await voxels(page);
    await runAndCancel(page);
    await runButton(page).waitFor();
    expect(await voxels(page)).toBe(before);
    await runBones(page);
    expect(await voxels(page)).toBe(before);
    await leave();
  });

  it('downloads a mask on the grid of the scan', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download mask/ }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe('chest.bones.nii.gz');
    const bytes = await readFile(await download.path());
    expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    await leave();
  });
}
