/**
 * The page that the browser tests drive. Everything they need is on `window.harness`; each function takes and
 * returns plain data. GL calls are counted and checked here, where the context is made.
 */
import { createViewer } from '../../crate/js/viewer/index.js';
import type {
  Measured,
  Pane,
  SurfaceShape,
  Viewer,
  ViewerSurface,
  ViewerVolume,
  ViewState,
} from '../../crate/js/viewer/index.js';

/** What the page saw that no test asked for: must stay empty. */
const trouble: string[] = [];
const counts = { texSubImage3D: 0, texSubImage2D: 0, drawArrays: 0, drawElements: 0, indices: 0 };

document.addEventListener('securitypolicyviolation', (event) =>
  trouble.push(`CSP ${event.violatedDirective}`),
);
addEventListener('error', (event) => trouble.push(event.message));
addEventListener('unhandledrejection', (event) => trouble.push(String(event.reason)));

for (const name of ['texSubImage3D', 'texSubImage2D', 'drawArrays', 'drawElements'] as const) {
  const original = WebGL2RenderingContext.prototype[name] as (...args: unknown[]) => void;
  (WebGL2RenderingContext.prototype as unknown as Record<string, unknown>)[name] = function (
    this: WebGL2RenderingContext,
    ...args: unknown[]
  ) {
    counts[name]++;
    if (name === 'drawElements') counts.indices = args[1] as number; // of the last surface drawn
    original.apply(this, args);
  };
}

type Triple = readonly [number, number, number];

let viewer: Viewer | null = null;
/** What was measured by hand. */
const measured: Measured[] = [];
let volume: ViewerVolume | null = null;
const stage = document.getElementById('stage') as HTMLDivElement;

function current(): Viewer {
  if (!viewer) throw new Error('make a viewer first');
  return viewer;
}

function context(): WebGL2RenderingContext {
  const gl = stage.querySelector('canvas')?.getContext('webgl2');
  if (!gl) throw new Error('no context');
  return gl;
}

/** Resolves when `n` animation frames have passed. */
async function frames(n = 2): Promise<void> {
  for (let k = 0; k < n; k++) await new Promise((done) => requestAnimationFrame(done));
}

