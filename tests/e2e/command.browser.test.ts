import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { CHEST, chestGz } from './scans.js';
import { openChest, runBones } from './steps.js';
import { onSite } from './suite.js';

const target = fileURLToPath(new URL('../../target', import.meta.url));
const command = ['release', 'debug']
  .map((profile) => join(target, profile, 'hounsfield'))
  .find((path) => existsSync(path));
if (command === undefined) {
  console.warn('comparison with the command skipped: no target/{release,debug}/hounsfield');
}

onSite('the page and the command', true, (stand) => {
  it.skipIf(command === undefined)('write the same mask, byte for byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hounsfield-'));
    try {
      const scan = join(folder, CHEST.name);
      const mask = join(folder, 'mask.nii.gz');
      await writeFile(scan, await chestGz());
      execFileSync(command ?? '', ['bones', scan, '-o', mask], { stdio: 'pipe' });

      const { page, leave } = await visit(stand());
      await openChest(page);
      await runBones(page);
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: /^Download mask/ }).click();
      const fromPage = await readFile(await (await saved).path());
      const fromCommand = await readFile(mask);
      expect(fromPage.equals(fromCommand)).toBe(true);
      await leave();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
