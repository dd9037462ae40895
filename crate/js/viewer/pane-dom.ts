/** The DOM of one pane: what is read, heard and reached by keyboard. The picture is the canvas's business. */
import type { Vec3 } from './affine.js';
import { MeasureDom } from './measure-dom.js';
import {
  lengthText,
  lettersOf,
  positionText,
  scaleBar,
  sliceIndex,
  slicePosition,
} from './planes.js';
import type { SliceStack } from './planes.js';
import type { Rect } from './layout.js';
import type { Pane } from './types.js';
import type { ViewerWords } from './words.js';

const EDGES = ['left', 'right', 'top', 'bottom'] as const;
const SVG = 'http://www.w3.org/2000/svg';
/** lucide: maximize-2, minimize-2 (ISC). */
const ICONS = {
  maximise: 'M15 3h6v6 M21 3l-7 7 M3 21l7-7 M9 21H3v-6',
  restore: 'M14 10l7-7 M20 10h-6V4 M3 21l7-7 M4 14h6v6',
} as const;

/** What people do to a pane's own widgets. */
export interface PaneActions {
  readonly slide: (pane: Pane, mm: number) => void;
  readonly maximise: (pane: Pane) => void;
  readonly removeMeasure: (id: string) => void;
}

/** One pane's elements and how they are kept up to date; every setter skips what is already there. */
export class PaneDom {
  readonly element: HTMLDivElement;
  readonly measures: MeasureDom;
  private readonly position: HTMLSpanElement;
  private readonly letters: Record<(typeof EDGES)[number], HTMLSpanElement>;
  private readonly slider: HTMLInputElement | null;
  private readonly button: HTMLButtonElement;
  private readonly icon: SVGPathElement;
  private readonly scaleText: Text;
  private readonly bar: HTMLSpanElement;
  private maximised: boolean | null = null;
  private stack: SliceStack | null = null;

  constructor(
    readonly pane: Pane,
    private readonly words: ViewerWords,
    actions: PaneActions,
    document: Document,
  ) {
    const make = <T extends keyof HTMLElementTagNameMap>(
      tag: T,
      name: string,
      parent?: Node,
    ): HTMLElementTagNameMap[T] => {
      const element = document.createElement(tag);
      element.className = name;
      parent?.appendChild(element);
      return element;
    };
    const title = words.panes[pane];
    this.element = make('div', 'hv-pane');
    this.element.dataset['pane'] = pane;
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', words.paneName(title));
    this.element.setAttribute('aria-description', words.keys(pane));
    const heading = make('div', 'hv-title', this.element);
    heading.append(title);
    this.position = make('span', 'hv-position', heading);
    const letter = (edge: (typeof EDGES)[number]): HTMLSpanElement => {
      const span = make('span', 'hv-letter', this.element);
      span.dataset['edge'] = edge;
      return span;
    };
    this.letters = {
      left: letter('left'),
      right: letter('right'),
      top: letter('top'),
      bottom: letter('bottom'),
    };
    this.measures = new MeasureDom(this.element, words, actions.removeMeasure);
    make('span', 'hv-aim', this.element);
    const scale = make('div', 'hv-scale', this.element);
    scale.setAttribute('aria-hidden', 'true');
    this.scaleText = scale.appendChild(document.createTextNode(''));
    this.bar = make('span', 'hv-bar', scale);
    this.button = make('button', 'hv-button', this.element);
    this.button.type = 'button';
    const svg = this.button.appendChild(document.createElementNS(SVG, 'svg'));
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    this.icon = svg.appendChild(document.createElementNS(SVG, 'path'));
    this.button.addEventListener('click', () => actions.maximise(pane));
    this.slider = pane === '3d' ? null : make('input', 'hv-slider', this.element);
    if (this.slider) {
      this.slider.type = 'range';
      this.slider.disabled = true;
      this.slider.setAttribute('aria-label', words.sliderName(title));
      this.slider.addEventListener('input', () => {
        if (this.stack && this.slider)
          actions.slide(pane, slicePosition(this.stack, Number(this.slider.value)));
      });
    }
    // What happens on a widget is not a gesture on the picture.
    for (const widget of [this.button, this.slider]) {
      for (const type of ['pointerdown', 'dblclick', 'keydown'] as const) {
        widget?.addEventListener(type, (event) => event.stopPropagation());
      }
    }
  }

  /** Places the pane; `null` hides it. Rectangles are device pixels. */
  place(rect: Rect | null, pixelRatio: number): void {
    this.element.hidden = rect === null;
    if (!rect) return;
    const { style } = this.element;
    style.left = `${rect.x / pixelRatio}px`;
    style.top = `${rect.y / pixelRatio}px`;
    style.width = `${rect.width / pixelRatio}px`;
    style.height = `${rect.height / pixelRatio}px`;
  }

  /** Shows which side of the patient each edge is; directions of the screen in RAS. */
  orient(right: Vec3, up: Vec3): void {
    const text = (direction: Vec3): string =>
      lettersOf(direction)
        .map((letter) => this.words.letters[letter])
        .join('');
    write(this.letters.right, text(right));
    write(this.letters.left, text(opposite(right)));
    write(this.letters.top, text(up));
    write(this.letters.bottom, text(opposite(up)));
  }

  /** Follows the crosshair along the pane's axis. */
  showSlice(axis: 0 | 1 | 2, stack: SliceStack, mm: number): void {
    this.stack = stack;
    const text = positionText(axis, mm);
    write(this.position, text);
    if (!this.slider) return;
    const last = String(stack.count - 1);
    if (this.slider.max !== last) this.slider.max = last;
    this.slider.disabled = false;
    this.slider.value = String(sliceIndex(stack, mm));
    this.slider.setAttribute('aria-valuetext', text);
  }

  /** Sets the scale bar; `mmPx` is millimetres per CSS pixel, `null` hides it. */
  showScale(mmPx: number | null, widthPx: number): void {
    const bar = mmPx === null ? null : scaleBar(mmPx, Math.min(110, widthPx / 4));
    const text = bar ? lengthText(bar.mm) : '';
    if (this.scaleText.data !== text) this.scaleText.data = text;
    this.bar.style.width = `${bar?.px ?? 0}px`;
    this.bar.hidden = bar === null;
  }

  /** The maximise button's other half. */
  showMaximised(maximised: boolean): void {
    if (this.maximised === maximised) return;
    this.maximised = maximised;
    const label = maximised ? this.words.restore : this.words.maximise(this.words.panes[this.pane]);
    this.button.setAttribute('aria-label', label);
    this.button.title = label;
    this.icon.setAttribute('d', maximised ? ICONS.restore : ICONS.maximise);
  }
}

function opposite(v: Vec3): Vec3 {
  return [-v[0], -v[1], -v[2]];
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
