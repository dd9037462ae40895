// npm start: everything a fresh checkout lacks, then the app on localhost.

import { join } from 'node:path';

import { root, say } from './steps/run.mjs';
import { setUp } from './steps/setup.mjs';

await setUp();

// Only now: on a fresh checkout Vite was not there when this file was loaded.
const { createServer } = await import('vite');
const server = await createServer({ configFile: join(root, 'vite.config.ts') });
await server.listen();
say('Hounsfield');
server.printUrls();
