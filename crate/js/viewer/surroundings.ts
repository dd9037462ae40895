/** The DOM around the canvas: panes, their places, the readout, and what lies under a point. */
import { apply, dot, addScaled, voxelAt } from './affine.js';
import type { Vec3 } from './affine.js';
import { cameraOf } from './camera.js';
import { gesturesOn } from './gestures.js';
import type { GestureHost } from './gestures.js';
import { listen } from './input.js';
import { layoutRects, PANES } from './layout.js';
import type { Rect } from './layout.js';
import { measured } from './measure.js';
import type { Measured } from './measure.js';
import { sketch } from './measure-sketch.js';
import type { Projection, Sketch } from './measure-sketch.js';
import { MeasureTool } from './measure-tool.js';
import { withAxis } from './navigation.js';
import { PaneDom } from './pane-dom.js';
import { basisOf, mmPerPixel, paneCentre, rasAtPixel, stackOf } from './planes.js';
import type { SliceStack } from './planes.js';
import type { Geometry } from './scan-textures.js';
import type { Marks } from './snapshot.js';
import type { Frame, PlaneShot } from './stage.js';
import { adoptStyles, resolveColour } from './styles.js';
import type { Hover, Pane, Pick, SlicePane, ViewState } from './types.js';
import type { ViewerWords } from './words.js';

/** What the DOM asks of the viewer. */
export interface Owner {
  readonly set: (state: Partial<ViewState>) => void;
  readonly state: () => ViewState;
  readonly hover: (at: Pick | null) => void;
  readonly busy: () => void;
  readonly pointAt: (background: Float32Array, x: number, y: number) => Vec3 | null;
  readonly measured: (measurement: Measured) => void;
  readonly redraw: () => void;
}

const NO_BOUNDS = { lo: [0, 0, 0], hi: [0, 0, 0] } as const;
const NO_STACK: SliceStack = { firstMm: 0, stepMm: 1, count: 1 };
const LIVE_MS = 400;

