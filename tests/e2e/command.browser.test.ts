import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { CHEST, chestGz } from './scans.js';
import { openChest, runBones } from './steps.js';
import { onSite } from './suite.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The command as the sources have it now, wherever cargo builds; a stale one would prove nothing. */
function command(...args: readonly string[]): Promise<unknown> {
  const cargo = ['run', '--quiet', '--locked', '--package', 'hounsfield-cli', '--'];
  return run('cargo', [...cargo, ...args], { cwd: root });
}

const hasCargo = spawnSync('cargo', ['--version']).status === 0;
if (!hasCargo) console.warn('comparison with the command skipped: there is no cargo');

onSite('the page and the command', true, (stand) => {
  it.skipIf(!hasCargo)('write the same mask, byte for byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hounsfield-'));
    try {
      const scan = join(folder, CHEST.name);
      const mask = join(folder, 'mask.nii.gz');
      await writeFile(scan, await chestGz());
      await command('bones', scan, '-o', mask);

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
