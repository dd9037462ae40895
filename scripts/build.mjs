// npm run build [npm | www]: what is published, into dist/.

import { buildPackage, buildSite } from './steps/dist.mjs';
import { say } from './steps/run.mjs';
import { setUp } from './steps/setup.mjs';

const only = process.argv[2];

await setUp();
if (only !== 'www') await buildPackage();
if (only !== 'npm') await buildSite();
say('dist/ is up to date');
