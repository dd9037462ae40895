/**
 * The viewer in a real browser, against the CPU, pixel by pixel.
 *
 * Run: `npx vitest run --project browser tests/viewer`. Needs Chromium (`CHROMIUM=/path`, default
 * `/usr/bin/chromium`) and no graphics card: SwiftShader is exact and the same everywhere. The page is bundled
 * in memory and served under the app's content security policy.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type {
  LiveRange,
  MaskStyle,
  Pick,
  ViewerVolume,
  ViewState,
} from '../../crate/js/viewer/index.js';
import { openHarness } from './page.js';
import type { OpenHarness } from './page.js';

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
});

const PLAIN: Partial<ViewState> = {
  crosshairVisible: false,
  interpolation: 'nearest',
  layout: 'axial',
};

/** A grid parallel to the axes, its first voxel's centre at the origin. */
function straight(
  sizeVoxel: [number, number, number],
  spacing: [number, number, number] = [1, 1, 1],
): ViewerVolume {
  return {
    sizeVoxel,
    rasFromVoxel: [spacing[0], 0, 0, 0, 0, spacing[1], 0, 0, 0, 0, spacing[2], 0],
  };
}

interface View {
  volume: ViewerVolume;
  state: Partial<ViewState>;
  width: number;
  height: number;
  fill: 'noise' | 'worldX' | 'worldY' | 'worldZ';
  shared?: boolean;
}

/** Opens and fills a volume, and sets a state. */
async function show(view: View): Promise<void> {
  await inPage(async (h, v) => {
    h.make(v.width, v.height);
    h.open(v.volume);
    await h.fill(v.fill, 3, v.shared);
    h.call('set', v.state);
  }, view);
}

/** Pixels of the whole canvas as rows from below, each `[r, g, b]`. */
async function picture(width: number, height: number): Promise<number[][][]> {
  const flat = await inPage((h, box) => h.pixels(0, 0, box.width, box.height), { width, height });
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) =>
      flat.slice(4 * (y * width + x), 4 * (y * width + x) + 3),
    ),
  );
}

