/** Gestures on a pane, in the habits people bring along; what they mean is decided by {@link Gestures}. */
import type { Pane } from './types.js';

/** Positions are CSS pixels from the pane's **upper** left corner; movements are to the right and **down**. */
export interface Gestures {
  readonly point: (pane: Pane, x: number, y: number) => void;
  readonly hover: (pane: Pane, x: number, y: number) => void;
  readonly leave: () => void;
  readonly scroll: (pane: Pane, slices: number) => void;
  readonly zoom: (pane: Pane, factor: number, x: number, y: number) => void;
  readonly pan: (pane: Pane, dx: number, dy: number) => void;
  readonly window: (dx: number, dy: number) => void;
  readonly turn: (dx: number, dy: number) => void;
  readonly nudge: (pane: Pane, right: number, up: number) => void;
  readonly end: (pane: Pane, first: boolean) => void;
  readonly maximise: (pane: Pane) => void;
  /** The 3D pane as it was at first. */
  readonly home: () => void;
  /** Whether clicks place points instead of moving the crosshair. */
  readonly measuring: () => boolean;
  /** A point where the keyboard is: at the crosshair, in 3D in the middle. */
  readonly mark: (pane: Pane) => void;
  /** Takes back what was measured last, or puts the tool away; false when there was nothing to do. */
  readonly unmark: () => boolean;
  readonly putAway: () => boolean;
  /** A drag begins or is over: coarse pictures will do in between. */
  readonly busy: (busy: boolean) => void;
}

type Drag = 'point' | 'measure' | 'window' | 'pan' | 'turn' | 'pinch';
/** Pixels of smooth scrolling (trackpads) that count as one slice; a wheel's notch is about 100. */
const SCROLL_PX = 40;
const MOVED_PX = 4;

interface Touch {
  x: number;
  y: number;
}

/** Listens on one pane until `signal` aborts. */
export function listen(
  element: HTMLElement,
  pane: Pane,
  gestures: Gestures,
  signal: AbortSignal,
): void {
  const touches = new Map<number, Touch>();
  let drag: Drag | null = null;
  let moved = 0;
  let start: Touch = { x: 0, y: 0 };
  let begun = false;
  let scrolled = 0;
  let spread = 0;
  const options = { signal } as const;
  const local = (event: MouseEvent): Touch => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      const at = local(event);
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      touches.set(event.pointerId, at);
      moved = 0;
      start = at;
      begun = false;
      if (touches.size === 2) {
        drag = 'pinch';
        spread = distance(touches);
      } else if (event.button === 2) drag = 'window';
      else if (event.button === 1 || event.shiftKey) drag = 'pan';
      else drag = pane === '3d' ? 'turn' : gestures.measuring() ? 'measure' : 'point';
      gestures.busy(true);
      // A finger may be the first of two: it points when it moves or lifts.
      if (drag === 'point' && event.pointerType !== 'touch') gestures.point(pane, at.x, at.y);
      if (event.button === 1) event.preventDefault(); // no autoscroll
    },
    options,
  );

  element.addEventListener(
    'pointermove',
    (event) => {
      const at = local(event);
      const before = touches.get(event.pointerId);
      if (!before || !drag) {
        gestures.hover(pane, at.x, at.y);
        return;
      }
      const dx = at.x - before.x,
        dy = at.y - before.y;
      moved += Math.abs(dx) + Math.abs(dy);
      touches.set(event.pointerId, at);
      if (drag === 'pinch') {
        const now = distance(touches);
        const middle = centre(touches);
        if (spread > 0 && now > 0) gestures.zoom(pane, now / spread, middle.x, middle.y);
        spread = now;
        gestures.pan(pane, dx / touches.size, dy / touches.size);
      } else if (drag === 'point') {
        if (event.pointerType === 'touch' && moved < MOVED_PX) return;
        gestures.point(pane, at.x, at.y);
        gestures.hover(pane, at.x, at.y);
      } else if (drag === 'measure') {
        if (moved < MOVED_PX) return;
        // From where the button went down to where it comes up: a distance in one movement.
        if (!begun) gestures.point(pane, start.x, start.y);
        begun = true;
        gestures.hover(pane, at.x, at.y);
      } else if (drag === 'window') gestures.window(dx, dy);
      else if (drag === 'pan') gestures.pan(pane, dx, dy);
      else gestures.turn(dx, dy);
    },
    options,
  );

  const release = (event: PointerEvent): void => {
    if (!touches.delete(event.pointerId)) return;
    // A click on the 3D picture points, where a drag would have turned it; so does a tap on a slice.
    const tapped =
      drag === 'turn' || drag === 'measure' || (drag === 'point' && event.pointerType === 'touch');
    if (((tapped && moved < MOVED_PX) || begun) && event.type === 'pointerup') {
      const at = local(event);
      gestures.point(pane, at.x, at.y);
    }
    begun = false;
    if (touches.size === 0) {
      drag = null;
      gestures.busy(false);
    } else spread = 0; // one finger of a pinch is left: wait for the other
  };
  element.addEventListener('pointerup', release, options);
  element.addEventListener('pointercancel', release, options);
  element.addEventListener('lostpointercapture', release, options);
  element.addEventListener('pointerleave', () => gestures.leave(), options);
  element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
  element.addEventListener(
    'dblclick',
    () => {
      if (!gestures.measuring()) gestures.maximise(pane);
    },
    options,
  );

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const at = local(event);
      const px =
        event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * SCROLL_PX;
      if (event.ctrlKey || event.metaKey || pane === '3d') {
        gestures.zoom(pane, Math.exp(-Math.max(-120, Math.min(120, px)) * 0.004), at.x, at.y);
        return;
      }
      if (Math.sign(px) !== Math.sign(scrolled)) scrolled = 0;
      scrolled += Math.abs(px) >= 100 ? Math.sign(px) * SCROLL_PX : px; // a notch is one slice, however big
      const slices = Math.trunc(scrolled / SCROLL_PX);
      scrolled -= slices * SCROLL_PX;
      if (slices !== 0) gestures.scroll(pane, -slices);
    },
    { signal, passive: false },
  );

  element.addEventListener(
    'keydown',
    (event) => {
      if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!key(event, pane, element, gestures)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    options,
  );
}

