import type { Rect } from './layout.js';

/** A word of the DOM layer, placed in device pixels from the canvas's upper left corner. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly px: number;
  readonly colour: string;
}

/** Lines of the DOM layer: SVG path data that starts at (`x`, `y`), in units of `scale` device pixels. */
export interface PlacedLines {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly colour: string;
}

/** What a picture shows beside the canvas. */
export interface Marks {
  /** The part of the canvas. */
  readonly part: Rect;
  readonly texts: readonly PlacedText[];
  readonly lines: readonly PlacedLines[];
  /** Around text and lines, so that they stand out from any grey. */
  readonly halo: string;
}

/** A part of the canvas with its letters as a PNG: an image of a patient without R and L is a trap. */
export function snapshot(canvas: HTMLCanvasElement, marks: Marks): Promise<Blob> {
  const { part, texts, lines, halo } = marks;
  const copy = canvas.ownerDocument.createElement('canvas');
  copy.width = part.width;
  copy.height = part.height;
  const paint = copy.getContext('2d');
  if (!paint) return Promise.reject(new Error('this browser refused a 2D canvas for the picture'));
  paint.translate(-part.x, -part.y);
  paint.drawImage(canvas, 0, 0);
  for (const { path, x, y, scale, colour } of lines) {
    const shape = new Path2D();
    shape.addPath(new Path2D(path), new DOMMatrix([scale, 0, 0, scale, x, y]));
    for (const [width, style] of [
      [4, halo],
      [1.5, colour],
    ] as const) {
      paint.lineWidth = width * scale;
      paint.strokeStyle = style;
      paint.stroke(shape);
    }
  }
  paint.textAlign = 'center';
  paint.textBaseline = 'middle';
  paint.lineJoin = 'round';
  for (const { text, x, y, px, colour } of texts) {
    paint.font = `600 ${px}px system-ui, sans-serif`;
    paint.lineWidth = px / 4;
    paint.strokeStyle = halo;
    paint.strokeText(text, x, y);
    paint.fillStyle = colour;
    paint.fillText(text, x, y);
  }
  return new Promise((resolve, reject) => {
    copy.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be encoded'))),
      'image/png',
    );
  });
}
