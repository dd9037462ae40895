import { describe, expect, test } from 'vitest';

import type { Vec3 } from './affine.js';
import { cameraOf, rasAtDepth, turned } from './camera.js';
import { layoutRects, PANES } from './layout.js';
import {
  clampTo,
  dragged,
  homeState,
  initialState,
  nudged,
  snapped,
  stepped,
  windowDragged,
  zoomedAt,
} from './navigation.js';
import { basisOf, mmPerPixel, paneCentre, rasAtPixel } from './planes.js';
import { proxySize } from './proxy.js';
import { rawRange } from './slice-renderer.js';
import { UploadQueue } from './upload-queue.js';

const stacks = [
  { firstMm: -10, stepMm: 0.5, count: 41 },
  { firstMm: -10, stepMm: 0.5, count: 41 },
  { firstMm: 0, stepMm: 2.5, count: 9 },
] as const;
const box = { lo: [-10.25, -10.25, -1.25], hi: [10.25, 10.25, 21.25] } as const;

describe('navigation', () => {
  test('a scan opens in its middle, on voxel planes', () => {
    expect(homeState(initialState(), stacks).crosshairMm).toEqual([0, 0, 10]);
    expect(snapped([0.2, -99, 11.3], stacks)).toEqual([0, -10, 12.5]);
    expect(clampTo(box, [0, 99, -99])).toEqual([0, 10.25, -1.25]);
  });

  test('steps stop at the ends', () => {
    expect(stepped([0, 0, 10], 2, stacks[2], 1)).toEqual([0, 0, 12.5]);
    expect(stepped([0, 0, 10], 2, stacks[2], 99)).toEqual([0, 0, 20]);
    expect(nudged([0, 0, 10], 'axial', initialState(), stacks, 1, 0)).toEqual([-0.5, 0, 10]);
  });

  test('zooming keeps the place under the pointer', () => {
    const basis = basisOf('coronal', 'radiological');
    const place = (view: { zoom: number; panMm: readonly [number, number] }): Vec3 =>
      rasAtPixel(
        basis,
        paneCentre(basis, box, view, [0, 0, 0]),
        mmPerPixel(basis, box, 300, 200, view.zoom),
        300,
        200,
        37,
        160,
      );
    const before = { zoom: 1.3, panMm: [2, -1] } as const;
    const after = zoomedAt(before, basis, box, 300, 200, 1.7, 37, 160);
    place(after).forEach((mm, k) => expect(mm).toBeCloseTo(place(before)[k] ?? NaN, 9));
    expect(dragged(before, 0.5, 10, 4).panMm).toEqual([-3, -3]);
  });

  test('the window never closes', () => {
    expect(windowDragged({ centreHu: 40, widthHu: 400 }, -9999, 0).widthHu).toBe(1);
    expect(windowDragged({ centreHu: 40, widthHu: 400 }, 10, 10)).toEqual({
      centreHu: 53,
      widthHu: 413,
    });
  });
});

describe('camera', () => {
  test("from the front, the patient's left is on the right; from their left side, the face looks left", () => {
    const view = { azimuthDeg: 0, elevationDeg: 0, zoom: 1, panMm: [0, 0] } as const;
    const front = cameraOf(view, box, 100, 100);
    front.right.forEach((v, k) => expect(v).toBeCloseTo([-1, 0, 0][k] ?? NaN));
    front.up.forEach((v, k) => expect(v).toBeCloseTo([0, 0, 1][k] ?? NaN));
    const side = cameraOf({ ...view, azimuthDeg: 90 }, box, 100, 100);
    side.forward.forEach((v, k) => expect(v).toBeCloseTo([1, 0, 0][k] ?? NaN));
    side.right.forEach((v, k) => expect(v).toBeCloseTo([0, -1, 0][k] ?? NaN));
    rasAtDepth(front, 100, 100, 50, 50, front.reachMm).forEach((mm, k) =>
      expect(mm).toBeCloseTo([0, 0, 10][k] ?? NaN),
    );
  });

  test('turning wraps around and stops at the poles', () => {
    const view = { azimuthDeg: 170, elevationDeg: 80, zoom: 1, panMm: [0, 0] } as const;
    expect(turned(view, 20, 30)).toMatchObject({ azimuthDeg: -170, elevationDeg: 90 });
  });
});

describe('sizes', () => {
  test('panes tile the canvas without overlap', () => {
    const rects = layoutRects('2x2', 1001, 761, 1);
    const area = PANES.reduce(
      (sum, pane) => sum + (rects[pane]?.width ?? 0) * (rects[pane]?.height ?? 0),
      0,
    );
    expect(area).toBe(1000 * 760);
    expect(layoutRects('3d', 5, 6, 1)).toMatchObject({
      axial: null,
      '3d': { x: 0, y: 0, width: 5, height: 6 },
    });
  });

  test('the reduced volume keeps to its budget and is never finer than the scan', () => {
    const size = proxySize([512, 512, 133], [0.7, 0.7, 2.5], 6_500_000);
    expect(size[0] * size[1] * size[2]).toBeLessThanOrEqual(6_500_000);
    expect(size[2]).toBe(133);
    expect(size[0]).toBeGreaterThan(190);
    expect(proxySize([10, 20, 30], [1, 1, 1], 1e6)).toEqual([10, 20, 30]);
  });

  test('HU ranges in stored values, whatever the scale', () => {
    expect(rawRange(150, 500, 1, 0)).toEqual([150, 500]);
    expect(rawRange(-100, 99, 0.5, -10)).toEqual([-180, 218]);
    expect(rawRange(-100, 100, -1, 0)).toEqual([-100, 100]);
    expect(rawRange(-Infinity, Infinity, 1, 0)).toEqual([-40000, 40000]);
  });
});

const job = (log: string[], name: string, slices: number, bytesPerSlice: number) => ({
  slices,
  bytesPerSlice,
  send: (first: number, count: number) => log.push(`${name}${first}+${count}`),
  done: () => log.push(`${name}.`),
});

describe('upload queue', () => {
  test('keeps to the budget, in order, urgent work first', () => {
    const log: string[] = [];
    const queue = new UploadQueue();
    queue.push(job(log, 'a', 5, 10), false);
    queue.step(30);
    queue.push(job(log, 'm', 1, 10), true);
    queue.step(30);
    expect(log).toEqual(['a0+3', 'm0+1', 'm.', 'a3+2', 'a.']);
    expect(queue.pending).toBe(false);
  });

  test('a slice larger than the budget still goes; nothing is left waiting after clear', () => {
    const log: string[] = [];
    const queue = new UploadQueue();
    queue.push(job(log, 'a', 2, 100), false);
    queue.step(30);
    queue.push(job(log, 'empty', 0, 10), false);
    queue.clear();
    expect(log).toEqual(['a0+1', 'a.', 'empty.']);
  });
});
