/** What each gesture changes: from pixels in a pane to a new state. */
import { turned } from './camera.js';
import type { Gestures } from './input.js';
import type { Rect } from './layout.js';
import type { MeasureTool } from './measure-tool.js';
import {
  dragged,
  initialState,
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
  readonly tool: MeasureTool;
  readonly pickLocal: (pane: Pane, x: number, y: number) => Pick | null;
  readonly mmPx: (pane: Pane, rect: Rect, state: ViewState) => number;
  readonly slide: (pane: Pane, mm: number) => void;
}

/** Clicks this close together are one. */
const SLACK_PX = 2;

/** The gestures of all panes. */
export function gesturesOn(host: GestureHost): Gestures {
  const { owner, tool } = host;
  const slices = (pane: Pane, count: number): void => {
    if (pane === '3d') return;
    const state = owner.state();
    const { axis } = basisOf(pane, state.convention);
    owner.set({ crosshairMm: stepped(state.crosshairMm, axis, host.stacks[axis], count) });
  };
  const slackMm = (pane: Pane): number => {
    const rect = host.rects[pane];
    return rect ? SLACK_PX * host.ratio * host.mmPx(pane, rect, owner.state()) : 0;
  };
  return {
    point: (pane, x, y) => {
      const at = host.pickLocal(pane, x, y);
      if (!at) return;
      if (tool.active) {
        tool.place(at.rasMm, slackMm(pane));
        return;
      }
      const place = snapped(at.rasMm, host.stacks);
      const state = owner.state();
      // The slice that is shown stays: a click moves within it, also on a tilted grid.
      if (pane === '3d') owner.set({ crosshairMm: place });
      else {
        const { axis } = basisOf(pane, state.convention);
        owner.set({ crosshairMm: withAxis(place, axis, state.crosshairMm[axis]) });
      }
    },
    hover: (pane, x, y) => {
      // Not in 3D: to ask the card what lies there takes it a moment.
      const at = pane === '3d' ? null : host.pickLocal(pane, x, y);
      tool.aim(at?.rasMm ?? null);
      owner.hover(at);
    },
    leave: () => {
      tool.aim(null);
      owner.hover(null);
    },
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
    home: () => owner.set({ camera: initialState().camera }),
    measuring: () => tool.active,
    mark: (pane) => {
      const rect = host.rects[pane];
      if (pane !== '3d') tool.place(owner.state().crosshairMm, 0);
      else if (rect) {
        const [x, y] = [rect.width / 2 / host.ratio, rect.height / 2 / host.ratio];
        const at = host.pickLocal(pane, x, y);
        if (at) tool.place(at.rasMm, 0);
      }
    },
    unmark: () => tool.takeBack(),
    putAway: () => tool.leave(),
    busy: (busy) => {
      host.dragging = busy;
      owner.busy();
    },
  };
}
