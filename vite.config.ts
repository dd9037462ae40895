import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/** Makes the page cross-origin isolated, which is what SharedArrayBuffer (and so threads) needs. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const from = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The policy of www/index.html, for hosts that can send it as a header, too. */
function policy(): string {
  const page = readFileSync(from('./www/index.html'), 'utf8');
  const found = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1];
  if (!found) throw new Error('www/index.html has no content security policy');
  return found;
}

/**
 * The policy in www/index.html is the one that ships. Vite's dev server needs more (an inline preamble
 * for hot reload, inline styles, a web socket), so it is relaxed there and only there.
 */
const relaxCspInDev: Plugin = {
  name: 'relax-csp-in-dev',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html
      .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
      .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
      .replace("connect-src 'self'", "connect-src 'self' ws:"),
};

export default defineConfig({
  root: from('./www'),
  // Relative, so that the built folder works at any depth of any host.
  base: './',
  plugins: [react(), tailwindcss(), relaxCspInDev],
  resolve: {
    // The app imports the package by name, and gets the sources.
    alias: [
      { find: /^hounsfield$/, replacement: from('./crate/js/index.ts') },
      { find: /^hounsfield\/types$/, replacement: from('./crate/js/types.ts') },
      { find: /^hounsfield\/viewer$/, replacement: from('./crate/js/viewer/index.ts') },
    ],
  },
  worker: { format: 'es' },
  server: { headers: isolation, fs: { allow: [from('.')] } },
  preview: { headers: { ...isolation, 'Content-Security-Policy': policy() } },
  build: {
    outDir: from('./dist/www'),
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: URIs.
    assetsInlineLimit: 0,
    // The polyfill fetches what it preloads; every browser we support preloads by itself.
    modulePreload: { polyfill: false },
  },
});
