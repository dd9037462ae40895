/** Everything that lives on the graphics card, and the order in which a frame uses it. Made anew after a lost context. */
import { columnOf } from './affine.js';
import type { Vec3 } from './affine.js';
import { isSoftware, Pacer } from './gl.js';
import type { Rect } from './layout.js';
import type { MaskTable } from './mask-table.js';
import { MeshStore } from './mesh-store.js';
import { pixelMap } from './planes.js';
import type { Basis } from './planes.js';
import { Probe } from './probe.js';
import { Proxy3d } from './proxy.js';
import { ScanTextures } from './scan-textures.js';
import type { Geometry } from './scan-textures.js';
import { SliceRenderer } from './slice-renderer.js';
import { SLICE_PANES } from './types.js';
import type { OpenReport, Pane, SlicePane, ViewState } from './types.js';
import { UploadQueue } from './upload-queue.js';
import { VolumeRenderer } from './volume-renderer.js';
import type { Scene } from './volume-renderer.js';

/** Bytes sent to the card per frame at most: more, and dragging stutters while a scan loads. */
const UPLOAD_BYTES = 8 * 2 ** 20;
/** Voxels of the reduced volume, on a graphics card and without one. */
const PROXY_VOXELS = { hardware: 6_500_000, software: 1_600_000 } as const;
/** While a scan arrives, the 3D picture follows at most this often, with and without a graphics card. */
const FOLLOW_MS = { hardware: 250, software: 2000 } as const;

/** A slice pane resolved for one frame, in device pixels. */
export interface PlaneShot {
  readonly basis: Basis;
  readonly centreMm: Vec3;
  readonly mmPx: number;
  /** From the pane's lower left corner, or `null` where no crosshair is to be drawn. */
  readonly crossPx: readonly [number, number] | null;
}

/** What a frame is drawn from. */
export interface Frame {
  readonly state: ViewState;
  readonly rects: Readonly<Record<Pane, Rect | null>>;
  readonly plane: (pane: SlicePane, rect: Rect) => PlaneShot;
  readonly height: number;
  readonly pixelRatio: number;
  readonly still: boolean;
  readonly now: number;
  readonly colours: {
    readonly background: Float32Array;
    readonly empty: Float32Array;
    readonly accent: Float32Array;
  };
}