/** True when the key meant something here; the rest belongs to the page. */
function key(event: KeyboardEvent, pane: Pane, element: HTMLElement, gestures: Gestures): boolean {
  const arrow = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[
    event.key
  ];
  if (arrow) {
    const [right = 0, up = 0] = arrow;
    // As if the hand moved the body: the arrows' way.
    if (pane === '3d' && event.shiftKey) gestures.pan(pane, right * 40, -up * 40);
    else if (pane === '3d') gestures.turn(right * 20, -up * 20);
    else if (event.shiftKey) gestures.nudge(pane, right, up);
    else gestures.scroll(pane, right + up);
    return true;
  }
  const middle = { x: element.clientWidth / 2, y: element.clientHeight / 2 };
  switch (event.key) {
    case 'PageUp':
      gestures.scroll(pane, 10);
      return true;
    case 'PageDown':
      gestures.scroll(pane, -10);
      return true;
    case 'Home':
      if (pane === '3d') gestures.home();
      else gestures.end(pane, true);
      return true;
    case 'End':
      gestures.end(pane, false);
      return true;
    case '+':
    case '=':
      gestures.zoom(pane, 1.25, middle.x, middle.y);
      return true;
    case '-':
      gestures.zoom(pane, 0.8, middle.x, middle.y);
      return true;
    case 'Enter':
      if (gestures.measuring()) gestures.mark(pane);
      else gestures.maximise(pane);
      return true;
    case 'Backspace':
    case 'Delete':
      return gestures.unmark();
    case 'Escape':
      return gestures.putAway();
    default:
      return false;
  }
}

function distance(touches: ReadonlyMap<number, Touch>): number {
  const [a, b] = [...touches.values()];
  return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
}

function centre(touches: ReadonlyMap<number, Touch>): Touch {
  const [a, b] = [...touches.values()];
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 };
}
