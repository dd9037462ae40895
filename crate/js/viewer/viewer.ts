/** The viewer as its owner sees it: voxels and masks go in, state is set and heard, nothing is kept but textures. */
import type { Vec3 } from './affine.js';
import type { Viewer, ViewerOptions } from './api.js';
import { Emitter } from './emitter.js';
import { contextOf } from './gl.js';
import { MaskTable } from './mask-table.js';
import { measured } from './measure.js';
import { clampTo, homeState, initialState } from './navigation.js';
import { geometryOf } from './scan-textures.js';
import type { Geometry } from './scan-textures.js';
import { snapshot } from './snapshot.js';
import { Stage } from './stage.js';
import { Surroundings } from './surroundings.js';
import { ViewerError } from './types.js';
import type {
  Hover,
  MaskStyle,
  OpenReport,
  Pane,
  Pick,
  SurfaceStyle,
  ViewerEvents,
  ViewerSurface,
  ViewerVolume,
  ViewState,
} from './types.js';
import { ENGLISH } from './words.js';

/**
 * Puts a viewer into `container`, which should have a size of its own; the canvas is made here, so a React effect
 * can create and dispose freely.
 * @throws ViewerError `no-webgl2`.
 */
export function createViewer(container: HTMLElement, options: ViewerOptions = {}): Viewer {
  return new CanvasViewer(container, options);
}

/** How long a picture is waited for. */
const PNG_MS = 30_000;

class CanvasViewer implements Viewer {
  private current: ViewState;
  private readonly events = new Emitter<ViewerEvents>();
  private readonly masks = new MaskTable();
  private readonly around: Surroundings;
  private readonly gl: WebGL2RenderingContext;
  private stage: Stage | null;
  private geometry: Geometry | null = null;
  private frameRequest = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private quietAt = 0;
  private lastHover: Pick | null = null;
  private hoverQueued = false;
  /** The crosshair's value was asked for before its slice arrived. */
  private unread = false;
  private disposed = false;

  constructor(container: HTMLElement, options: ViewerOptions) {
    this.current = { ...initialState(), ...options.state };
    this.around = new Surroundings(
      container,
      options.words ?? ENGLISH,
      options.maxPixelRatio ?? 2,
      options.readout ?? true,
      {
        set: (state) => this.set(state),
        state: () => this.current,
        hover: (at) => this.hovered(at),
        busy: () => this.busy(),
        pointAt: (background, x, y) => this.stage?.pointAt(this.current, background, x, y) ?? null,
        measured: (measurement) => this.events.emit('measured', measured(measurement)),
        redraw: () => this.redraw(),
      },
    );
    const { canvas } = this.around;
    try {
      this.gl = contextOf(canvas);
      this.stage = new Stage(this.gl, this.masks);
    } catch (error) {
      this.around.dispose();
      throw error;
    }
    canvas.addEventListener('webglcontextlost', this.lost);
    canvas.addEventListener('webglcontextrestored', this.restored);
    this.around.measure();
  }

  get state(): ViewState {
    return this.current;
  }

  open(volume: ViewerVolume): OpenReport {
    const geometry = geometryOf(volume);
    this.masks.clear();
    this.geometry = geometry;
    this.around.show(geometry);
    this.change(homeState(this.current, this.around.stacks), true);
    const report = this.stage?.open(geometry);
    this.redraw();
    return report ?? { step: [1, 1, 1], reason: null, maxTextureSize: 0, textureBytes: 0 }; // context lost: 'restored' follows
  }

  uploadSlab(z0: number, n: number, voxels: Int16Array): Promise<void> {
    return this.whenOpen((stage) => stage.scan?.uploadSlab(z0, n, voxels));
  }

  setMask(id: string, style: MaskStyle): void {
    if (this.disposed) return;
    if (!this.geometry) throw new ViewerError('no-volume', 'open a volume before its masks');
    const { slot, added } = this.masks.set(id, style);
    if (added) {
      try {
        this.stage?.scan?.addMask(slot);
      } catch (error) {
        this.masks.remove(id);
        throw error;
      }
    }
    this.maskChanged();
  }