/** A repeatable voxel value between −1000 and 2000. */
export function noise(index: number): number {
  let h = Math.imul(index + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (((h ^ (h >>> 13)) >>> 0) % 3001) - 1000;
}

/** A repeatable bit, set for about a third of the voxels. */
export function noiseBit(index: number): boolean {
  return noise(index * 7 + 3) > 1000;
}

type Look = Omit<ViewerSurface, keyof SurfaceShape | 'coarse'>;

function boxShape(lo: Triple, hi: Triple): SurfaceShape {
  const positions: number[] = [];
  for (let corner = 0; corner < 8; corner++)
    for (const k of [0, 1, 2] as const) positions.push((corner >> k) & 1 ? hi[k] : lo[k]);
  // prettier-ignore
  const indices = [
    0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, // below, above
    0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, // −y, +y
    0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5, // −x, +x
  ];
  return {
    positionsRasMm: Float32Array.from(positions),
    indices: Uint32Array.from(indices),
  };
}

const harness = {
  trouble,
  counts,
  measured,
  noise,
  noiseBit,
  frames,

  make(width: number, height: number, state: Partial<ViewState> = {}): void {
    harness.dispose();
    stage.style.width = `${width}px`;
    stage.style.height = `${height}px`;
    viewer = createViewer(stage, { maxPixelRatio: 1, state });
    measured.length = 0;
    viewer.on('measured', (one) => measured.push(one));
  },

  dispose(): void {
    viewer?.dispose();
    viewer = null;
  },

  elements: (): number => stage.childElementCount,

  open(given: ViewerVolume): unknown {
    volume = given;
    return current().open(given);
  },

  /** Uploads `value(i, j, k)` everywhere, in slabs of `thick` slices; `kind` names one of the fillings. */
  async fill(
    kind: 'noise' | 'worldX' | 'worldY' | 'worldZ',
    thick = 3,
    shared = false,
  ): Promise<void> {
    if (!volume) throw new Error('open first');
    const [nx, ny, nz] = volume.sizeVoxel;
    const m = volume.rasFromVoxel;
    const row = { noise: -1, worldX: 0, worldY: 4, worldZ: 8 }[kind];
    for (let z0 = 0; z0 < nz; z0 += thick) {
      const n = Math.min(thick, nz - z0);
      const bytes = nx * ny * n * 2;
      const slab = new Int16Array(
        shared && typeof SharedArrayBuffer === 'function'
          ? new SharedArrayBuffer(bytes)
          : new ArrayBuffer(bytes),
      );
      for (let at = 0; at < slab.length; at++) {
        const i = at % nx,
          j = Math.floor(at / nx) % ny,
          k = Math.floor(at / (nx * ny)) + z0;
        slab[at] =
          row < 0
            ? noise(at + z0 * nx * ny)
            : Math.round(
                10 *
                  ((m[row] ?? 0) * i +
                    (m[row + 1] ?? 0) * j +
                    (m[row + 2] ?? 0) * k +
                    (m[row + 3] ?? 0)),
              );
      }
      await current().uploadSlab(z0, n, slab as Int16Array<ArrayBuffer>);
    }
  },

  /** Uploads a mask of {@link noiseBit} (or of all voxels) to `id`, in slabs of `thick` slices. */
  async fillMask(
    id: string,
    kind: 'noise' | 'full' | 'empty',
    thick = 2,
    shift = 0,
  ): Promise<void> {
    if (!volume) throw new Error('open first');
    const [nx, ny, nz] = volume.sizeVoxel;
    const row = 8 * Math.ceil(nx / 64);
    for (let z0 = 0; z0 < nz; z0 += thick) {
      const n = Math.min(thick, nz - z0);
      const bits = new Uint8Array(row * ny * n);
      for (let k = 0; k < n; k++)
        for (let j = 0; j < ny; j++)
          for (let i = 0; i < nx; i++) {
            const set =
              kind === 'full' ||
              (kind === 'noise' && noiseBit(((z0 + k) * ny + j) * nx + i + shift));
            const byte = (k * ny + j) * row + (i >> 3);
            if (set) bits[byte] = (bits[byte] ?? 0) | (1 << (i & 7));
          }
      await current().uploadMask(id, { z0, n }, bits);
    }
  },

  call(
    name:
      | 'setMask'
      | 'removeMask'
      | 'set'
      | 'pick'
      | 'huAt'
      | 'setSurface'
      | 'setSurfaceStyle'
      | 'removeSurface',
    ...args: unknown[]
  ): unknown {
    const method = current()[name] as (...args: unknown[]) => unknown;
    return method.apply(current(), args);
  },

  state: (): ViewState => current().state,

  /** Adds a closed box as a surface, wound outwards. */
  box(id: string, lo: Triple, hi: Triple, look: Look): Promise<void> {
    return current().setSurface(id, { ...look, ...boxShape(lo, hi) });
  },

  /** The same, with one of `halfMm` around its middle that stands in for it while the view turns. */
  boxWithCoarse(id: string, lo: Triple, hi: Triple, halfMm: number, look: Look): Promise<void> {
    const corner = (by: number): Triple => [
      (lo[0] + hi[0]) / 2 + by,
      (lo[1] + hi[1]) / 2 + by,
      (lo[2] + hi[2]) / 2 + by,
    ];
    const coarse = boxShape(corner(-halfMm), corner(halfMm));
    return current().setSurface(id, { ...look, ...boxShape(lo, hi), coarse });
  },

  /** A ball of about `triangles` triangles, with normals. */
  ball(id: string, radiusMm: number, triangles: number, opacity = 1): Promise<void> {
    const n = Math.round(Math.sqrt(triangles / 4));
    const normals = new Float32Array((n + 1) * (2 * n) * 3);
    const indices: number[] = [];
    for (let j = 0; j <= n; j++)
      for (let i = 0; i < 2 * n; i++) {
        const [theta, phi] = [(Math.PI * j) / n, (Math.PI * i) / n];
        const unit = [
          Math.sin(theta) * Math.cos(phi),
          Math.sin(theta) * Math.sin(phi),
          -Math.cos(theta),
        ];
        normals.set(unit, (j * 2 * n + i) * 3);
        const [a, b] = [j * 2 * n + i, j * 2 * n + ((i + 1) % (2 * n))];
        if (j < n) indices.push(a, b, b + 2 * n, a, b + 2 * n, a + 2 * n);
      }
    return current().setSurface(id, {
      positionsRasMm: normals.map((c) => c * radiusMm),
      normals,
      indices: Uint32Array.from(indices),
      rgb: [220, 220, 220],
      opacity,
    });
  },

  /** Pixels of the canvas, RGBA, from the lower left corner of the given box. */
  async pixels(x: number, y: number, width: number, height: number): Promise<number[]> {
    await frames(3);
    const gl = context();
    const out = new Uint8Array(width * height * 4);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(x, y, width, height, gl.RGBA, gl.UNSIGNED_BYTE, out);
    return [...out];
  },

  glError: (): number => context().getError(),

  /** Loses the context, brings it back, and says which events came. */
  async loseAndRestore(): Promise<string[]> {
    const seen: string[] = [];
    const off = [
      current().on('lost', () => seen.push('lost')),
      current().on('restored', () => seen.push('restored')),
    ];
    const lose = context().getExtension('WEBGL_lose_context');
    lose?.loseContext();
    await new Promise((done) => setTimeout(done, 50));
    current().set({ window: { centreHu: 1, widthHu: 2 } }); // nothing may throw in between
    lose?.restoreContext();
    while (!seen.includes('restored')) await new Promise((done) => setTimeout(done, 20));
    for (const stop of off) stop();
    return seen;
  },

  async png(pane?: Pane): Promise<{ type: string; size: number; width: number; height: number }> {
    const blob = await current().png(pane);
    const { width, height } = await createImageBitmap(blob);
    return { type: blob.type, size: blob.size, width, height };
  },

  /** Draws until the 3D picture is finished, however busy the machine is. */
  async finished(): Promise<void> {
    await current().png();
  },

  /** Waits until nothing was drawn for a while: as far as a picture gets while the view turns. */
  async settled(): Promise<void> {
    let draws = -1;
    let quiet = 0;
    while (quiet < 8) {
      quiet = draws === counts.drawArrays ? quiet + 1 : 0;
      draws = counts.drawArrays;
      await frames(2);
    }
  },
};

/** What the tests see. */
export type Harness = typeof harness;
Object.assign(globalThis, { harness });
