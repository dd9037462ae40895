// What goes over the wire: the wasm builds, and the JavaScript that the page loads before a scan is opened.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

export function artifactSizes(root) {
  const found = [];
  const add = (name, files) => {
    const bytes = files.map((file) => readFileSync(file));
    found.push({
      name,
      files: files.map((file) => relative(root, file)),
      rawBytes: bytes.reduce((sum, b) => sum + b.length, 0),
      // Each file by itself, as a server sends it.
      gzipBytes: bytes.reduce((sum, b) => sum + gzipSync(b, { level: 9 }).length, 0),
    });
  };
  for (const flavour of ['single', 'threaded']) {
    const file = join(root, `crate/js/generated/${flavour}/hounsfield_bg.wasm`);
    if (existsSync(file)) add(`wasm, ${flavour}`, [file]);
  }
  const page = ['dist/site/index.html', 'dist/www/index.html', 'dist/index.html']
    .map((path) => join(root, path))
    .find(existsSync);
  if (page) add('app, JavaScript before a scan is opened', initialScripts(page));
  return found;
}

/** The page's scripts and everything they import statically. */
function initialScripts(page) {
  const html = readFileSync(page, 'utf8');
  const folder = dirname(page);
  const named = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.js)"/g)].map(
    (match) => match[1],
  );
  const open = named.map((path) => join(folder, path.replace(/^\.?\//, '')));
  const all = new Set();
  while (open.length) {
    const file = open.pop();
    if (all.has(file) || !existsSync(file)) continue;
    all.add(file);
    const code = readFileSync(file, 'utf8');
    for (const match of code.matchAll(
      /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]+?from\s*)?["'](\.[^"']+\.js)["']/g,
    ))
      open.push(join(dirname(file), match[1]));
  }
  // A service worker or a preloaded chunk that is listed counts; what is imported later does not.
  return [...all].filter((file) => readdirSync(dirname(file)).length > 0);
}
