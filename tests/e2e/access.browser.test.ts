import { expect, it } from 'vitest';

import { DESK, PHONE, visit } from './browser.js';
import { curve, drop, headline, openChest, runBones, runButton, settled } from './steps.js';
import { serious, thresholdHu } from './steps.js';
import { onSite } from './suite.js';

onSite('for everybody', true, (stand) => {
  it.each([
    { on: 'a desk, dark', options: DESK },
    { on: 'a desk, light', options: { ...DESK, colorScheme: 'light' as const } },
    { on: 'a phone, dark', options: PHONE },
    { on: 'a phone, light', options: { ...PHONE, colorScheme: 'light' as const } },
  ])('axe has nothing serious to say on $on', async ({ options }) => {
    const { page, leave } = await visit(stand(), options);
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    expect(await serious(page)).toEqual([]);
    await drop(page, [{ name: 'empty.nii', bytes: new Uint8Array(0) }]);
    await page.getByRole('alert').waitFor();
    expect(await serious(page)).toEqual([]);
    await openChest(page);
    expect(await serious(page)).toEqual([]);
    await runBones(page);
    await page.getByText('Method and parameters').click();
    await page.getByText(/^Table of all/).click();
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: /left this device/ }).click();
    expect(await serious(page)).toEqual([]);
    await leave();
  });

  it('does the whole job by keyboard', async () => {
    const { page, leave } = await visit(stand());
    const press = async (name: RegExp): Promise<void> => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
        if (name.test(focused)) return page.keyboard.press('Enter');
      }
      throw new Error(`Tab does not reach ${name}`);
    };
    await page.getByRole('button', { name: 'Try a sample scan' }).waitFor();
    await press(/^Try a sample scan$/);
    await runButton(page).waitFor();
    await press(/^Run bones$/);
    await headline(page).waitFor();
    await runButton(page).waitFor();
    const before = await thresholdHu(page);
    await curve(page).focus();
    await page.keyboard.press('ArrowRight');
    await settled(page, before + 1);
    // While the mask follows the threshold it cannot be downloaded, and Tab goes past the button.
    await page.locator('button:enabled', { hasText: /^Download mask/ }).waitFor();
    const saved = page.waitForEvent('download');
    await press(/^Download mask/);
    await saved;
    await leave();
  });

  it('has the keys people bring along', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await page.getByRole('heading', { name: 'Hounsfield' }).click();
    await page.keyboard.press('1');
    await page.getByText('W 1\u202f800 L 400 HU').waitFor();
    await page.keyboard.press('2');
    await page.getByText('W 1\u202f500 L \u2212600 HU').waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Show the overlay' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys and mouse' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keys and mouse' }).waitFor({ state: 'hidden' });
    await leave();
  });

  it('remembers the theme that was chosen', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Light theme' }).click();
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.reload();
    await page.getByRole('button', { name: 'Dark theme' }).waitFor();
    expect(await ground()).toBe(light);
    await leave();
  });

  it('does the main job under a thumb', async () => {
    const { page, leave } = await visit(stand(), PHONE);
    await page.getByRole('button', { name: 'Try a sample scan' }).tap();
    await runButton(page).tap();
    await headline(page).waitFor();
    await runButton(page).waitFor();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, [role=tab], select, summary')]
        .filter((element) => element.checkVisibility())
        .map((element) => ({ name: element.textContent, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.height < 44 || box.width < 44)
        .map(({ name }) => name),
    );
    expect(small).toEqual([]);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download mask/ }).tap();
    await saved;
    await page.getByRole('button', { name: '3D', exact: true }).tap();
    await page.getByRole('group', { name: '3D view' }).waitFor();
    await leave();
  });
});
