// npm start: everything a fresh checkout lacks, then the app on localhost, as it ships.

import { join } from 'node:path';

import { buildSite } from './steps/dist.mjs';
import { root, say } from './steps/run.mjs';
import { setUp } from './steps/setup.mjs';

await setUp();
await buildSite();

// Only now: on a fresh checkout Vite was not there when this file was loaded.
const { preview } = await import('vite');
const server = await preview({ configFile: join(root, 'vite.config.ts') });
say('Hounsfield');
server.printUrls();
