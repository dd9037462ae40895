// What is timed, built as the product is, and the peers' Python.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Builds what is timed; returns where it lies and which versions it is. */
export function build({ root, here, targetFolder, options }) {
  const cargo = (args, env = {}) =>
    execFileSync('cargo', ['build', '--release', '--quiet', '-p', 'hounsfield-bench', ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
  cargo(['--bin', 'bench', '--target-dir', targetFolder]);
  // Its own folder, as in crate/xtask: other flags would rebuild everything else.
  const wasmFolder = join(targetFolder, 'wasm-bench');
  cargo(['--lib', '--target', 'wasm32-unknown-unknown', '--target-dir', wasmFolder], {
    // As the product's is (crate/xtask/src/flavour.rs).
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS:
      '-Ctarget-feature=+simd128 -Cllvm-args=-inline-threshold=8',
    RUSTFLAGS: undefined,
  });
  let wasm = join(wasmFolder, 'wasm32-unknown-unknown/release/hounsfield_bench.wasm');
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  if (existsSync(wasmOpt)) {
    const optimised = wasm.replace('.wasm', '.opt.wasm');
    const features = [
      'simd',
      'bulk-memory',
      'nontrapping-float-to-int',
      'sign-ext',
      'mutable-globals',
      'reference-types',
    ];
    execFileSync('node', [
      wasmOpt,
      wasm,
      '-o',
      optimised,
      '-O3',
      ...features.map((name) => `--enable-${name}`),
    ]);
    wasm = optimised;
  }
  const versions = {
    node: process.version,
    rust: execFileSync('rustc', ['--version'], { encoding: 'utf8', cwd: root }).trim(),
  };
  const python = options.without.includes('python') ? null : pythonPeers({ root, here }, versions);
  return { native: join(targetFolder, 'release/bench'), wasm, python, versions };
}

/** The peers' own environment, made once. */
export function pythonPeers({ root, here }, versions, list = 'peers.txt') {
  const folder = join(root, list === 'peers.txt' ? 'tests/.venv' : 'tests/tmp/venv-open');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = readFileSync(join(here, list), 'utf8');
  const stamp = join(folder, list);
  try {
    if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
      console.log(`making ${folder} with the Python peers`);
      execFileSync('python3', ['-m', 'venv', folder]);
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', join(here, list)], {
        stdio: 'inherit',
      });
      writeFileSync(stamp, wanted);
    }
    versions.python = `${execFileSync(python, ['--version'], { encoding: 'utf8' }).trim()}; ${wanted.trim().replaceAll('==', ' ').replaceAll('\n', ', ')}`;
    return python;
  } catch (error) {
    console.log(`no Python peers: ${error.message.split('\n')[0]}`);
    return null;
  }
}
