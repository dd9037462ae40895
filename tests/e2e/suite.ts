import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

import { chromiumPath, launch } from './browser.js';
import { builtSite, missing, serve } from './site.js';
import type { Served } from './site.js';

const why = missing() || (chromiumPath() ? '' : 'no Chromium: apt-get install chromium');
if (why) console.warn(`browser tests skipped: ${why}`);

export interface Stand {
  readonly browser: Browser;
  readonly site: Served;
}

/** A group of tests with a browser and the built site, on a host with or without COOP and COEP. */
export function onSite(name: string, isolated: boolean, tests: (stand: () => Stand) => void): void {
  describe.skipIf(why)(name, () => {
    let stand: Stand | null = null;
    beforeAll(async () => {
      const site = await serve(await builtSite(), isolated);
      stand = { browser: await launch(), site };
    });
    afterAll(async () => {
      await stand?.browser.close();
      await stand?.site.stop();
    });
    tests(() => {
      if (!stand) throw new Error('only inside a test');
      return stand;
    });
  });
}