  uploadMask(
    id: string,
    box: { readonly z0: number; readonly n: number },
    bits: Uint8Array,
  ): Promise<void> {
    const slot = this.masks.slotOf(id);
    if (slot < 0 && !this.disposed)
      throw new ViewerError('bad-data', `there is no mask "${id}"; call setMask first`);
    return this.whenOpen((stage) => stage.scan?.uploadMask(slot, box.z0, box.n, bits));
  }

  removeMask(id: string): void {
    const slot = this.masks.remove(id);
    if (slot < 0) return;
    this.stage?.scan?.removeMask(slot);
    this.maskChanged();
  }

  private maskChanged(): void {
    this.stage?.touchSlices();
    this.stage?.touchVolume();
    this.schedule();
  }

  setSurface(id: string, surface: ViewerSurface): Promise<void> {
    return this.whenOpen((stage) => stage.meshes.set(id, surface));
  }

  setSurfaceStyle(id: string, style: Partial<SurfaceStyle>): void {
    this.stage?.meshes.restyle(id, style);
    this.schedule();
  }

  removeSurface(id: string): void {
    this.stage?.meshes.remove(id);
    this.schedule();
  }

  set(state: Partial<ViewState>): void {
    if (!this.disposed) this.change({ ...this.current, ...state }, false);
  }

  /** Adopts a state: works out what it touches, tells the DOM and the listeners, asks for one frame. */
  private change(next: ViewState, all: boolean): void {
    const before = this.current;
    const crosshairMm = this.geometry
      ? clampTo(this.geometry.bounds, next.crosshairMm)
      : next.crosshairMm;
    const moved = crosshairMm.some((mm, k) => mm !== before.crosshairMm[k]);
    const after: ViewState = { ...next, crosshairMm: moved ? crosshairMm : before.crosshairMm };
    const differs = (...keys: (keyof ViewState)[]): boolean =>
      keys.some((key) => after[key] !== before[key]);
    if (!all && !differs(...(Object.keys(after) as (keyof ViewState)[]))) return;
    this.current = after;
    const stage = this.stage;
    if (all || differs('layout', 'convention')) stage?.touchAll();
    if (differs('window', 'ranges', 'interpolation', 'overlayVisible', 'crosshairVisible') || moved)
      stage?.touchSlices();
    const cutMoved = moved && after.cutAway.length > 0;
    if (
      differs('ranges', 'overlayVisible', 'camera', 'bodyOpacity', 'overview', 'cutAway') ||
      cutMoved
    )
      stage?.touchVolume();
    if (differs('crosshairVisible') || moved) stage?.touch('3d');
    for (const pane of ['axial', 'coronal', 'sagittal'] as const) {
      if (after.panes[pane] !== before.panes[pane]) stage?.touch(pane);
    }
    this.around.follow(after);
    this.schedule();
    // Another scan has another value at the same place.
    if (moved || all) {
      this.events.emit('crosshair', {
        rasMm: after.crosshairMm,
        voxel: this.around.voxelAt(after.crosshairMm),
      });
      this.askHu();
    }
    this.events.emit('state', after);
  }

  on<K extends keyof ViewerEvents>(
    event: K,
    listener: (payload: ViewerEvents[K]) => void,
  ): () => void {
    return this.events.on(event, listener);
  }

  pick(x: number, y: number): Pick | null {
    return this.around.pick(x, y);
  }

  async huAt(voxel: Vec3): Promise<number | null> {
    const { geometry, stage } = this;
    const scan = stage?.scan;
    if (!geometry || !stage || !scan) return null;
    if (
      !voxel.every((v, k) => Number.isInteger(v) && v >= 0 && v < (geometry.sizeVoxel[k] ?? 0)) ||
      !scan.hasSlice(voxel[2])
    )
      return null;
    const { step } = scan.report;
    const answer = stage.probe.ask([
      Math.floor(voxel[0] / step[0]),
      Math.floor(voxel[1] / step[1]),
      Math.floor(voxel[2] / step[2]),
    ]);
    this.schedule();
    const raw = await answer;
    return raw === null ? null : raw * geometry.huSlope + geometry.huIntercept;
  }

  private hovered(at: Pick | null): void {
    this.lastHover = at;
    if (this.hoverQueued) return; // the newest place is read when the answer to the last one is in
    this.hoverQueued = true;
    void this.readHover();
  }

