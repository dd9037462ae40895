import { beforeEach, describe, expect, test } from 'vitest';

import type { Measured } from './measure.js';
import { MeasureTool } from './measure-tool.js';
import { initialState } from './navigation.js';
import type { ViewState } from './types.js';

let state: ViewState;
let finished: Measured[];
let tool: MeasureTool;

function set(change: Partial<ViewState>): void {
  state = { ...state, ...change };
  tool.follow(state);
}

beforeEach(() => {
  state = initialState();
  finished = [];
  tool = new MeasureTool({
    state: () => state,
    set,
    sketched: () => {},
    placed: () => {},
    finished: (m) => finished.push(m),
  });
});

describe('the measuring tool', () => {
  test('two points are a distance, and it stays out for the next', () => {
    set({ measuring: 'distance' });
    tool.place([0, 0, 0], 0);
    expect(state.measurements).toEqual([]);
    tool.aim([0, 0, 2]);
    expect(tool.draft()?.pointsRasMm).toHaveLength(2);
    tool.place([0, 0, 7], 0);
    expect(finished).toMatchObject([{ kind: 'distance', lengthMm: 7 }]);
    expect(state.measurements).toMatchObject([{ kind: 'distance' }]);
    expect(state.measuring).toBe('distance');
    expect(tool.draft()).toBeNull();
  });

  test('three are an angle; a double click is one point', () => {
    set({ measuring: 'angle' });
    for (const x of [0, 0.2, 5]) tool.place([x, 0, 0], 0.5);
    expect(finished).toEqual([]);
    tool.place([5, 4, 0], 0.5);
    expect(finished).toMatchObject([{ kind: 'angle', angleDeg: 90 }]);
  });

  test('taking back goes point by point, then measurement by measurement', () => {
    set({ measuring: 'distance' });
    for (const x of [0, 1, 2]) tool.place([x, 0, 0], 0);
    expect([tool.takeBack(), tool.draft(), state.measurements.length]).toEqual([true, null, 1]);
    expect([tool.takeBack(), state.measurements.length]).toEqual([true, 0]);
    expect(tool.takeBack()).toBe(false);
  });

  test('leaving drops what was begun first, then the tool', () => {
    expect(tool.leave()).toBe(false);
    set({ measuring: 'distance' });
    tool.place([0, 0, 0], 0);
    expect([tool.leave(), state.measuring, tool.draft()]).toEqual([true, 'distance', null]);
    expect([tool.leave(), state.measuring]).toEqual([true, null]);
    tool.place([0, 0, 0], 0);
    expect(tool.draft()).toBeNull();
  });

  test('ids are free ones, whatever the owner has put in', () => {
    set({ measurements: [{ id: 'm1', kind: 'distance', pointsRasMm: [] }], measuring: 'distance' });
    tool.place([0, 0, 0], 0);
    tool.place([1, 0, 0], 0);
    expect(state.measurements.map(({ id }) => id)).toEqual(['m1', 'm2']);
  });

  test('another tool begins anew', () => {
    set({ measuring: 'angle' });
    tool.place([0, 0, 0], 0);
    set({ measuring: 'distance' });
    expect(tool.draft()).toBeNull();
  });
});
