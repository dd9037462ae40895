// What every part of the accuracy run needs: options, the two programs, a scratch folder.

import { execFileSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const options = parse(process.argv.slice(2));
export const scratch = join(root, 'tests/tmp/accuracy');
const targetFolder = options.targetDir ?? process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = (name) =>
  join(targetFolder, 'release', process.platform === 'win32' ? `${name}.exe` : name);

function parse(args) {
  const found = { data: join(root, '../shared/data'), quick: false };
  for (let k = 0; k < args.length; k += 1) {
    if (args[k] === '--data') found.data = resolve(args[(k += 1)] ?? '.');
    else if (args[k] === '--only') found.only = args[(k += 1)];
    else if (args[k] === '--target-dir') found.targetDir = resolve(args[(k += 1)] ?? '.');
    else if (args[k] === '--quick') found.quick = true;
    else
      throw new Error(
        `${args[k]} is not an option: --data DIR, --only NAME, --quick, --target-dir DIR`,
      );
  }
  return found;
}

export function build() {
  const cargo = [
    'build',
    '--release',
    '--quiet',
    '-p',
    'hounsfield-cli',
    '-p',
    'hounsfield-accuracy',
  ];
  execFileSync('cargo', [...cargo, '--target-dir', targetFolder], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

export function score(...args) {
  return lastObject(run('score', args));
}

export function hounsfield(...args) {
  return lastObject(run('hounsfield', args));
}

function run(program, args) {
  return execFileSync(binary(program), args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
}

/** The JSON object a command prints, pretty or not. */
function lastObject(text) {
  const start = text.indexOf('{');
  return start < 0 ? null : JSON.parse(text.slice(start));
}

export function reasonOf(error) {
  const said = String(error.stderr ?? '')
    .trim()
    .split('\n')
    .at(-1);
  return said || error.message.split('\n')[0];
}

/** One verdict on a number against its target. */
export function verdict(met, text) {
  return { met, text };
}

export function f(value, digits = 3) {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