/** The noise of the harness, computed here. */
function noise(index: number): number {
  let h = Math.imul(index + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (((h ^ (h >>> 13)) >>> 0) % 3001) - 1000;
}
const noiseBit = (index: number): boolean => noise(index * 7 + 3) > 1000;

/** A state that shows slice `k` of an axial stack, black apart from what is coloured. */
function blackSlice(k: number, state: Partial<ViewState>): Partial<ViewState> {
  return {
    ...PLAIN,
    window: { centreHu: 30000, widthHu: 10 },
    crosshairMm: [5, 5, k],
    convention: 'neurological',
    ...state,
  };
}

/** Pixels of slice 1 of the eight-mask test that are not as the masks `shown` say. */
const check = async (shown: number[]): Promise<number> => {
  const rows = await picture(20, 20);
  let wrong = 0;
  rows.forEach((row, y) =>
    row.forEach((rgb, x) => {
      const index = (20 + y) * 20 + x;
      const top = shown.filter((m) => noiseBit(index + m * 1000)).at(-1);
      wrong += rgb[2] === (top === undefined ? 0 : 16 + top) ? 0 : 1;
    }),
  );
  return wrong;
};

describe('exactness, one pixel a voxel', () => {
  const size: [number, number, number] = [100, 70, 5];

  test.each([
    [150, 500],
    [-1000, -400],
    [0, 0],
    [226, 4000],
    [-32768, 32767],
  ])('threshold %i … %i HU equals the CPU', async (minHu, maxHu) => {
    const ranges: LiveRange[] = [{ minHu, maxHu, colour: '#ffffff', opacity: 1 }];
    await show({
      volume: straight(size),
      state: blackSlice(3, { ranges }),
      width: 100,
      height: 70,
      fill: 'noise',
      shared: true,
    });
    const rows = await picture(100, 70);
    let wrong = 0,
      set = 0;
    rows.forEach((row, y) =>
      row.forEach((rgb, x) => {
        const hu = noise((3 * 70 + y) * 100 + x);
        const inside = hu >= minHu && hu <= maxHu;
        set += inside ? 1 : 0;
        wrong += (rgb[0] === 255) === inside ? 0 : 1;
      }),
    );
    expect(wrong).toBe(0);
    expect(set).toBeGreaterThan(0);
  });

  test('two ranges, each in its own colour; the slope and intercept of the scan count', async () => {
    const ranges: LiveRange[] = [
      { minHu: -100, maxHu: 99, colour: '#ff0000', opacity: 1 },
      { minHu: 100, maxHu: 900, colour: '#00ff00', opacity: 1 },
    ];
    await show({
      volume: { ...straight(size), huSlope: 0.5, huIntercept: -10 },
      state: blackSlice(1, { ranges }),
      width: 100,
      height: 70,
      fill: 'noise',
    });
    const rows = await picture(100, 70);
    let wrong = 0;
    rows.forEach((row, y) =>
      row.forEach((rgb, x) => {
        const hu = noise((70 + y) * 100 + x) * 0.5 - 10;
        const expected =
          hu >= -100 && hu <= 99 ? [255, 0, 0] : hu >= 100 && hu <= 900 ? [0, 255, 0] : [0, 0, 0];
        wrong += expected.every((c, k) => c === rgb[k]) ? 0 : 1;
      }),
    );
    expect(wrong).toBe(0);
  });

  test.each([1, 7, 63, 64, 65, 100])('bits of rows of %i voxels', async (nx) => {
    const volume = straight([nx, 40, 4]);
    await show({ volume, state: blackSlice(2, {}), width: nx, height: 40, fill: 'noise' });
    const style: MaskStyle = { colour: '#00ff00', opacity: 1, visible: true, name: 'noise' };
    await inPage(async (h, s) => {
      h.call('setMask', 'a', s);
      await h.fillMask('a', 'noise');
    }, style);
    const rows = await picture(nx, 40);
    let wrong = 0;
    rows.forEach((row, y) =>
      row.forEach((rgb, x) => {
        wrong += (rgb[1] === 255) === noiseBit((2 * 40 + y) * nx + x) ? 0 : 1;
      }),
    );
    expect(wrong).toBe(0);
  });

  test('eight masks at once, the later over the earlier; a ninth is refused; removed and hidden ones vanish', async () => {
    const volume = straight([20, 20, 2]);
    await show({ volume, state: blackSlice(1, {}), width: 20, height: 20, fill: 'noise' });
    const refused = await inPage(async (h) => {
      for (let m = 0; m < 8; m++) {
        h.call('setMask', `m${m}`, {
          colour: `#0000${(16 + m).toString(16)}`,
          opacity: 1,
          visible: true,
          name: `m${m}`,
        });
        await h.fillMask(`m${m}`, 'noise', 2, m * 1000);
      }
      try {
        h.call('setMask', 'one more', { colour: '#fff', opacity: 1, visible: true, name: '' });
        return 'taken';
      } catch (error) {
        return (error as { code?: string }).code ?? '';
      }
    }, null);
    expect(refused).toBe('too-many-masks');
    expect(await check([0, 1, 2, 3, 4, 5, 6, 7])).toBe(0);
    await inPage((h) => {
      h.call('removeMask', 'm7');
      h.call('setMask', 'm5', { colour: '#0000ff', opacity: 1, visible: false, name: '' });
    }, null);
    expect(await check([0, 1, 2, 3, 4, 6])).toBe(0);
  });

  test('grey is the window applied to the voxel, linear or not, on a voxel plane', async () => {
    for (const interpolation of ['nearest', 'linear'] as const) {
      const state = {
        ...blackSlice(4, {}),
        interpolation,
        window: { centreHu: 500, widthHu: 3000 },
      };
      await show({ volume: straight(size), state, width: 100, height: 70, fill: 'noise' });
      const rows = await picture(100, 70);
      let worst = 0;
      rows.forEach((row, y) =>
        row.forEach((rgb, x) => {
          const grey =
            Math.min(1, Math.max(0, (noise((4 * 70 + y) * 100 + x) + 1000) / 3000)) * 255;
          worst = Math.max(worst, Math.abs(grey - (rgb[0] ?? 0)));
        }),
      );
      expect(worst).toBeLessThan(1.01);
    }
  });

  test('a value read under the pointer is the voxel', async () => {
    await show({ volume: straight(size), state: PLAIN, width: 100, height: 70, fill: 'noise' });
    const values = await inPage(
      (h) =>
        Promise.all(
          [
            [0, 0, 0],
            [99, 69, 4],
            [50, 20, 2],
            [100, 0, 0],
          ].map((v) => h.call('huAt', v)),
        ),
      null,
    );
    expect(values).toEqual([
      noise(0),
      noise((4 * 70 + 69) * 100 + 99),
      noise((2 * 70 + 20) * 100 + 50),
      null,
    ]);
  });
});

describe('orientation: intensity is a world coordinate, so its gradient on screen is the axis', () => {
  const cos = Math.cos(Math.PI / 6),
    sin = Math.sin(Math.PI / 6);
  const grids: Record<string, ViewerVolume> = {
    straight: { sizeVoxel: [60, 60, 60], rasFromVoxel: [1, 0, 0, -30, 0, 1, 0, -30, 0, 0, 1, -30] },
    'oblique by 30°': {
      sizeVoxel: [60, 60, 60],
      rasFromVoxel: [1, 0, 0, -30, 0, cos, -sin, -15, 0, sin, cos, -40],
    },
    sheared: {
      sizeVoxel: [60, 60, 40],
      rasFromVoxel: [1, 0.2, 0, -30, 0, 1, 0.6, -45, 0, 0, 1.5, -30],
    },
  };
  const sides = [
    ['axial', 'radiological', [-1, 0, 0], [0, 1, 0]],
    ['axial', 'neurological', [1, 0, 0], [0, 1, 0]],
    ['coronal', 'radiological', [-1, 0, 0], [0, 0, 1]],
    ['coronal', 'neurological', [1, 0, 0], [0, 0, 1]],
    ['sagittal', 'radiological', [0, -1, 0], [0, 0, 1]],
    ['sagittal', 'neurological', [0, -1, 0], [0, 0, 1]],
  ] as const;

  test.each(Object.keys(grids))('%s', async (name) => {
    const volume = grids[name] as ViewerVolume;
    for (const [axis, fill] of (['worldX', 'worldY', 'worldZ'] as const).entries()) {
      await show({
        volume,
        state: {
          ...PLAIN,
          interpolation: 'linear',
          window: { centreHu: 0, widthHu: 800 },
          crosshairMm: [0, 0, 0],
        },
        width: 120,
        height: 120,
        fill,
      });
      for (const [pane, convention, right, up] of sides) {
        const { rows, mmPx } = await inPage(
          async (h, s) => {
            h.call('set', { layout: s.pane, convention: s.convention });
            const a = h.call('pick', 60, 60) as Pick,
              b = h.call('pick', 61, 60) as Pick;
            const flat = await h.pixels(50, 50, 20, 20);
            return {
              rows: flat,
              mmPx: Math.hypot(...a.rasMm.map((mm, k) => mm - (b.rasMm[k] ?? 0))),
            };
          },
          { pane, convention },
        );
        const grey = (x: number, y: number): number => rows[4 * (y * 20 + x)] ?? 0;
        // Intensity is 10 units a mm over a window of 800: 3.19 grey levels a mm.
        const perMm = 2550 / 800;
        const across = (grey(18, 10) - grey(2, 10)) / (16 * mmPx * perMm);
        const along = (grey(10, 18) - grey(10, 2)) / (16 * mmPx * perMm);
        expect(
          Math.abs(across - (right[axis] ?? 0)),
          `${pane} ${convention} ${fill} across`,
        ).toBeLessThan(0.06);
        expect(
          Math.abs(along - (up[axis] ?? 0)),
          `${pane} ${convention} ${fill} along`,
        ).toBeLessThan(0.06);
      }
    }
  });

  test('the letters say the same', async () => {
    await show({
      volume: grids['straight'] as ViewerVolume,
      state: { layout: '2x2', convention: 'radiological' },
      width: 400,
      height: 320,
      fill: 'noise',
    });
    const letters = await page.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLElement>('.hv-pane')].map((pane) => [
          pane.dataset['pane'],
          ['left', 'right', 'top', 'bottom']
            .map((edge) => pane.querySelector(`[data-edge="${edge}"]`)?.textContent)
            .join(''),
        ]),
      ),
    );
    expect(letters).toEqual({ axial: 'RLAP', coronal: 'RLSI', sagittal: 'APSI', '3d': 'RALPSI' });
  });

  test('a picked place, made the crosshair, is picked again; its voxel agrees with the affine', async () => {
    const volume = grids['sheared'] as ViewerVolume;
    await show({ volume, state: { layout: '2x2' }, width: 400, height: 320, fill: 'worldX' });
    for (const [x, y] of [
      [90, 80],
      [300, 70],
      [110, 240],
    ] as const) {
      const [first, again] = await inPage(
        (h, at) => {
          const a = h.call('pick', at.x, at.y) as Pick;
          h.call('set', { crosshairMm: a.rasMm });
          return [a, h.call('pick', at.x, at.y) as Pick];
        },
        { x, y },
      );
      first?.rasMm.forEach((mm, k) => expect(again?.rasMm[k]).toBeCloseTo(mm, 9));
      const hu = (await inPage((h, v) => h.call('huAt', v), first?.voxel ?? null)) as number;
      expect(Math.abs(hu / 10 - (first?.rasMm[0] ?? 0))).toBeLessThan(0.75); // within the voxel
    }
  });
});

