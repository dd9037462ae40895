/** Measurements over one pane: an SVG for the lines, and a label each that can be removed by hand and by key. */
import type { Sketch } from './measure-sketch.js';
import type { ViewerWords } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';

interface Label {
  readonly element: HTMLDivElement;
  readonly text: HTMLSpanElement;
  readonly button: HTMLButtonElement;
}

/** See the file's head. */
export class MeasureDom {
  private readonly svg: SVGSVGElement;
  private readonly labels = new Map<string | null, Label>();
  private shown = '';

  constructor(
    private readonly pane: HTMLElement,
    private readonly words: ViewerWords,
    private readonly remove: (id: string) => void,
  ) {
    this.svg = pane.ownerDocument.createElementNS(SVG, 'svg');
    this.svg.setAttribute('class', 'hv-sketches');
    this.svg.setAttribute('aria-hidden', 'true');
    pane.append(this.svg);
  }

  show(sketches: readonly Sketch[]): void {
    const key = JSON.stringify(sketches);
    if (key === this.shown) return;
    this.shown = key;
    this.svg.replaceChildren(
      ...sketches.flatMap(({ lines, rings, isAside }) => [
        this.path(lines + rings, 'hv-halo'),
        this.path(lines, isAside ? 'hv-line hv-aside' : 'hv-line'),
        this.path(rings, 'hv-line'),
      ]),
    );
    const kept = new Set<string | null>();
    for (const { id, label } of sketches) {
      if (!label) continue;
      kept.add(id);
      this.place(this.labels.get(id) ?? this.make(id), label);
    }
    for (const [id, { element }] of this.labels) {
      if (kept.has(id)) continue;
      // The focus would fall out of the viewer with its button.
      if (element.contains(element.ownerDocument.activeElement))
        this.pane.focus({ preventScroll: true });
      element.remove();
      this.labels.delete(id);
    }
  }

  private path(data: string, name: string): SVGPathElement {
    const path = this.pane.ownerDocument.createElementNS(SVG, 'path');
    path.setAttribute('d', data);
    path.setAttribute('class', name);
    return path;
  }

  private place({ element, text, button }: Label, at: NonNullable<Sketch['label']>): void {
    element.style.left = `${at.x}px`;
    element.style.top = `${at.y}px`;
    if (text.textContent === at.text) return;
    text.textContent = at.text;
    const name = this.words.removeMeasure(at.text);
    button.setAttribute('aria-label', name);
    button.title = name;
  }

  private make(id: string | null): Label {
    const { ownerDocument } = this.pane;
    const element = ownerDocument.createElement('div');
    element.className = 'hv-measure';
    const text = element.appendChild(ownerDocument.createElement('span'));
    const button = element.appendChild(ownerDocument.createElement('button'));
    button.type = 'button';
    button.textContent = '×';
    button.hidden = id === null;
    button.addEventListener('click', () => {
      if (id !== null) this.remove(id);
    });
    // What happens on a widget is not a gesture on the picture.
    for (const type of ['pointerdown', 'dblclick', 'keydown'] as const)
      button.addEventListener(type, (event) => event.stopPropagation());
    const label = { element, text, button };
    this.labels.set(id, label);
    this.pane.append(element);
    return label;
  }
}
