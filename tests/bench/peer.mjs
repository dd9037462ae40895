// A child process that answers one line with one line.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Peer {
  #child;
  #lines;
  name;

  constructor(name, program, args, env = {}) {
    this.name = name;
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.#child.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The answer, or throws with the peer's words. */
  async ask(verb, rest = '') {
    this.#child.stdin.write(`${verb} ${rest}`.trim() + '\n');
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} ended`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`${this.name}: ${answer.error}`);
    return answer;
  }

  end() {
    this.#child.stdin.end('bye\n');
  }
}
