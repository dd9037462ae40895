import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'vite';
import webpack from 'webpack';

/** A way from a project to a folder that any host can serve; the folder. */
export type Bundler = (dir: string) => Promise<string>;

/** Vite with no configuration at all. */
export const vite: Bundler = async (dir) => {
  const outDir = join(dir, 'dist');
  await build({ root: dir, configFile: false, base: './', logLevel: 'error', build: { outDir } });
  return outDir;
};

/** webpack with no configuration but entry and output. */
export const withWebpack: Bundler = async (dir) => {
  const outDir = join(dir, 'dist');
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    const options: webpack.Configuration = {
      context: dir,
      mode: 'production',
      entry: './main.js',
      output: { path: outDir, filename: 'main.js' },
    };
    webpack(options, (error, result) => (error ? reject(error) : resolve(result)));
  });
  if (stats?.hasErrors()) throw new Error(stats.toString('errors-only'));
  cpSync(join(dir, 'index.html'), join(outDir, 'index.html'));
  return outDir;
};

/** No bundler: the folder as it is, the package's name written out as an address. */
export const none: Bundler = async (dir) => {
  const main = join(dir, 'main.js');
  const address = './node_modules/hounsfield/dist/npm/index.js';
  writeFileSync(main, readFileSync(main, 'utf8').replace("'hounsfield'", `'${address}'`));
  return dir;
};
