import { gzipSync } from 'node:zlib';

import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { CHEST, nifti } from './scans.js';
import { drop, headline, openSample, openChest, runBones, runButton, voxels } from './steps.js';
import { onSite } from './suite.js';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Values without a pattern, which gzip cannot shrink much. */
const noisy = (x: number, y: number, z: number): number =>
  Math.imul((x * 73856093) ^ (y * 19349663) ^ (z * 83492791), 0x9e3779b1) >>> 22;

/** A header that promises more voxels than the file has. */
function short(): Uint8Array {
  return nifti([40, 40, 40], [1, 1, 1], () => 0).slice(0, 20_000);
}

function noSize(): Uint8Array {
  const bytes = nifti([8, 8, 8], [1, 1, 1], () => 0);
  new DataView(bytes.buffer).setInt16(42, 0, true);
  return bytes;
}

const BAD = [
  { name: 'empty.nii', bytes: new Uint8Array(0) },
  { name: 'photo.nii', bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, ...text('JFIF'.repeat(200))) },
  { name: 'cut.nii.gz', bytes: gzipSync(nifti([40, 40, 40], [1, 1, 1], noisy)).slice(0, 5000) },
  { name: 'short.nii', bytes: short() },
  { name: 'nosize.nii', bytes: noSize() },
];

onSite('when something is wrong', true, (stand) => {
  it('every bad file gets a sentence, and the open scan stays', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    const before = await voxels(page);
    const alert = page.getByRole('alert');
    for (const file of BAD) {
      await drop(page, [file]);
      await alert.getByText(`Could not open ${file.name}`).waitFor();
      // A heading, what happened and what can be done: all three say something.
      const sentences = await alert.locator('p').allInnerTexts();
      expect(sentences.length).toBe(3);
      for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{10,}/);
      await alert.getByText('Details', { exact: true }).click();
      expect(await alert.locator('pre').innerText()).not.toContain(file.name);
      await alert.getByRole('button', { name: 'Dismiss' }).click();
      expect(await page.getByRole('banner').innerText()).toContain(CHEST.name);
      expect(await voxels(page)).toBe(before);
    }
    await runBones(page);
    expect(await voxels(page)).toBe(before);
    await leave();
  });

  it('a bad first file leaves the way in open', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await drop(page, [{ name: 'empty.nii', bytes: new Uint8Array(0) }]);
    await page.getByText('Could not open empty.nii').waitFor();
    await openSample(page);
    expect(await page.getByRole('alert').count()).toBe(0);
    await leave();
  });

  it('an engine that dies is said to have, and can be started again', async () => {
    const { page, complaints, leave } = await visit(stand());
    await openChest(page);
    await page.getByText('Parameters').click();
    await page.getByLabel('Drop parts below').fill('0.7');
    const worker = page.workers()[0];
    if (!worker) throw new Error('the engine has no worker');
    await worker
      .evaluate(() =>
        setTimeout(() => {
          throw new Error('killed by a test');
        }),
      )
      .catch(() => undefined);
    await page.getByText('The engine has stopped').waitFor();
    await page.getByRole('button', { name: /^Start again and reopen/ }).click();
    await runButton(page).waitFor();
    await page.getByText('The engine has stopped').waitFor({ state: 'detached' });
    await runBones(page);
    await page.getByText('Method and parameters').click();
    expect(await page.getByLabel('Drop parts below').inputValue()).toBe('0.7');
    complaints.length = 0; // The killing itself was heard.
    await leave();
  });

  it('cancelling an opening keeps what was open', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    const big = nifti([320, 320, 200], [1, 1, 1], noisy);
    await drop(page, [{ name: 'big.nii', bytes: big }]);
    await page.keyboard.press('Escape');
    expect(await headline(page).count()).toBe(1);
    expect(await page.getByRole('banner').innerText()).toContain(CHEST.name);
    await leave();
  });
});
