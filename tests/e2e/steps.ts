import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { AxeResults } from 'axe-core';
import type { Locator, Page } from 'playwright-core';

import { CHEST, chestGz } from './scans.js';

/** What people do in the app, by the words they see. */

export async function openSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try a sample scan' }).click();
  await runButton(page).waitFor();
}

/** The small chest of scans.ts: a second to open and to segment. */
export async function openChest(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  await drop(page, [{ name: CHEST.name, bytes: await chestGz() }]);
  await runButton(page).waitFor();
}

export function runButton(page: Page): Locator {
  return page.getByRole('button', { name: /^Run (bones|again)$/ });
}

/** Presses Run and waits for the number. */
export async function runBones(page: Page): Promise<void> {
  await runButton(page).click();
  await headline(page).waitFor();
  await runButton(page).waitFor();
}

/** Presses Run and Cancel in one breath: the job may be short, the machine fast. */
export async function runAndCancel(page: Page, button = runButton(page)): Promise<void> {
  await button.evaluate(async (run: HTMLElement) => {
    run.click();
    await new Promise((drawn) => setTimeout(drawn));
    const buttons = [...document.querySelectorAll('button')];
    const cancel = buttons.find(({ textContent }) => textContent === 'Cancel');
    if (!cancel) throw new Error('there is nothing to cancel');
    cancel.click();
  });
}

/** Shows a task's panel, by its tab. */
export async function openTask(
  page: Page,
  name: 'Bones' | 'Lungs' | 'Surface' | 'Prepare',
): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
  await page.getByRole('tabpanel', { name, exact: true }).waitFor();
}

/** Finds the lungs of the scan that is open, and waits for the number. */
export async function runLungs(page: Page): Promise<void> {
  await openTask(page, 'Lungs');
  await lungsButton(page).click();
  await lungHeadline(page).waitFor();
  await lungsButton(page).waitFor();
}

export function lungsButton(page: Page): Locator {
  const panel = page.getByRole('tabpanel', { name: 'Lungs', exact: true });
  return panel.getByRole('button', { name: /^Run (lungs|again)$/ });
}

export function lungHeadline(page: Page): Locator {
  return page.getByText(/ml of lung$/);
}

/** What stands beside a label in a list of facts, as a number. */
export async function fact(page: Page, label: string): Promise<number> {
  const value = page.locator('dt', { hasText: label }).locator('xpath=following-sibling::dd[1]');
  const text = (await value.innerText()).split('ml')[0] ?? '';
  return Number(text.replace(/[^\d.]/g, ''));
}

export function headline(page: Page): Locator {
  return page.getByText(/ml of bone above/);
}

/** "612 041 voxels in 3 components" as a number. */
export async function voxels(page: Page): Promise<number> {
  const text = await page.getByText(/voxels? in .* components?/).innerText();
  return Number((text.split('voxel')[0] ?? '').replace(/\D/g, ''));
}

export function curve(page: Page): Locator {
  return page.getByRole('slider', { name: 'Bone threshold' });
}

export async function thresholdHu(page: Page): Promise<number> {
  return Number(await curve(page).getAttribute('aria-valuenow'));
}

/** Waits until the threshold's run is over and the result is for it. */
export async function settled(page: Page, hu: number): Promise<void> {
  await page.getByText(`of bone above ${hu} HU`).waitFor();
  await runButton(page).waitFor();
}

/** Lets go of a file over the window, as a hand would. */
export async function drop(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const plain = files.map(({ name, bytes }) => ({
    name,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, plain);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

/** Lets go of a file or folder of this machine over the window: the browser itself reads it. */
export async function dropPath(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
  await session.detach();
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds serious, as lines a developer can act on. */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axePath, 'utf8'));
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}
