import { readFile } from 'node:fs/promises';

import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { LOOKS, visit } from './browser.js';
import { unzip } from './files.js';
import { openChest, openTask, runAndCancel, runBones, runLungs, serious, drop } from './steps.js';
import { onSite } from './suite.js';

function panelOf(page: Page): Locator {
  return page.getByRole('tabpanel', { name: 'Surface', exact: true });
}

const makeButton = (page: Page): Locator =>
  panelOf(page).getByRole('button', { name: /^Make (surface|another surface)$/ });

/** Makes one as it stands, and waits until it is in the list. */
async function make(page: Page): Promise<void> {
  const rows = panelOf(page).getByRole('button', { name: /^Remove / });
  const before = await rows.count();
  await makeButton(page).click();
  await expect.poll(() => rows.count(), { timeout: 60_000 }).toBe(before + 1);
}

/** A number beside its label, in the nth surface of the list. */
async function fact(page: Page, label: string, nth = 0): Promise<number> {
  const value = panelOf(page).locator('dt', { hasText: label }).nth(nth);
  const text = await value.locator('xpath=following-sibling::dd[1]').innerText();
  return Number(text.replace(/ (ml|mm²|mm)$/, '').replace(/[^\d.]/g, ''));
}

async function saved(page: Page, name: RegExp): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent('download');
  await panelOf(page).getByRole('button', { name }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

type Point = readonly [number, number, number];

/** Triangles of a binary STL. */
function trianglesOf(stl: Buffer): Point[][] {
  const count = stl.readUInt32LE(80);
  expect(stl.length).toBe(84 + 50 * count);
  return Array.from({ length: count }, (_, t) =>
    [1, 2, 3].map((corner): Point => {
      const at = 84 + 50 * t + 12 * corner;
      return [stl.readFloatLE(at), stl.readFloatLE(at + 4), stl.readFloatLE(at + 8)];
    }),
  );
}

/** Enclosed by triangles that face outwards, by the tetrahedra under them. */
function volumeMl(triangles: readonly Point[][]): number {
  let sum = 0;
  for (const [a, b, c] of triangles) {
    if (!a || !b || !c) continue;
    sum +=
      a[0] * (b[1] * c[2] - b[2] * c[1]) +
      a[1] * (b[2] * c[0] - b[0] * c[2]) +
      a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  return sum / 6000;
}

/** Edges that are not run along as often one way as the other. */
function openEdges(triangles: readonly Point[][]): number {
  const seen = new Map<string, number>();
  for (const corners of triangles) {
    corners.forEach((from, k) => {
      const [a, b] = [from.join(), (corners[(k + 1) % 3] ?? from).join()];
      const [key, way] = a < b ? [`${a} ${b}`, 1] : [`${b} ${a}`, -1];
      seen.set(key, (seen.get(key) ?? 0) + way);
    });
  }
  return [...seen.values()].filter((sum) => sum !== 0).length;
}

/** How much there is to see in the 3D view: bytes of its picture. */
async function seenIn3d(page: Page): Promise<number> {
  const box = await page.getByRole('group', { name: '3D view', exact: true }).boundingBox();
  if (!box) throw new Error('there is no 3D view');
  const shot = await page.screenshot({ clip: box });
  return shot.length;
}

onSite('surfaces', true, (stand) => {
  it('makes a closed surface of bones and saves it as the numbers say', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    await openTask(page, 'Surface');
    await panelOf(page)
      .getByText(/[\d\u202f]+ triangles, /)
      .waitFor();
    await make(page);
    const triangles = await fact(page, 'Triangles');
    const { name, bytes } = await saved(page, /^Download surface/);
    expect(name).toBe('chest.bones.stl');
    const inFile = trianglesOf(bytes);
    expect(inFile.length).toBe(triangles);
    expect(openEdges(inFile)).toBe(0);
    const ml = await fact(page, 'Volume');
    expect(Math.abs(volumeMl(inFile) / ml - 1)).toBeLessThan(0.01);
    await leave();
  });

  it('takes a level of the scan, says what it will be, and reduces it', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Surface');
    const panel = panelOf(page);
    const estimated = async (): Promise<number> => {
      const text = await panel.getByText(/[\d\u202f]+ triangles, /).innerText();
      return Number((text.split(' triangles')[0] ?? '').replace(/\D/g, ''));
    };
    const at300 = await estimated();
    await panel.getByLabel('Level').fill('200');
    await expect.poll(estimated).toBeGreaterThan(at300);
    const at200 = await estimated();
    await make(page);
    expect(await fact(page, 'Triangles')).toBe(at200);
    await panel.getByRole('button', { name: 'To a number' }).click();
    const half = Math.round(at200 / 2);
    await panel.getByLabel('Triangles at most').fill(String(half));
    await panel.getByText(/, then about [\d\u202f]+ of them\./).waitFor();
    await make(page);
    expect(await fact(page, 'Triangles', 1)).toBeLessThanOrEqual(half);
    expect(await fact(page, 'Moved by at most')).toBeGreaterThan(0);
    const whole = await fact(page, 'Volume');
    expect(Math.abs((await fact(page, 'Volume', 1)) / whole - 1)).toBeLessThan(0.1);
    // So few that its parts would tear: it says where it stopped.
    await panel.getByLabel('Triangles at most').fill('100');
    await make(page);
    expect(await fact(page, 'Triangles', 2)).toBeGreaterThan(100);
    await panel.getByText(/^100 triangles were asked for/).waitFor();
    await leave();
  });

  it('draws surfaces in the 3D view, hides them and takes them away', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    await openTask(page, 'Surface');
    await make(page);
    const panel = panelOf(page);
    await page.waitForTimeout(1000);
    const shown = await seenIn3d(page);
    await panel.getByRole('button', { name: 'Hide Bones' }).click();
    await expect.poll(() => seenIn3d(page)).toBeLessThan(shown / 2);
    await panel.getByRole('button', { name: 'Show Bones' }).click();
    await expect.poll(() => seenIn3d(page)).toBeGreaterThan(shown / 2);
    await panel.getByRole('button', { name: 'Front', exact: true }).click();
    await expect.poll(() => seenIn3d(page)).not.toBe(shown);
    const picture = await saved(page, /^Save picture/);
    expect(picture.name).toBe('chest.3d.png');
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    await panel.getByRole('button', { name: 'Remove Bones' }).click();
    await panel.getByText('Surfaces appear here').waitFor();
    expect(await panel.getByRole('button', { name: /^Download/ }).count()).toBe(0);
    await leave();
  });

  it('keeps several apart in one file, with their names', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runLungs(page);
    await openTask(page, 'Surface');
    const panel = panelOf(page);
    await panel.getByLabel('Of', { exact: true }).selectOption('Left lung');
    await make(page);
    await panel.getByLabel('Of', { exact: true }).selectOption('Right lung');
    await make(page);
    await panel.getByRole('button', { name: 'STL', exact: true }).click();
    await panel.getByText('STL has no parts').waitFor();
    const count = (await fact(page, 'Triangles')) + (await fact(page, 'Triangles', 1));
    const stl = await saved(page, /^Download 2 surfaces/);
    expect(stl.name).toBe('chest.surfaces.stl');
    expect(trianglesOf(stl.bytes).length).toBe(count);
    expect(stl.bytes.toString('latin1', 0, 80)).toContain('CT check: ');
    await panel.getByRole('button', { name: '3MF', exact: true }).click();
    const print = await saved(page, /^Download 2 surfaces/);
    const model = [...unzip(print.bytes)].find(([path]) => path.endsWith('.model'))?.[1].toString();
    expect(model).toContain('unit="millimeter"');
    expect(model).toContain('Left lung');
    expect(model).toContain('Right lung');
    expect(model).toMatch(/<metadata name="Description">CT check: [^<]+</);
    await panel.getByRole('button', { name: 'GLB', exact: true }).click();
    const glb = (await saved(page, /^Download 2 surfaces/)).bytes;
    expect(glb.toString('latin1', 0, 4)).toBe('glTF');
    const described = glb.toString('latin1', 20, 20 + glb.readUInt32LE(12));
    expect(described).toContain('Right lung');
    expect(described).toContain('"ctCheck":"CT check: ');
    await leave();
  });

  it('opens what it saved, by a drop, where it lay', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await openTask(page, 'Surface');
    await panelOf(page).getByLabel('Level').fill('500');
    await make(page);
    const { bytes } = await saved(page, /^Download surface/);
    await drop(page, [{ name: 'again.stl', bytes }]);
    await expect
      .poll(() =>
        panelOf(page)
          .getByRole('button', { name: /^Remove / })
          .count(),
      )
      .toBe(2);
    expect(await fact(page, 'Triangles', 1)).toBe(await fact(page, 'Triangles'));
    expect(await fact(page, 'Volume', 1)).toBe(await fact(page, 'Volume'));
    expect(await panelOf(page).getByText('lies beside the scan').count()).toBe(0);
    await leave();
  });

  it('has a sentence for a surface without a scan, and for one that is broken', async () => {
    const { page, leave } = await visit(stand());
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await drop(page, [{ name: 'bone.stl', bytes: new Uint8Array(84) }]);
    await page.getByText('no scan is open').waitFor();
    await openChest(page);
    await drop(page, [{ name: 'bone.stl', bytes: new Uint8Array(30) }]);
    await page.getByRole('alert').getByText('The surface could not be opened').waitFor();
    await leave();
  });

  it('cancels, and says when the mask has changed', async () => {
    const { page, leave } = await visit(stand());
    await openChest(page);
    await runBones(page);
    await openTask(page, 'Surface');
    await runAndCancel(page, makeButton(page));
    await makeButton(page).waitFor();
    expect(
      await panelOf(page)
        .getByRole('button', { name: /^Remove / })
        .count(),
    ).toBe(0);
    await make(page);
    await openTask(page, 'Bones');
    await page.getByText('Method and parameters').click();
    await page.getByLabel('Threshold', { exact: true }).fill('400');
    await runBones(page);
    await openTask(page, 'Surface');
    await panelOf(page).getByText('The mask has changed').waitFor();
    await leave();
  });

  it.each(LOOKS)('axe has nothing serious to say on $on', async ({ options }) => {
    const { page, leave } = await visit(stand(), options);
    await openChest(page);
    await openTask(page, 'Surface');
    await panelOf(page).getByText('Advanced').click();
    await panelOf(page).getByRole('button', { name: 'Within mm' }).click();
    expect(await serious(page)).toEqual([]);
    await make(page);
    await panelOf(page).getByText('Numbers and assumptions').click();
    expect(await serious(page)).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(options.viewport?.width ?? 0);
    await leave();
  });
});
