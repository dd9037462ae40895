import { describe, expect, it } from 'vitest';

import { backTo, changed, failed, outcomeOf } from './task.js';
import type { Task } from './task.js';

interface Count {
  readonly n: number;
}

const progress = { stage: 'counting', fraction: 0.5, elapsedSeconds: 1 };
const problem = { what: 'It broke.', next: 'Mend it.', details: '' };
const none: Task<Count> = { step: 'none' };
const done: Task<Count> = { step: 'done', outcome: { n: 1 } };
const running: Task<Count> = { step: 'running', progress, previous: { n: 1 } };

describe('a task', () => {
  it('keeps the last good outcome through whatever comes', () => {
    expect(outcomeOf(none)).toBeNull();
    expect(outcomeOf(done)).toEqual({ n: 1 });
    expect(outcomeOf(running)).toEqual({ n: 1 });
    expect(outcomeOf(failed(running, 'Counting', problem))).toEqual({ n: 1 });
    expect(outcomeOf(failed(none, 'Counting', problem))).toBeNull();
  });

  it('goes back to what there was', () => {
    expect(backTo<Count>(null)).toEqual(none);
    expect(backTo({ n: 1 })).toEqual(done);
  });

  it('changes the outcome that is shown, but none that is being replaced', () => {
    expect(outcomeOf(changed(done, { n: 2 }))).toEqual({ n: 2 });
    expect(outcomeOf(changed(failed(done, 'Counting', problem), { n: 2 }))).toEqual({ n: 2 });
    expect(changed(running, { n: 2 })).toBe(running);
    expect(changed(none, { n: 2 })).toBe(none);
  });
});
