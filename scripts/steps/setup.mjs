// Everything a fresh checkout lacks. Each step looks first and does nothing when nothing is missing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ask, giveUp, need, npm, root, say } from './run.mjs';
import { onceFor } from './stamp.mjs';

const OLDEST_NODE = [20, 19];

/** npm packages, the Rust toolchain with its wasm target, and both wasm builds. */
export async function setUp(wasmArgs = []) {
  checkNode();
  await packages();
  await rust();
  await wasm(wasmArgs);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  giveUp(`Node ${process.versions.node} is too old; install ${OLDEST_NODE.join('.')} or newer.`);
}

async function packages() {
  await onceFor(['package.json', 'package-lock.json'], 'node_modules/.installed-for', () => {
    say('Installing npm packages');
    return npm(['ci', '--no-audit', '--no-fund']);
  });
}

/** rustup reads rust-toolchain.toml by itself; only what it left out is added. */
async function rust() {
  if (ask('cargo', ['--version']) === null) {
    giveUp(
      'Rust is missing. Install it from https://rustup.rs, open a new terminal, and run this again.',
    );
  }
  const sysroot = ask('rustc', ['--print', 'sysroot']) ?? '';
  const has = (path) => existsSync(join(sysroot, 'lib/rustlib', path));
  const missing = [];
  if (!has('wasm32-unknown-unknown')) missing.push(['target', 'add', 'wasm32-unknown-unknown']);
  if (!has('src/rust/library')) missing.push(['component', 'add', 'rust-src']);
  if (missing.length === 0) return;
  if (ask('rustup', ['--version']) === null) {
    giveUp(
      'This Rust has no wasm32-unknown-unknown target or no rust-src, and no rustup to add them. Install Rust from https://rustup.rs.',
    );
  }
  for (const args of missing) {
    say(`rustup ${args.join(' ')}`);
    await need('rustup', args);
  }
}

/** Builds only what changed; the xtask knows. `args` are the xtask's own. */
async function wasm(args) {
  say('WebAssembly');
  // The tool itself is built unoptimised: it runs as fast, and is there in a third of the time.
  const cheap = ['profile.dev.opt-level=0', 'profile.dev.package."*".opt-level=0'];
  const options = ['--quiet', '--locked', ...cheap.flatMap((each) => ['--config', each])];
  await need('cargo', ['run', ...options, '--package', 'hounsfield-xtask', '--', 'wasm', ...args], {
    // A target folder of its own: it never waits for tests that run at the same time.
    env: { CARGO_TARGET_DIR: join(root, 'target/xtask') },
  });
}
