import { stat } from 'node:fs/promises';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { DESK, PHONE, visit } from './browser.js';
import { openChest, serious } from './steps.js';
import { onSite } from './suite.js';

async function tool(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name }).click();
}

/** Labels in the axial view. */
const labels = (page: Page) => page.locator('[data-pane=axial] .hv-measure:visible');

onSite('measuring', false, (stand) => {
  it.each([
    { on: 'a desk', options: DESK },
    { on: 'a phone', options: PHONE },
  ])('takes points, shows a number and removes it on $on', async ({ options }) => {
    const { page, leave } = await visit(stand(), options);
    await openChest(page);
    await tool(page, /^Distance/);
    const box = await page.locator('[data-pane=axial]').boundingBox();
    if (!box) throw new Error('no axial view');
    const point = (x: number, y: number): Promise<void> => {
      const at = [box.x + box.width * x, box.y + box.height * y] as const;
      return options.hasTouch ? page.touchscreen.tap(...at) : page.mouse.click(...at);
    };
    await point(0.3, 0.4);
    await point(0.6, 0.5);
    await expect
      .poll(() => labels(page).allInnerTexts())
      .toEqual([expect.stringMatching(/^\d+\.\d mm/)]);
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    await labels(page)
      .getByRole('button', { name: /^Remove \d+\.\d mm$/ })
      .click();
    await expect.poll(() => labels(page).count()).toBe(0);
    await leave();
  });

  it('has a key, which Escape undoes, and clears all at once', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    const hint = page.getByText('Two points make a distance');
    await page.keyboard.press('m');
    await hint.waitFor();
    await page.keyboard.press('Escape');
    await hint.waitFor({ state: 'hidden' });
    await page.keyboard.press('m');
    await page.locator('[data-pane=coronal]').focus();
    await page.keyboard.press('Enter');
    for (let k = 0; k < 3; k++) await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('[data-pane=coronal] .hv-measure:visible').waitFor();
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Remove all measurements' }).click();
    await expect.poll(() => page.locator('.hv-measure:visible').count()).toBe(0);
    await leave();
  });

  it('saves the 3D view as a picture', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Save the 3D view/ }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/\.3d\.png$/);
    expect((await stat(await file.path())).size).toBeGreaterThan(5000);
    await leave();
  });
});
