// A Chromium for the browser tests.

import { existsSync } from 'node:fs';

import { ask, run, say } from './run.mjs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

export const HOW_TO_GET_ONE =
  'No Chromium was found, so browser tests cannot run. Install Chromium or Chrome, or name one: CHROMIUM=/path/to/chrome npm test';

/** Where it is; `null` when there is none. */
export function findChromium() {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path)) ?? null;
}

/** Finds one, or installs Debian's where we may. */
export async function ensureChromium() {
  const found = findChromium();
  if (found || ask('apt-get', ['--version']) === null) return found;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && ask('sudo', ['-n', 'true']) === null) return null;
  say('Installing Chromium');
  const apt = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  await run(apt[0], [...apt.slice(1), 'update']);
  await run(apt[0], [...apt.slice(1), 'install', '-y', '--no-install-recommends', 'chromium']);
  return findChromium();
}