describe('what costs nothing and what survives', () => {
  const volume = straight([64, 64, 32], [2, 2, 3]);

  test('window, thresholds, colours, crosshair and zoom upload nothing; slices do not redraw the 3D pane', async () => {
    await show({ volume, state: { layout: '2x2' }, width: 400, height: 320, fill: 'noise' });
    const [uploads, draws] = await inPage(async (h) => {
      h.call('setMask', 'a', { colour: '#F2B84B', opacity: 0.4, visible: true, name: 'a' });
      await h.fillMask('a', 'noise');
      await h.settled();
      const before = { ...h.counts };
      h.call('set', { window: { centreHu: 400, widthHu: 1800 } });
      await h.frames(3);
      const afterWindow = { ...h.counts };
      h.call('set', { ranges: [{ minHu: 1, maxHu: 99, colour: '#fff', opacity: 0.5 }] });
      h.call('setMask', 'a', { colour: '#123456', opacity: 0.9, visible: true, name: 'a' });
      h.call('set', { crosshairMm: [10, 10, 10] });
      h.call('set', { panes: { ...h.state().panes, axial: { zoom: 3, panMm: [1, 2] } } });
      await h.settled();
      return [
        h.counts.texSubImage3D +
          h.counts.texSubImage2D -
          before.texSubImage3D -
          before.texSubImage2D,
        afterWindow.drawArrays - before.drawArrays,
      ];
    }, null);
    expect(uploads).toBe(0);
    expect(draws).toBe(3);
  });

  test('a lost context comes back, asks for its data, and shows the same picture', async () => {
    const style: MaskStyle = { colour: '#00ff00', opacity: 1, visible: true, name: 'noise' };
    await show({
      volume: straight([50, 40, 3]),
      state: blackSlice(1, {}),
      width: 50,
      height: 40,
      fill: 'noise',
    });
    await inPage(async (h, s) => {
      h.call('setMask', 'a', s);
      await h.fillMask('a', 'noise');
    }, style);
    const before = await picture(50, 40);
    const seen = await inPage(async (h) => {
      const events = await h.loseAndRestore();
      await h.fill('noise');
      await h.fillMask('a', 'noise');
      h.call('set', { window: { centreHu: 30000, widthHu: 10 } });
      return events;
    }, null);
    expect(seen).toEqual(['lost', 'restored']);
    expect(await picture(50, 40)).toEqual(before);
    expect(await inPage((h) => h.glError(), null)).toBe(0);
  });

  test('the 3D pane shows a mask in its colour, where pick finds it; a surface stands before it', async () => {
    await show({
      volume: straight([48, 48, 48]),
      state: { layout: '3d', crosshairVisible: false, bodyOpacity: 0 },
      width: 96,
      height: 96,
      fill: 'worldX',
    });
    const [middle, corner, seen, miss] = await inPage(async (h) => {
      h.call('setMask', 'a', { colour: '#ff0000', opacity: 0.4, visible: true, name: 'a' });
      await h.fillMask('a', 'full');
      h.call('set', { camera: { azimuthDeg: 0, elevationDeg: 0, zoom: 0.5, panMm: [0, 0] } });
      await h.settled();
      const p = await h.pixels(48, 48, 1, 1);
      const q = await h.pixels(1, 1, 1, 1);
      return [p, q, h.call('pick', 48, 48), h.call('pick', 1, 1)] as [
        number[],
        number[],
        Pick | null,
        Pick | null,
      ];
    }, null);
    expect(middle[0]).toBeGreaterThan(100);
    expect(middle[0]).toBeGreaterThan(3 * (middle[2] ?? 0));
    expect(Math.max(...corner.slice(0, 3))).toBeLessThan(40);
    // Seen from the front: the cube's anterior face, at y = 47.5.
    expect(Math.abs((seen?.rasMm[1] ?? 0) - 47.5)).toBeLessThan(1.5);
    expect(miss).toBeNull();
    const surface = await inPage(async (h) => {
      await h.call('setSurface', 's', {
        positionsRasMm: new Float32Array([-90, 60, -90, 190, 60, -90, 20, 60, 190]),
        indices: new Uint32Array([0, 1, 2]),
        rgb: [0, 0, 255],
        isClosed: false,
      });
      await h.settled();
      const pixel = await h.pixels(48, 48, 1, 1);
      const hit = h.call('pick', 48, 48);
      h.call('removeSurface', 's');
      return [pixel, hit] as [number[], Pick | null];
    }, null);
    expect(surface[0][2]).toBeGreaterThan(3 * (surface[0][0] ?? 0) - 60);
    expect(Math.abs((surface[1]?.rasMm[1] ?? 0) - 60)).toBeLessThan(0.5);
    expect(await inPage((h) => h.glError(), null)).toBe(0);
  });

  test('bad input is refused with a code and says what was expected', async () => {
    const codes = await inPage((h, v) => {
      h.make(50, 50);
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- this body runs in the page
      const code = (body: () => unknown): string => {
        try {
          body();
          return 'taken';
        } catch (error) {
          return `${(error as { code: string }).code}`;
        }
      };
      return [
        code(() =>
          h.call('setMask', 'a', { colour: '#fff', opacity: 1, visible: true, name: 'a' }),
        ),
        code(() => h.open({ ...v, rasFromVoxel: [1, 0, 0] })),
        code(() => h.open({ ...v, rasFromVoxel: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0] })),
        code(() => h.open({ ...v, sizeVoxel: [0, 1, 1] })),
      ];
    }, volume);
    expect(codes).toEqual(['no-volume', 'bad-volume', 'bad-volume', 'bad-volume']);
  });

  test('png is a picture; dispose leaves nothing behind, twenty times over', async () => {
    await show({ volume, state: {}, width: 200, height: 160, fill: 'noise' });
    const png = await inPage((h) => h.png(), null);
    expect(png.type).toBe('image/png');
    expect(png.size).toBeGreaterThan(1000);
    const left = await inPage(async (h, v) => {
      for (let k = 0; k < 20; k++) {
        h.make(40, 40);
        h.open(v);
        await h.frames(1);
      }
      h.dispose();
      return h.elements();
    }, volume);
    expect(left).toBe(0);
  });
});