/** See the file's head. */
export class Stage {
  readonly queue = new UploadQueue();
  readonly probe: Probe;
  readonly meshes: MeshStore;
  scan: ScanTextures | null = null;
  private proxy: Proxy3d | null = null;
  private readonly slices: SliceRenderer;
  private readonly volume: VolumeRenderer;
  private readonly pacer: Pacer;
  private readonly dirty: Record<Pane, boolean> = {
    axial: true,
    coronal: true,
    sagittal: true,
    '3d': true,
  };
  private gapsDirty = true;
  private proxyMoved = false;
  private followedAt = 0;
  private readonly software: boolean;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly masks: MaskTable,
  ) {
    gl.disable(gl.DITHER);
    gl.bindVertexArray(null);
    this.slices = new SliceRenderer(gl);
    this.probe = new Probe(gl);
    // Fewer layers at a time would mostly redo their neighbours and their bricks.
    this.pacer = new Pacer(gl, 1 / 10, 1 / 12);
    this.software = isSoftware(gl);
    this.volume = new VolumeRenderer(gl, this.software);
    this.meshes = new MeshStore(gl, this.queue, () => this.volume.surfacesChanged());
  }

  /** Makes room for a scan; whatever was open is dropped. */
  open(geometry: Geometry): OpenReport {
    this.close();
    const scan = new ScanTextures(this.gl, geometry, this.queue, (slot, first, end) =>
      this.changed(slot, first, end),
    );
    const { step } = scan.report;
    const spacing = (k: 0 | 1 | 2): number =>
      Math.hypot(...columnOf(geometry.rasFromVoxel, k)) * step[k];
    this.scan = scan;
    this.proxy = new Proxy3d(
      this.gl,
      scan,
      [spacing(0), spacing(1), spacing(2)],
      PROXY_VOXELS[this.software ? 'software' : 'hardware'],
    );
    for (const slot of this.masks.used()) scan.addMask(slot);
    this.touchAll();
    return scan.report;
  }

  private close(): void {
    this.meshes.clear();
    this.queue.clear();
    this.probe.clear();
    this.scan?.dispose();
    this.proxy?.dispose();
    this.scan = null;
    this.proxy = null;
  }

  private changed(slot: number, first: number, end: number): void {
    this.proxy?.changed(slot, first, end);
    this.touchSlices();
  }

  /** The slice panes are to be drawn again. */
  touchSlices(): void {
    for (const pane of SLICE_PANES) this.dirty[pane] = true;
  }

  /** One slice pane, or the mark on the finished 3D picture. */
  touch(pane: Pane): void {
    this.dirty[pane] = true;
  }

  /** What the 3D picture shows changed. */
  touchVolume(): void {
    this.volume.invalidate();
  }

  touchAll(): void {
    this.touchSlices();
    this.volume.invalidate();
    this.dirty['3d'] = true;
    this.gapsDirty = true;
  }

  /** Whether another frame is needed even if nothing happens. */
  pending(frame: Pick<Frame, 'rects' | 'still' | 'state'>): boolean {
    const visible = (pane: Pane): boolean => frame.rects[pane] !== null;
    return (
      this.queue.pending ||
      this.probe.pending ||
      (this.scan !== null &&
        visible('3d') &&
        (this.reducing(frame.state) || this.proxyMoved || this.volume.pending(frame.still))) ||
      (['axial', 'coronal', 'sagittal', '3d'] as const).some(
        (pane) => visible(pane) && this.dirty[pane],
      )
    );
  }

  /** One animation frame: uploads, slices, then as much of the 3D work as the card has time for. */
  draw(frame: Frame): void {
    const { gl, scan } = this;
    this.queue.step(UPLOAD_BYTES);
    if (this.gapsDirty) {
      this.gapsDirty = false;
      const [r = 0, g = 0, b = 0] = frame.colours.background;
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      gl.disable(gl.SCISSOR_TEST);
      gl.clearColor(r, g, b, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
    }
    if (!scan) {
      for (const pane of ['axial', 'coronal', 'sagittal', '3d'] as const) this.dirty[pane] = false;
      return;
    }
    this.drawSlices(frame, scan);
    this.drawVolume(frame);
    this.probe.step(scan);
  }

  private drawSlices(frame: Frame, scan: ScanTextures): void {
    const { gl } = this;
    let begun = false;
    for (const pane of SLICE_PANES) {
      const rect = frame.rects[pane];
      if (!rect || !this.dirty[pane]) continue;
      this.dirty[pane] = false;
      const shot = frame.plane(pane, rect);
      const look = {
        crossPx: shot.crossPx,
        pixelRatio: frame.pixelRatio,
        accent: frame.colours.accent,
        empty: frame.colours.empty,
      };
      if (!begun) {
        this.slices.begin(scan, this.masks, frame.state, look);
        begun = true;
      }
      const bottom = this.viewport(rect, frame.height);
      const map = pixelMap(
        shot.basis,
        shot.centreMm,
        shot.mmPx,
        rect.width,
        rect.height,
        scan.texelFromRas,
      );
      this.slices.draw(rect.x, bottom, map, look);
    }
    gl.disable(gl.SCISSOR_TEST);
  }

  private drawVolume(frame: Frame): void {
    const rect = frame.rects['3d'];
    const scene = this.sceneOf(frame.state, frame.colours.empty);
    const { volume, gl } = this;
    if (!scene || !rect) return; // nobody looks: what is stale waits until somebody does
    this.reduce(scene, frame.now);
    const still = frame.still && !this.reducing(frame.state) && !this.queue.pending;
    if (volume.step(scene, rect.width, rect.height, still, frame.now)) this.dirty['3d'] = true;
    if (!this.dirty['3d']) return;
    this.dirty['3d'] = false;
    const bottom = this.viewport(rect, frame.height);
    volume.composeAt(
      rect.x,
      bottom,
      rect.width,
      rect.height,
      frame.state,
      frame.pixelRatio,
      frame.colours.accent,
    );
    gl.disable(gl.SCISSOR_TEST);
  }

  /** Whether the reduced volume, where it is looked at, is behind the scan. */
  private reducing({ overview }: ViewState): boolean {
    return overview !== 'surfaces' && this.proxy?.pending === true;
  }

  /** Brings some of the reduced volume up to date, and the picture with it. */
  private reduce({ proxy, state }: Scene, now: number): void {
    if (this.reducing(state) && this.pacer.ready(now)) {
      proxy.step(this.pacer.portion);
      this.pacer.mark(now);
      this.proxyMoved = true;
    }
    const wait = FOLLOW_MS[this.software ? 'software' : 'hardware'];
    if (this.proxyMoved && (!proxy.pending || now - this.followedAt > wait)) {
      this.proxyMoved = false;
      this.followedAt = now;
      this.volume.invalidate();
    }
  }

  /** Confines drawing to a pane of the screen; returns its lower edge in GL's upward count. */
  private viewport(rect: Rect, height: number): number {
    const { gl } = this;
    const bottom = height - rect.y - rect.height;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(rect.x, bottom, rect.width, rect.height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(rect.x, bottom, rect.width, rect.height);
    return bottom;
  }

  /** What is seen in 3D at a pane pixel from the lower left corner: RAS, or `null`. */
  pointAt(state: ViewState, background: Float32Array, x: number, y: number): Vec3 | null {
    const scene = this.sceneOf(state, background);
    return scene && this.volume.pointAt(scene, x, y);
  }

  private sceneOf(state: ViewState, background: Float32Array): Scene | null {
    const { scan, proxy, masks, meshes } = this;
    return scan && proxy && { scan, proxy, masks, meshes, state, background };
  }

  /** The context is lost: its objects are gone already, but those who wait must hear. */
  abandon(): void {
    this.meshes.clear();
    this.queue.clear();
    this.probe.clear();
  }

  dispose(): void {
    this.close();
    this.slices.dispose();
    this.probe.dispose();
    this.volume.dispose();
    this.pacer.dispose();
  }
}