  private async readHover(): Promise<void> {
    for (let at = this.lastHover; ; at = this.lastHover) {
      const hover: Hover | null = at && { ...at, hu: at.voxel ? await this.huAt(at.voxel) : null };
      if (this.disposed) return;
      if (this.lastHover !== at) continue;
      this.hoverQueued = false;
      this.around.read(hover);
      this.events.emit('hover', hover);
      if (!hover) this.askHu();
      return;
    }
  }

  /** Reads the value under the crosshair for the line and the live region. */
  private askHu(): void {
    const at = this.current.crosshairMm;
    const voxel = this.around.voxelAt(at);
    void (voxel ? this.huAt(voxel) : Promise.resolve(null)).then((hu) => {
      if (this.disposed || this.current.crosshairMm !== at || this.lastHover) return;
      this.unread = hu === null && voxel !== null;
      this.around.read({ pane: 'axial', rasMm: at, voxel, hu });
    });
  }

  async png(pane?: Pane): Promise<Blob> {
    if (!this.geometry) throw new ViewerError('no-volume', 'open a volume before its picture');
    if (pane && !this.around.rects[pane])
      throw new ViewerError('bad-data', `the ${pane} pane is not shown; change the layout first`);
    await this.drawnInFull();
    return snapshot(this.around.canvas, this.around.marks(pane));
  }

  /** Draws until nothing is left to draw; gives up on a card that stays busy. */
  private async drawnInFull(): Promise<void> {
    const latest = performance.now() + PNG_MS;
    for (let isFirst = true; isFirst || performance.now() < latest; isFirst = false) {
      const { stage } = this;
      if (!stage || this.disposed) return;
      const frame = this.around.frame(this.current, true, performance.now());
      stage.draw(frame);
      if (!stage.pending(frame)) return;
      await new Promise((next) => setTimeout(next, 4));
    }
  }

  resize(): void {
    this.around.measure();
  }

  private readonly redraw = (): void => {
    this.stage?.touchAll();
    this.around.follow(this.current);
    this.schedule();
  };

  private busy(): void {
    this.quietAt = performance.now() + 180;
    this.schedule();
  }

  private whenOpen(upload: (stage: Stage) => Promise<void> | undefined): Promise<void> {
    if (this.disposed || (this.geometry && !this.stage)) return Promise.resolve(); // lost: asked for again on 'restored'
    if (!this.geometry || !this.stage)
      throw new ViewerError('no-volume', 'open a volume before its voxels');
    const done = upload(this.stage) ?? Promise.resolve();
    this.schedule();
    return done.then(() => {
      if (this.unread) this.askHu();
    });
  }

  private schedule(): void {
    if (this.disposed || this.frameRequest !== 0 || !this.stage) return;
    this.frameRequest = requestAnimationFrame((now) => this.frame(now));
    // A hidden page gets no animation frames, but its scan should go on loading.
    if (document.hidden) this.timer ??= setTimeout(() => this.frame(performance.now()), 50);
  }

  private frame(now: number): void {
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.timer);
    this.frameRequest = 0;
    this.timer = undefined;
    const { stage } = this;
    if (!stage || this.disposed) return;
    const still = now >= this.quietAt && !this.around.dragging;
    const frame = this.around.frame(this.current, still, now);
    stage.draw(frame);
    if (stage.pending(frame) || now < this.quietAt) this.schedule();
  }

  private readonly lost = (event: Event): void => {
    event.preventDefault(); // without this the browser never restores it
    this.stage?.abandon();
    this.stage = null;
    this.around.showLost(true);
    this.events.emit('lost', null);
  };

  private readonly restored = (): void => {
    this.stage = new Stage(this.gl, this.masks);
    this.around.showLost(false);
    if (this.geometry) this.stage.open(this.geometry);
    this.redraw();
    this.events.emit('restored', null);
  };

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.timer);
    const { canvas } = this.around;
    canvas.removeEventListener('webglcontextlost', this.lost);
    canvas.removeEventListener('webglcontextrestored', this.restored);
    this.stage?.dispose();
    this.stage = null;
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.around.dispose();
    this.events.clear();
  }
}
