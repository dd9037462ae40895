import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORK = join(ROOT, 'tests/tmp/packaging');

/** npm as it runs us, or the one on the path. */
function npm(args: string[], cwd: string): string {
  const cli = process.env['npm_execpath'];
  const [program, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  return execFileSync(program, [...first, ...args], { cwd, encoding: 'utf8' });
}

/** Packs the package as `npm publish` would, into an empty folder; the tarball's path. */
export function pack(folder: string): string {
  const target = join(WORK, folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  // dist/npm is there already: `npm test` builds it first.
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', target];
  return join(target, npm(args, ROOT).trim());
}

/** A project of its own beside the tarball, with it installed as a user would. */
export function project(template: 'app' | 'node', name: string, tarball: string): string {
  const dir = join(dirname(tarball), name);
  cpSync(join(ROOT, 'tests/packaging/projects', template), dir, { recursive: true });
  const manifest = { name, private: true, type: 'module' };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
  npm(['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], dir);
  return dir;
}

/** All files below a folder. */
export function files(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
