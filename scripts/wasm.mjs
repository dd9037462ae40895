// npm run wasm [-- --names] [-- --only single]: the wasm builds alone; the arguments are the xtask's.

import { setUp } from './steps/setup.mjs';

await setUp(process.argv.slice(2));