const state = (): Promise<ViewState> => inPage((h) => h.state(), null);

describe('hands and keys', () => {
  const volume = straight([64, 64, 32], [2, 2, 3]);

  test('wheel, drag, right drag, double click, arrows, slider', async () => {
    await show({ volume, state: { layout: '2x2' }, width: 400, height: 320, fill: 'noise' });
    const start = await state();
    await page.mouse.move(100, 80);
    await page.mouse.wheel(0, -100);
    await page.waitForTimeout(50);
    expect((await state()).crosshairMm[2]).toBe(start.crosshairMm[2] + 3);
    await page.mouse.down();
    await page.mouse.move(120, 90);
    await page.mouse.up();
    const dragged = await state();
    expect(dragged.crosshairMm[0]).toBeLessThan(start.crosshairMm[0]); // to the right is to the patient's left
    expect(dragged.crosshairMm[2]).toBe(start.crosshairMm[2] + 3);
    await page.mouse.down({ button: 'right' });
    await page.mouse.move(160, 90);
    await page.mouse.up({ button: 'right' });
    expect((await state()).window.widthHu).toBeGreaterThan(start.window.widthHu);
    await page.mouse.dblclick(300, 80);
    expect((await state()).layout).toBe('coronal');
    await page.keyboard.press('Enter');
    expect((await state()).layout).toBe('2x2');
    const before = (await state()).crosshairMm[1];
    await page.keyboard.press('ArrowUp');
    expect((await state()).crosshairMm[1]).toBe(before + 2);
    await page.getByRole('slider', { name: 'Sagittal slice position' }).focus();
    const x = (await state()).crosshairMm[0];
    await page.keyboard.press('ArrowRight');
    expect((await state()).crosshairMm[0]).toBe(x + 2);
    expect(
      await page
        .getByRole('slider', { name: 'Sagittal slice position' })
        .getAttribute('aria-valuetext'),
    ).toBe(`R ${(x + 2).toFixed(1)} mm`);
  });

  test("the app's keys are left alone", async () => {
    await show({ volume, state: { layout: '2x2' }, width: 400, height: 320, fill: 'noise' });
    const heard = await page.evaluate(() => {
      const keys: string[] = [];
      addEventListener(
        'keydown',
        (event) => keys.push(`${event.key}${event.defaultPrevented ? '!' : ''}`),
        { once: false },
      );
      document.querySelector<HTMLElement>('.hv-pane')?.focus();
      Object.assign(globalThis, { keys });
      return keys.length;
    });
    expect(heard).toBe(0);
    for (const key of ['1', '5', ' ', '[', ']', 'Escape', '?']) await page.keyboard.press(key);
    expect(await page.evaluate(() => (globalThis as unknown as { keys: string[] }).keys)).toEqual([
      '1',
      '5',
      ' ',
      '[',
      ']',
      'Escape',
      '?',
    ]);
  });
});
