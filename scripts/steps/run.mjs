// Running other programs, with one plain sentence when that does not work.

import { spawn, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

// rustup puts cargo here; shells that were open before it was installed do not know yet.
process.env.PATH += delimiter + join(homedir(), '.cargo', 'bin');

/** Ends the script with a sentence for people instead of a stack. */
export function giveUp(sentence) {
  console.error(`\n${sentence}`);
  process.exit(1);
}

/** Says what happens next. */
export function say(what) {
  console.log(`\n── ${what}`);
}

/**
 * Runs a program in the repository; resolves to its exit code and, with `keep`, what it printed.
 * Everything is shown as it comes.
 */
export function run(program, args, { env = {}, keep = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: keep ? ['inherit', 'pipe', 'inherit'] : 'inherit',
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a program that everything after it needs. */
export async function need(program, args, options) {
  const { code, output } = await run(program, args, options);
  if (code !== 0)
    giveUp(`${[program, ...args].join(' ')} failed (${code}). The lines above say why.`);
  return output;
}

/** What a program prints; `null` when it cannot be run or fails. Shows nothing. */
export function ask(program, args) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** Runs npm as the one that runs us, or the one on the path. */
export function npm(args) {
  const cli = process.env.npm_execpath;
  return cli ? need(process.execPath, [cli, ...args]) : need('npm', args);
}

/** The path of a tool that npm installed, to be run by node: the same on every system. */
export function tool(path) {
  return join(root, 'node_modules', path);
}
