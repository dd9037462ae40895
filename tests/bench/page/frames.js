// What frames.mjs asks of the page: one viewer, one surface, and how fast pictures of it come.

import { createViewer } from '../../../crate/js/viewer/index.ts';

const stage = document.body.appendChild(document.createElement('div'));
/** Of the surface that was drawn last. */
const drawn = { pictures: 0, size: [0, 0], indices: 0 };
let viewer = null;
let onDrawn = () => {};

// Pictures are counted where they are drawn: the viewer draws the next one only when the card has finished the last.
const gl = WebGL2RenderingContext.prototype;
const { drawElements, viewport } = gl;
let now = [0, 0];
gl.viewport = function (x, y, width, height) {
  now = [width, height];
  viewport.call(this, x, y, width, height);
};
gl.drawElements = function (mode, count, type, offset) {
  // Cuts and layers draw the surface several times for one picture, all in one task.
  if (drawn.task !== task()) drawn.pictures++;
  drawn.task = task();
  drawn.size = now;
  drawn.indices = count;
  onDrawn(this);
  drawElements.call(this, mode, count, type, offset);
};

let current = null;
/** One object for each task of the page. */
function task() {
  if (!current) {
    current = {};
    setTimeout(() => (current = null));
  }
  return current;
}

/** Nothing is drawn for so long: nothing more will be. */
const QUIET_MS = 400;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const nextFrame = () => new Promise((done) => requestAnimationFrame(done));
const random = (k) => Math.abs(Math.sin(k * 12.9898) * 43758.5453) % 1;

/** A ball with bumps, of `4 n²` triangles, in the middle of a scan of 200 mm. */
function surface(triangles) {
  const n = Math.round(Math.sqrt(triangles / 4));
  const positionsRasMm = new Float32Array((n + 1) * 2 * n * 3);
  const normals = new Float32Array(positionsRasMm.length);
  const indices = new Uint32Array(12 * n * n);
  let at = 0;
  for (let j = 0; j <= n; j++)
    for (let i = 0; i < 2 * n; i++) {
      const [theta, phi] = [(Math.PI * j) / n, (Math.PI * i) / n];
      const unit = [
        Math.sin(theta) * Math.cos(phi),
        Math.sin(theta) * Math.sin(phi),
        -Math.cos(theta),
      ];
      const mm = 80 + 6 * Math.sin(14 * theta) * Math.sin(14 * phi) + 0.2 * random(j * 2 * n + i);
      for (const k of [0, 1, 2]) {
        positionsRasMm[3 * (j * 2 * n + i) + k] = unit[k] * mm;
        normals[3 * (j * 2 * n + i) + k] = unit[k];
      }
      if (j === n) continue;
      const [a, b] = [j * 2 * n + i, j * 2 * n + ((i + 1) % (2 * n))];
      indices.set([a, b, b + 2 * n, a, b + 2 * n, a + 2 * n], at);
      at += 6;
    }
  return { positionsRasMm, normals, indices };
}

globalThis.prepare = async ({ width, height, triangles, opacity, cutAway, whole }) => {
  viewer?.dispose();
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  viewer = createViewer(stage, { maxPixelRatio: 1, state: { layout: '3d', overview: 'surfaces' } });
  viewer.open({
    sizeVoxel: [4, 4, 4],
    rasFromVoxel: [50, 0, 0, -75, 0, 50, 0, -75, 0, 0, 50, -75],
  });
  viewer.set({ crosshairVisible: false, cutAway });
  const shape = surface(triangles);
  const start = performance.now();
  // Its own stand-in: nothing gets coarser while it turns.
  const coarse = whole ? shape : null;
  await viewer.setSurface('s', { ...shape, rgb: [242, 184, 75], opacity, coarse });
  const uploadMs = performance.now() - start;
  await viewer.png();
  return { uploadMs, triangles: shape.indices.length / 3 };
};

/** Turns by hand for a while: pictures a second, their size, and of how many triangles they are. */
globalThis.turn = async (ms) => {
  const pane = stage.querySelector('.hv-pane[data-pane="3d"]');
  const box = pane.getBoundingClientRect();
  const send = (type, x) =>
    pane.dispatchEvent(
      new PointerEvent(type, {
        pointerId: 1,
        clientX: x,
        clientY: box.top + box.height / 2,
        button: 0,
        bubbles: true,
      }),
    );
  pane.setPointerCapture = () => {}; // no real pointer is down
  const left = box.left + 10;
  send('pointerdown', left);
  const before = drawn.pictures;
  // The first pictures find out how much the card manages.
  const move = async (until) => {
    for (let x = 0; performance.now() < until; x = (x + 3) % (box.width - 20)) {
      send('pointermove', left + x);
      await nextFrame();
    }
  };
  await move(performance.now() + 1500);
  const warm = drawn.pictures;
  const start = performance.now();
  await move(start + ms);
  const seconds = (performance.now() - start) / 1000;
  const found = {
    pictures: drawn.pictures - before,
    perSecond: (drawn.pictures - warm) / seconds,
    size: drawn.size,
    triangles: drawn.indices / 3,
  };
  send('pointerup', left);
  return found;
};

/** From a change of the view to the whole picture of it: until it is there, and the drawing alone. */
globalThis.rest = async (width) => {
  await pause(QUIET_MS);
  const { camera } = viewer.state;
  const start = performance.now();
  const found = { drawMs: 0, afterMs: 0 };
  let last = null;
  // The picture may come in several pieces, one after the other.
  onDrawn = (context) => {
    if (now[0] < width || last === task()) return;
    last = task();
    const begun = performance.now();
    // After all of this frame's calls.
    queueMicrotask(() => {
      context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
      found.afterMs = performance.now() - start;
      found.drawMs += performance.now() - begun;
    });
  };
  viewer.set({ camera: { ...camera, azimuthDeg: camera.azimuthDeg + 7 } });
  while (!found.afterMs || performance.now() - start - found.afterMs < QUIET_MS) await pause(50);
  onDrawn = () => {};
  return found;
};
