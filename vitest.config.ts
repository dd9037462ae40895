import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const from = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const alias = [
  { find: /^hounsfield$/, replacement: from('./crate/js/index.ts') },
  { find: /^hounsfield\/types$/, replacement: from('./crate/js/types.ts') },
  { find: /^hounsfield\/viewer$/, replacement: from('./crate/js/viewer/index.ts') },
];

const never = ['**/node_modules/**', 'dist/**', 'target/**', 'tests/tmp/**'];

// `*.test.ts` runs in Node; `*.browser.test.ts` drives Chromium, one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          include: ['{crate/js,www,tests}/**/*.test.{ts,tsx}'],
          exclude: [...never, '**/*.browser.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'browser',
          include: ['tests/**/*.browser.test.ts'],
          exclude: never,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // A busy machine may take its time.
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
