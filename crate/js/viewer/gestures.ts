/** What each gesture changes: from pixels in a pane to a new state. */
import { turned } from './camera.js';
import type { Gestures } from './input.js';
import type { Rect } from './layout.js';
import {
  dragged,
  nudged,
  snapped,
  stepped,
  windowDragged,
  withAxis,
  zoomedAt,
  zoomedCamera,
} from './navigation.js';
import { basisOf, slicePosition } from './planes.js';
import type { SliceStack } from './planes.js';
import type { Geometry } from './scan-textures.js';
import type { Pane, Pick, ViewState } from './types.js';

/** Where gestures happen: the panes' places and what lies under them, read anew at each gesture. */
export interface GestureHost {
  readonly owner: {
    readonly set: (state: Partial<ViewState>) => void;
    readonly state: () => ViewState;
    readonly hover: (at: Pick | null) => void;
    readonly busy: () => void;
  };
  readonly stacks: readonly [SliceStack, SliceStack, SliceStack];
  readonly rects: Readonly<Record<Pane, Rect | null>>;
  readonly geometry: Geometry | null;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  dragging: boolean;
  readonly pickLocal: (pane: Pane, x: number, y: number) => Pick | null;
  readonly mmPx: (pane: Pane, rect: Rect, state: ViewState) => number;
  readonly slide: (pane: Pane, mm: number) => void;
}

/** The gestures of all panes. */
export function gesturesOn(host: GestureHost): Gestures {
  const { owner } = host;
  const slices = (pane: Pane, count: number): void => {
    if (pane === '3d') return;
    const state = owner.state();
    const { axis } = basisOf(pane, state.convention);
    owner.set({ crosshairMm: stepped(state.crosshairMm, axis, host.stacks[axis], count) });
  };
  return {
    point: (pane, x, y) => {
      const at = host.pickLocal(pane, x, y);
      if (!at) return;
      const place = snapped(at.rasMm, host.stacks);
      const state = owner.state();
      // The slice that is shown stays: a click moves within it, also on a tilted grid.
      if (pane === '3d') owner.set({ crosshairMm: place });
      else {
        const { axis } = basisOf(pane, state.convention);
        owner.set({ crosshairMm: withAxis(place, axis, state.crosshairMm[axis]) });
      }
    },
    hover: (pane, x, y) => owner.hover(pane === '3d' ? null : host.pickLocal(pane, x, y)),
    leave: () => owner.hover(null),
    scroll: slices,
    end: (pane, first) => {
      if (pane === '3d') return;
      const stack = host.stacks[basisOf(pane, owner.state().convention).axis];
      host.slide(pane, slicePosition(stack, first ? 0 : stack.count - 1));
    },
    zoom: (pane, factor, x, y) => {
      owner.busy();
      const state = owner.state();
      const rect = host.rects[pane];
      if (pane === '3d') owner.set({ camera: zoomedCamera(state.camera, factor) });
      else if (rect && host.geometry) {
        const basis = basisOf(pane, state.convention);
        const view = zoomedAt(
          state.panes[pane],
          basis,
          host.geometry.bounds,
          rect.width,
          rect.height,
          factor,
          x * host.ratio,
          rect.height - y * host.ratio,
        );
        owner.set({ panes: { ...state.panes, [pane]: view } });
      }
    },
    pan: (pane, dx, dy) => {
      const state = owner.state();
      const rect = host.rects[pane];
      if (!rect) return;
      const mmPx = host.mmPx(pane, rect, state) * host.ratio;
      if (pane === '3d') owner.set({ camera: dragged(state.camera, mmPx, dx, -dy) });
      else
        owner.set({
          panes: { ...state.panes, [pane]: dragged(state.panes[pane], mmPx, dx, -dy) },
        });
    },
    window: (dx, dy) => owner.set({ window: windowDragged(owner.state().window, dx, dy) }),
    turn: (dx, dy) => {
      owner.busy();
      owner.set({ camera: turned(owner.state().camera, -dx * 0.5, dy * 0.5) });
    },
    nudge: (pane, right, up) => {
      if (pane === '3d') return;
      const state = owner.state();
      owner.set({ crosshairMm: nudged(state.crosshairMm, pane, state, host.stacks, right, up) });
    },
    maximise: (pane) => owner.set({ layout: owner.state().layout === pane ? '2x2' : pane }),
    busy: (busy) => {
      host.dragging = busy;
      owner.busy();
    },
  };
}