/** See the file's head. */
export class Surroundings implements GestureHost {
  readonly canvas: HTMLCanvasElement;
  dragging = false;
  /** The slices along R, A, S. */
  stacks: readonly [SliceStack, SliceStack, SliceStack] = [NO_STACK, NO_STACK, NO_STACK];
  private readonly root: HTMLDivElement;
  private readonly panes: readonly PaneDom[];
  private readonly readout: HTMLDivElement;
  private readonly live: HTMLDivElement;
  private readonly lostNote: HTMLDivElement;
  private readonly ending = new AbortController();
  private readonly observer: ResizeObserver;
  private readonly colours = {
    background: new Float32Array(3),
    empty: new Float32Array(3),
    accent: new Float32Array(3),
  };
  rects: Record<Pane, Rect | null> = layoutRects('2x2', 2, 2, 0);
  geometry: Geometry | null = null;
  private width = 1;
  private height = 1;
  ratio = 1;
  readonly tool: MeasureTool;
  private liveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    container: HTMLElement,
    private readonly words: ViewerWords,
    private readonly maxRatio: number,
    showReadout: boolean,
    readonly owner: Owner,
  ) {
    const document = container.ownerDocument;
    const div = (name: string): HTMLDivElement => {
      const element = document.createElement('div');
      element.className = name;
      return element;
    };
    this.root = div('hv-root');
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'hv-canvas';
    this.canvas.setAttribute('aria-hidden', 'true'); // the panes around it carry the names
    this.tool = new MeasureTool({
      state: owner.state,
      set: owner.set,
      sketched: () => this.sketchAll(owner.state()),
      placed: (count, of) => this.say(words.placed(count, of)),
      finished: (measurement) => {
        this.say(words.measured(words.measure(measurement)));
        owner.measured(measurement);
      },
    });
    const gestures = gesturesOn(this);
    const actions = {
      slide: (pane: Pane, mm: number) => this.slide(pane, mm),
      maximise: gestures.maximise,
      removeMeasure: (gone: string) =>
        owner.set({ measurements: owner.state().measurements.filter(({ id }) => id !== gone) }),
    };
    this.panes = PANES.map((pane) => new PaneDom(pane, words, actions, document));
    this.readout = div('hv-readout');
    this.readout.hidden = !showReadout;
    this.readout.setAttribute('aria-hidden', 'true');
    this.live = div('hv-live');
    this.live.setAttribute('aria-live', 'polite');
    this.lostNote = div('hv-lost');
    this.lostNote.hidden = true;
    this.lostNote.setAttribute('role', 'status');
    this.root.append(
      this.canvas,
      ...this.panes.map((pane) => pane.element),
      this.readout,
      this.live,
      this.lostNote,
    );
    container.append(this.root);
    adoptStyles(this.root);
    for (const { element, pane } of this.panes) listen(element, pane, gestures, this.ending.signal);
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.root);
  }

  /** Takes size, pixel ratio and colours from the page. */
  measure(): void {
    const box = this.root.getBoundingClientRect();
    this.ratio = Math.min(
      this.maxRatio,
      this.root.ownerDocument.defaultView?.devicePixelRatio ?? 1,
    );
    this.width = Math.max(1, Math.round(box.width * this.ratio));
    this.height = Math.max(1, Math.round(box.height * this.ratio));
    if (this.canvas.width !== this.width) this.canvas.width = this.width;
    if (this.canvas.height !== this.height) this.canvas.height = this.height;
    this.canvas.style.width = `${this.width / this.ratio}px`;
    this.canvas.style.height = `${this.height / this.ratio}px`;
    resolveColour(this.root, '--_bg', this.colours.background);
    resolveColour(this.root, '--_empty', this.colours.empty);
    resolveColour(this.root, '--_accent', this.colours.accent);
    this.owner.redraw();
  }

  /** Takes a scan's geometry. */
  show(geometry: Geometry): void {
    this.geometry = geometry;
    const stack = (axis: 0 | 1 | 2): SliceStack =>
      stackOf(axis, geometry.rasFromVoxel, geometry.sizeVoxel);
    this.stacks = [stack(0), stack(1), stack(2)];
  }

  /** Brings all DOM up to a state. */
  follow(state: ViewState): void {
    this.rects = layoutRects(
      state.layout,
      this.width,
      this.height,
      Math.max(1, Math.round(this.ratio)),
    );
    for (const dom of this.panes) {
      const rect = this.rects[dom.pane];
      dom.place(rect, this.ratio);
      dom.showMaximised(state.layout === dom.pane);
      if (rect) {
        const { right, up } = this.axesOf(dom.pane, rect, state);
        dom.orient(right, up);
      }
      if (!rect || !this.geometry) dom.showScale(null, 0);
      else dom.showScale(this.mmPx(dom.pane, rect, state) * this.ratio, rect.width / this.ratio);
      if (dom.pane === '3d' || !this.geometry) continue;
      const { axis } = basisOf(dom.pane, state.convention);
      dom.showSlice(axis, this.stacks[axis], state.crosshairMm[axis]);
    }
    const first = this.panes.find((dom) => this.rects[dom.pane] && dom.pane !== '3d');
    if (first && this.readout.parentElement !== first.element) first.element.append(this.readout);
    this.tool.follow(state);
    this.root.toggleAttribute('data-measuring', state.measuring !== null);
    this.sketchAll(state);
  }

  /** The directions of a pane's screen in RAS, and what lies in its middle. */
  private axesOf(
    pane: Pane,
    rect: Rect,
    state: ViewState,
  ): { right: Vec3; up: Vec3; centreMm: Vec3 } {
    const bounds = this.geometry?.bounds ?? NO_BOUNDS;
    if (pane === '3d') return cameraOf(state.camera, bounds, rect.width, rect.height);
    const { right, up } = basisOf(pane, state.convention);
    return { right, up, centreMm: this.shot(pane, rect, state).centreMm };
  }

  private projectionOf(pane: Pane, rect: Rect, state: ViewState): Projection {
    const slice = (): Projection['slice'] => {
      if (pane === '3d') return null;
      const { axis } = basisOf(pane, state.convention);
      return { axis, atMm: state.crosshairMm[axis], halfMm: this.stacks[axis].stepMm / 2 };
    };
    return {
      ...this.axesOf(pane, rect, state),
      mmPx: this.mmPx(pane, rect, state) * this.ratio,
      width: rect.width / this.ratio,
      height: rect.height / this.ratio,
      slice: slice(),
    };
  }

  /** What is measured and being measured, as a pane shows it. */
  private sketches(pane: Pane, state: ViewState): Sketch[] {
    const rect = this.rects[pane];
    if (!rect || !this.geometry) return [];
    const onto = this.projectionOf(pane, rect, state);
    const draft = this.tool.draft();
    const all = [...state.measurements, ...(draft ? [{ ...draft, id: null }] : [])];
    return all.flatMap((one) => {
      const text = this.words.measure(measured({ ...one, id: one.id ?? '' }));
      return sketch(one, text, onto) ?? [];
    });
  }

  private sketchAll(state: ViewState): void {
    for (const dom of this.panes) dom.measures.show(this.sketches(dom.pane, state));
  }

  mmPx(pane: Pane, rect: Rect, state: ViewState): number {
    if (!this.geometry) return 1;
    const { bounds } = this.geometry;
    if (pane === '3d') return cameraOf(state.camera, bounds, rect.width, rect.height).mmPx;
    return mmPerPixel(
      basisOf(pane, state.convention),
      bounds,
      rect.width,
      rect.height,
      state.panes[pane].zoom,
    );
  }

  private shot(pane: SlicePane, rect: Rect, state: ViewState): PlaneShot {
    const basis = basisOf(pane, state.convention);
    const mmPx = this.mmPx(pane, rect, state);
    const bounds = this.geometry?.bounds ?? NO_BOUNDS;
    const centreMm = paneCentre(basis, bounds, state.panes[pane], state.crosshairMm);
    const off = addScaled(state.crosshairMm, centreMm, -1);
    const crossPx = state.crosshairVisible
      ? ([
          rect.width / 2 + dot(off, basis.right) / mmPx,
          rect.height / 2 + dot(off, basis.up) / mmPx,
        ] as const)
      : null;
    return { basis, centreMm, mmPx, crossPx };
  }

  /** What the stage needs to draw one frame. */
  frame(state: ViewState, still: boolean, now: number): Frame {
    return {
      state,
      still,
      now,
      rects: this.rects,
      height: this.height,
      pixelRatio: this.ratio,
      colours: this.colours,
      plane: (pane, rect) => this.shot(pane, rect, state),
    };
  }

  /** The voxel at a place, or `null` outside the scan. */
  voxelAt(rasMm: Vec3): Vec3 | null {
    return (
      this.geometry && voxelAt(apply(this.geometry.voxelFromRas, rasMm), this.geometry.sizeVoxel)
    );
  }

  /** See `Viewer.pick`. */
  pick(x: number, y: number): Pick | null {
    const dx = x * this.ratio,
      dy = y * this.ratio;
    for (const pane of PANES) {
      const rect = this.rects[pane];
      if (
        rect &&
        dx >= rect.x &&
        dy >= rect.y &&
        dx < rect.x + rect.width &&
        dy < rect.y + rect.height
      ) {
        return this.pickIn(pane, rect, dx - rect.x, rect.height - (dy - rect.y));
      }
    }
    return null;
  }

  /** `x`, `y`: device pixels from the pane's lower left corner. */
  private pickIn(pane: Pane, rect: Rect, x: number, y: number): Pick | null {
    if (!this.geometry) return null;
    const state = this.owner.state();
    if (pane === '3d') {
      const rasMm = this.owner.pointAt(this.colours.empty, x, y);
      return rasMm && { pane, rasMm, voxel: this.voxelAt(rasMm) };
    }
    const { basis, centreMm, mmPx } = this.shot(pane, rect, state);
    const rasMm = rasAtPixel(basis, centreMm, mmPx, rect.width, rect.height, x, y);
    return { pane, rasMm, voxel: this.voxelAt(rasMm) };
  }

  pickLocal(pane: Pane, x: number, y: number): Pick | null {
    const rect = this.rects[pane];
    return rect && this.pickIn(pane, rect, x * this.ratio, rect.height - y * this.ratio);
  }

  slide(pane: Pane, mm: number): void {
    if (pane === '3d') return;
    const state = this.owner.state();
    this.owner.set({
      crosshairMm: withAxis(state.crosshairMm, basisOf(pane, state.convention).axis, mm),
    });
  }

  /** Shows the value under pointer or crosshair; read aloud once it has stood for a moment. */
  read(at: Hover | null): void {
    if (!at) return;
    const text = this.words.readout(at.hu, [
      at.rasMm[0].toFixed(1),
      at.rasMm[1].toFixed(1),
      at.rasMm[2].toFixed(1),
    ]);
    if (this.readout.textContent !== text) this.readout.textContent = text;
    clearTimeout(this.liveTimer);
    this.liveTimer = setTimeout(() => this.say(text), LIVE_MS);
  }

  private say(text: string): void {
    clearTimeout(this.liveTimer);
    this.live.textContent = text;
  }

  showLost(lost: boolean): void {
    this.lostNote.hidden = !lost;
    this.lostNote.textContent = lost ? this.words.lost : '';
  }

  /** What a picture of one pane, or of all that are shown, carries beside the canvas. */
  marks(pane?: Pane): Marks {
    const { ratio } = this;
    const style = getComputedStyle(this.root);
    const colours = { text: style.color, measure: style.getPropertyValue('--_measure') };
    const box = this.root.getBoundingClientRect();
    const shown = this.panes.filter((dom) => this.rects[dom.pane] && (!pane || dom.pane === pane));
    const words = shown.flatMap(({ element }) => [
      ...element.querySelectorAll<HTMLElement>('.hv-letter, .hv-measure span'),
    ]);
    const texts = words.flatMap((word) => {
      const place = word.getBoundingClientRect();
      const text = word.textContent;
      if (!text || place.width === 0) return [];
      const colour = word.className === 'hv-letter' ? colours.text : colours.measure;
      const x = (place.left + place.width / 2 - box.left) * ratio;
      const y = (place.top + place.height / 2 - box.top) * ratio;
      return [{ text, colour, px: 12 * ratio, x, y }];
    });
    const lines = shown.flatMap((dom) =>
      this.sketches(dom.pane, this.owner.state()).map(({ lines: data, rings }) => ({
        path: data + rings,
        x: this.rects[dom.pane]?.x ?? 0,
        y: this.rects[dom.pane]?.y ?? 0,
        scale: ratio,
        colour: colours.measure,
      })),
    );
    const whole = { x: 0, y: 0, width: this.width, height: this.height };
    const part = (pane && this.rects[pane]) ?? whole;
    return { part, texts, lines, halo: style.backgroundColor };
  }

  dispose(): void {
    this.ending.abort();
    this.observer.disconnect();
    clearTimeout(this.liveTimer);
    this.root.remove();
  }
}
