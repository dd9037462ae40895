/**
 * Surfaces and measurements in a real browser: known boxes must be where they should, in the colour and order they
 * should, and known distances must come out. Run as `viewer.browser.test.ts` is.
 *
 * The scan is 64³ mm around (31.5, 31.5, 31.5). The pane has 128 × 128 pixels of half a millimetre, and the camera
 * stands before the face: the patient's right is on the left, smaller A is farther away.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { Pick, ViewState } from '../../crate/js/viewer/index.js';
import { openHarness } from './page.js';
import type { OpenHarness } from './page.js';

/** `zoom` takes back the margin that a view has by itself. */
const FRONT = { azimuthDeg: 0, elevationDeg: 0, zoom: 1.14, panMm: [0, 0] } as const;

let harness: OpenHarness;
let page: Page;
let inPage: OpenHarness['inPage'];

beforeAll(async () => {
  harness = await openHarness();
  ({ page, inPage } = harness);
});

afterAll(() => harness?.close());

afterEach(async () => {
  expect(await inPage((h) => h.trouble.splice(0), null)).toEqual([]);
  expect(await inPage((h) => h.glError(), null)).toBe(0);
});

const SCENE: Partial<ViewState> = {
  layout: '3d',
  overview: 'surfaces',
  crosshairVisible: false,
  bodyOpacity: 0,
  crosshairMm: [31, 31, 31],
  camera: FRONT,
};

beforeEach(async () => {
  await inPage(async (h, state) => {
    h.make(128, 128);
    h.open({ sizeVoxel: [64, 64, 64], rasFromVoxel: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] });
    await h.fill('worldX', 16);
    h.call('set', state);
  }, SCENE);
});

const set = (state: Partial<ViewState>): Promise<unknown> =>
  inPage((h, s) => h.call('set', s), state);
const state = (): Promise<ViewState> => inPage((h) => h.state(), null);

/** The finished picture at `x` to the right and `y` up from the middle, in mm: `[r, g, b]`. */
async function seen(x = 0, y = 0): Promise<number[]> {
  const rgba = await inPage(
    async (h, [px, py]) => {
      await h.finished();
      return h.pixels(px, py, 1, 1);
    },
    [64 + 2 * x, 64 + 2 * y] as const,
  );
  return rgba.slice(0, 3);
}

/** Which of the two colours that is, if either is the only one. */
function nameOf([r = 0, , b = 0]: readonly number[]): string {
  if (r > 60 && b > 60) return 'both';
  if (r > 2 * b && r > 60) return 'red';
  if (b > 2 * r && b > 60) return 'blue';
  return 'none';
}
const name = async (x = 0, y = 0): Promise<string> => nameOf(await seen(x, y));

/** What is picked at a place in the middle row. */
const pickA = async (x = 0): Promise<number | undefined> =>
  (await inPage((h, px) => h.call('pick', px, 64) as Pick | null, 64 + 2 * x))?.rasMm[1];

/** A small red box before a large blue one. */
async function twoBoxes(red: number, blue: number, redFirst = true): Promise<void> {
  await inPage(
    async (h, [r, b, first]) => {
      const boxes = [
        () => h.box('red', [21.5, 45, 21.5], [41.5, 55, 41.5], { rgb: [255, 0, 0], opacity: r }),
        () => h.box('blue', [11.5, 5, 11.5], [51.5, 15, 51.5], { rgb: [0, 0, 255], opacity: b }),
      ];
      if (!first) boxes.reverse();
      for (const box of boxes) await box();
    },
    [red, blue, redFirst] as const,
  );
}

describe('surfaces', () => {
  test('solid boxes hide what is behind them, from either side', async () => {
    await twoBoxes(1, 1);
    expect([await name(), await name(15), await name(0, -15), await name(25)]).toEqual([
      'red',
      'blue',
      'blue',
      'none',
    ]);
    expect([await name(9.5), await name(10.5)]).toEqual(['red', 'blue']);
    expect(await pickA()).toBeCloseTo(55, 3);
    expect(await pickA(15)).toBeCloseTo(15, 3);
    expect(await pickA(25)).toBeUndefined();
    await set({ camera: { ...FRONT, azimuthDeg: 180 } });
    expect(await name()).toBe('blue');
    expect(await pickA()).toBeCloseTo(5, 3);
  });

  test('through a half clear one both are seen; a hidden one is not', async () => {
    await twoBoxes(0.5, 1);
    const half = await seen();
    expect(await pickA()).toBeCloseTo(55, 3);
    await inPage((h) => h.call('setSurfaceStyle', 'red', { opacity: 0.3 }), null);
    expect([await name(), await name(15)]).toEqual(['both', 'blue']);
    expect((await seen())[2]).toBeGreaterThan(half[2] ?? 255);
    // What one sees most of is what one means.
    expect(await pickA()).toBeCloseTo(15, 3);
    await inPage((h) => h.call('setSurfaceStyle', 'red', { visible: false }), null);
    expect(await name()).toBe('blue');
    await inPage((h) => h.call('setSurfaceStyle', 'red', { visible: true, opacity: 1 }), null);
    expect(await name()).toBe('red');
    await inPage((h) => h.call('removeSurface', 'red'), null);
    expect(await name()).toBe('blue');
  });

  test('layers are mixed in the order they are seen in, whichever came first', async () => {
    await twoBoxes(0.6, 0.6);
    const [one, aside] = [await seen(), await seen(15)];
    await twoBoxes(0.6, 0.6, false);
    expect(await seen()).toEqual(one);
    expect(await seen(15)).toEqual(aside);
    expect(one[0]).toBeGreaterThan(one[2] ?? 0); // the red one is nearer
    await set({ camera: { ...FRONT, azimuthDeg: 180 } });
    const [r = 0, , b = 0] = await seen();
    expect(b).toBeGreaterThan(r);
  });

  test('a surface inside another shines through it', async () => {
    await inPage(async (h) => {
      await h.box('out', [11.5, 11.5, 11.5], [51.5, 51.5, 51.5], {
        rgb: [255, 0, 0],
        opacity: 0.3,
      });
      await h.box('in', [26.5, 26.5, 26.5], [36.5, 36.5, 36.5], { rgb: [0, 0, 255] });
    }, null);
    expect([await name(), await name(15)]).toEqual(['both', 'red']);
    expect(await pickA()).toBeCloseTo(36.5, 3);
  });

  test('a cut is solid, lies in the slice, and shows what it meets', async () => {
    await inPage(async (h) => {
      await h.box('out', [11.5, 11.5, 11.5], [51.5, 51.5, 51.5], { rgb: [255, 0, 0] });
      await h.box('in', [26.5, 22, 26.5], [36.5, 28, 36.5], { rgb: [0, 0, 255] });
    }, null);
    await set({ cutAway: ['A'] });
    expect([await name(), await name(15)]).toEqual(['red', 'red']);
    expect(await pickA()).toBeCloseTo(31, 3);
    await set({ crosshairMm: [31, 25, 31] }); // through both
    expect([await name(), await name(15), await name(25)]).toEqual(['blue', 'red', 'none']);
    expect(await pickA()).toBeCloseTo(25, 3);
    await set({ cutAway: ['P'] });
    expect(await pickA()).toBeCloseTo(51.5, 3);
    await set({ cutAway: ['L'] }); // the right half of the picture
    expect([await name(-5), await name(5)]).toEqual(['red', 'none']);
    await set({ cutAway: ['A', 'L'] });
    expect([await name(-10), await name(10)]).toEqual(['red', 'none']);
    expect(await pickA(-10)).toBeCloseTo(25, 3);
  });

  test('an open surface is cut without a cap', async () => {
    await inPage(async (h) => {
      await h.box('out', [11.5, 11.5, 11.5], [51.5, 51.5, 51.5], {
        rgb: [255, 0, 0],
        isClosed: false,
      });
      await h.box('in', [26.5, 22, 26.5], [36.5, 28, 36.5], { rgb: [0, 0, 255] });
    }, null);
    await set({ cutAway: ['A'] });
    expect(await name()).toBe('blue');
    expect(await pickA(15)).toBeCloseTo(11.5, 3);
  });

  test('the volume is cut too, and shows between surfaces', async () => {
    await inPage(async (h) => {
      h.call('setMask', 'm', { colour: '#0000ff', opacity: 0.5, visible: true, name: 'm' });
      await h.fillMask('m', 'full');
      await h.box('red', [26.5, 55, 26.5], [36.5, 75, 36.5], { rgb: [255, 0, 0] });
    }, null);
    await set({ overview: 'both' });
    expect([await name(), await name(15)]).toEqual(['red', 'blue']);
    expect(await pickA()).toBeCloseTo(75, 3); // beyond the scan's own reach
    await set({ cutAway: ['A'] });
    expect([await name(), await name(15)]).toEqual(['blue', 'blue']);
    expect(Math.abs(((await pickA()) ?? 0) - 31)).toBeLessThan(0.2);
    await set({ overview: 'volume', cutAway: [] });
    expect(await name()).toBe('blue');
  });

  test('while the view turns a coarse stand-in is drawn, then the whole again', async () => {
    await inPage(async (h) => {
      const box = (half: number): Promise<void> =>
        h.box('s', [31.5 - half, 20, 31.5 - half], [31.5 + half, 40, 31.5 + half], {
          rgb: [255, 0, 0],
        });
      await box(10);
    }, null);
    expect(await name(8)).toBe('red');
    await inPage(
      (h) => h.boxWithCoarse('s', [21.5, 20, 21.5], [41.5, 40, 41.5], 2, { rgb: [255, 0, 0] }),
      null,
    );
    expect(await name(8)).toBe('red');
    await page.mouse.move(64, 64);
    await page.mouse.down();
    await page.mouse.move(64, 65);
    // Far from either's edge: the picture may be of few pixels just now.
    const turning = (): Promise<number[]> => inPage((h) => h.pixels(80, 64, 1, 1), null);
    await expect.poll(async () => nameOf(await turning())).toBe('none');
    await page.mouse.up();
    await page.waitForTimeout(300);
    expect(await name(8)).toBe('red');
  });

  test('a large surface goes up in pieces and gets a stand-in of its own', async () => {
    await inPage(async (h) => {
      await h.ball('ball', 30, 150_000);
      h.call('set', {
        camera: { azimuthDeg: 0, elevationDeg: 0, zoom: 1.14, panMm: [31.5, -31.5] },
      });
    }, null);
    const whole = await seen();
    await page.mouse.move(64, 64);
    await page.mouse.down();
    await page.mouse.move(64, 65);
    // How many triangles the last surface had that was drawn.
    const drawn = (): Promise<number> => inPage((h) => h.counts.indices / 3, null);
    await expect.poll(drawn).toBeLessThan(100_000);
    expect(await drawn()).toBeGreaterThan(1000);
    await page.mouse.up();
    expect(Math.min(...whole)).toBeGreaterThan(60);
  });

  test('the newest surface of a name is shown, and one removed on its way never is', async () => {
    await inPage(async (h) => {
      const box = (rgb: [number, number, number]): Promise<void> =>
        h.box('s', [21.5, 20, 21.5], [41.5, 40, 41.5], { rgb });
      await Promise.all([box([255, 0, 0]), box([0, 0, 255])]);
    }, null);
    expect(await name()).toBe('blue');
    await inPage(async (h) => {
      const sent = h.box('s', [21.5, 20, 21.5], [41.5, 40, 41.5], { rgb: [255, 0, 0] });
      h.call('removeSurface', 's');
      await sent;
    }, null);
    expect(await name()).toBe('none');
  });

  test('edges have no stairs once the hand rests', async () => {
    await inPage((h) => h.box('s', [21.7, 20, 21.5], [41.5, 40, 41.5], { rgb: [255, 0, 0] }), null);
    // The right edge lies at 9.8 mm, within the pixel from 9.5 to 10.
    const [inside, edge, outside] = [await seen(9), await seen(9.5), await seen(10)];
    expect(edge[0]).toBeGreaterThan((outside[0] ?? 0) + 20);
    expect(edge[0]).toBeLessThan((inside[0] ?? 0) - 20);
  });

  test('bad surfaces are refused', async () => {
    const codes = await inPage(async (h) => {
      const flat = {
        positionsRasMm: new Float32Array(9),
        indices: new Uint32Array([0, 1, 2]),
        rgb: [1, 2, 3],
      };
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- this body runs in the page
      const code = async (surface: unknown): Promise<string> => {
        try {
          await h.call('setSurface', 's', surface);
          return 'taken';
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      return [
        await code(flat),
        await code({ ...flat, indices: new Uint32Array([0, 1, 3]) }),
        await code({ ...flat, indices: new Uint32Array([0, 1]) }),
        await code({ ...flat, positionsRasMm: new Float32Array([NaN, 0, 0, 0, 0, 0, 0, 0, 0]) }),
        await code({ ...flat, normals: new Float32Array(3) }),
        await code({ ...flat, coarse: { ...flat, indices: new Uint32Array([9, 9, 9]) } }),
        await code({ ...flat, positionsRasMm: new Float32Array(0), indices: new Uint32Array(0) }),
      ];
    }, null);
    expect(codes).toEqual(['taken', ...Array.from({ length: 5 }, () => 'bad-data'), 'taken']);
  });
});

const measured = (): Promise<unknown[]> => inPage((h) => h.measured, null);
const label = (text: string) => page.locator('.hv-measure:visible', { hasText: text });

describe('measuring', () => {
  test('between points of a surface, in mm, seen with its number', async () => {
    await twoBoxes(1, 1);
    await set({ measuring: 'distance' });
    await seen();
    await page.mouse.click(50, 64);
    await page.mouse.click(80, 74); // 15 to the right, 5 down
    expect(await measured()).toMatchObject([
      { kind: 'distance', lengthMm: expect.closeTo(Math.hypot(15, 5), 3) },
    ]);
    expect(await label('15.8 mm').count()).toBe(1);
    // From the red box to the blue one, 40 mm behind it.
    await page.mouse.click(64, 64);
    await page.mouse.click(94, 64);
    expect(await measured()).toMatchObject([
      {},
      {
        lengthMm: expect.closeTo(Math.hypot(15, 40), 3),
        pointsRasMm: [{ 1: expect.closeTo(55, 3) }, { 1: expect.closeTo(15, 3) }],
      },
    ]);
    await page.mouse.click(120, 64); // nothing there
    expect(await inPage((h) => h.state().measurements.length, null)).toBe(2);
  });

  test('on the volume as exactly as it will be drawn, though the picture is still coarse', async () => {
    await inPage(async (h) => {
      h.call('setMask', 'm', { colour: '#0000ff', opacity: 0.5, visible: true, name: 'm' });
      await h.fillMask('m', 'full');
    }, null);
    const turned = { ...FRONT, azimuthDeg: 30, zoom: 0.8 };
    await set({ overview: 'volume', camera: turned });
    await seen();
    const at = (): Promise<Pick | null> =>
      inPage((h) => {
        // Nothing was drawn since: the picture is that of another view.
        h.call('set', { camera: { azimuthDeg: 30, elevationDeg: 20, zoom: 0.8, panMm: [0, 0] } });
        return h.call('pick', 57, 58) as Pick | null;
      }, null);
    const early = await at();
    await seen();
    const late = await at();
    expect(early).not.toBeNull();
    for (const k of [0, 1, 2])
      expect(Math.abs((early?.rasMm[k] ?? 0) - (late?.rasMm[k] ?? 99))).toBeLessThan(0.05);
  });

  test('on slices: a distance by clicks and by drag, an angle', async () => {
    await set({ layout: 'axial', measuring: 'distance', interpolation: 'nearest' });
    await page.mouse.click(20, 40);
    await page.mouse.move(60, 40);
    expect(await label('20.0 mm').count()).toBe(1); // while it is being made
    await page.mouse.click(100, 40);
    await page.mouse.move(30, 90);
    await page.mouse.down();
    await page.mouse.move(60, 100);
    await page.mouse.move(90, 90);
    await page.mouse.up();
    await set({ measuring: 'angle' });
    for (const [x, y] of [
      [40, 64],
      [64, 64],
      [64, 30],
    ] as const)
      await page.mouse.click(x, y);
    expect(await measured()).toMatchObject([
      { kind: 'distance', lengthMm: expect.closeTo(40, 6) },
      { kind: 'distance', lengthMm: expect.closeTo(30, 6) },
      { kind: 'angle', angleDeg: expect.closeTo(90, 6) },
    ]);
    for (const text of ['40.0 mm', '30.0 mm', '90.0°']) expect(await label(text).count()).toBe(1);
    const before = (await state()).crosshairMm;
    expect(before).toEqual([31, 31, 31]); // clicks did not move it
    await set({ crosshairMm: [31, 31, 35] });
    expect(await page.locator('.hv-measure:visible').count()).toBe(0); // four slices up
  });

  test('by keys alone, taken back and removed', async () => {
    await set({ layout: 'axial', measuring: 'distance' });
    await page.locator('.hv-pane:visible').focus();
    await page.keyboard.press('Enter');
    for (let k = 0; k < 7; k++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    expect(await measured()).toMatchObject([{ lengthMm: 7 }]);
    expect(await page.locator('.hv-live').textContent()).toBe('Measured: 7.0 mm');
    await page.getByRole('button', { name: 'Remove 7.0 mm' }).focus();
    await page.keyboard.press('Enter');
    expect((await state()).measurements).toEqual([]);
    expect(await label('7.0 mm').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('hv-pane');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    expect((await state()).measuring).toBe('distance');
    await page.keyboard.press('Escape');
    expect((await state()).measuring).toBeNull();
    await page.keyboard.press('Enter');
    expect((await state()).layout).toBe('2x2'); // Enter is itself again
  });

  test('in 3D Enter measures from the middle', async () => {
    await twoBoxes(1, 1);
    await set({ measuring: 'distance', camera: { ...FRONT, zoom: 1.52 } });
    await seen();
    await page.locator('.hv-pane:visible').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowLeft'); // 40 pixels, 15 mm: the blue box
    await seen();
    await page.keyboard.press('Enter');
    expect(await measured()).toMatchObject([{ lengthMm: expect.closeTo(Math.hypot(15, 40), 1) }]);
  });
});

describe('the 3D pane by hand', () => {
  test('keys turn, move, zoom and go back', async () => {
    await twoBoxes(1, 1);
    expect(await name()).toBe('red');
    await page.locator('.hv-pane:visible').focus();
    for (let k = 0; k < 18; k++) await page.keyboard.press('ArrowRight');
    expect(Math.abs((await state()).camera.azimuthDeg)).toBe(180);
    await page.waitForTimeout(300);
    expect(await name()).toBe('blue');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('+');
    const { camera } = await state();
    expect(camera.panMm[1]).toBeCloseTo(-20, 6);
    expect(camera.zoom).toBeCloseTo(1.14 * 1.25, 6);
    await page.keyboard.press('Home');
    expect((await state()).camera).toMatchObject({ zoom: 1, panMm: [0, 0] });
  });

  test('one finger turns, two zoom and move', async () => {
    await twoBoxes(1, 1);
    const client = await page.context().newCDPSession(page);
    const touch = (type: string, ...points: [number, number][]): Promise<unknown> =>
      client.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: points.map(([x, y], id) => ({ x, y, id })),
      });
    await touch('touchStart', [40, 64]);
    await touch('touchMove', [60, 64]);
    await touch('touchMove', [80, 64]);
    await touch('touchEnd');
    const turned = (await state()).camera;
    expect(Math.abs(turned.azimuthDeg)).toBeGreaterThan(9);
    await touch('touchStart', [50, 64], [78, 64]);
    await touch('touchMove', [40, 74], [88, 74]);
    await touch('touchMove', [36, 84], [92, 84]);
    await touch('touchEnd');
    const { camera } = await state();
    expect(camera.azimuthDeg).toBe(turned.azimuthDeg);
    expect(camera.zoom).toBeGreaterThan(1.5 * turned.zoom);
    expect(Math.abs(camera.panMm[1])).toBeGreaterThan(3);
    await client.detach();
  });

  test('its edges say which side of the patient they are', async () => {
    const letters = (): Promise<string[]> =>
      page.locator('.hv-pane:visible .hv-letter').allTextContents();
    expect(await letters()).toEqual(['R', 'L', 'S', 'I']);
    await set({ camera: { ...FRONT, azimuthDeg: 90 } });
    expect(await letters()).toEqual(['A', 'P', 'S', 'I']);
    await set({ camera: { ...FRONT, azimuthDeg: 45 } });
    expect((await letters())[0]).toMatch(/^(AR|RA)$/);
  });

  test('its picture is that pane alone, finished', async () => {
    await twoBoxes(1, 1);
    await set({ layout: '2x2' });
    const whole = await inPage((h) => h.png(), null);
    const part = await inPage((h) => h.png('3d'), null);
    expect([whole.width, whole.height]).toEqual([128, 128]);
    expect(part.width).toBeLessThan(65);
    await set({ layout: 'axial' });
    await expect(inPage((h) => h.png('3d'), null)).rejects.toThrow('not shown');
  });
});
