/** A letter of the DOM layer, placed in device pixels. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly px: number;
  readonly colour: string;
}

/** The canvas with its letters as a PNG: an image of a patient without R and L is a trap. */
export function snapshot(canvas: HTMLCanvasElement, texts: readonly PlacedText[]): Promise<Blob> {
  const copy = canvas.ownerDocument.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const paint = copy.getContext('2d');
  if (!paint) return Promise.reject(new Error('this browser refused a 2D canvas for the picture'));
  paint.drawImage(canvas, 0, 0);
  paint.textAlign = 'center';
  paint.textBaseline = 'middle';
  for (const { text, x, y, px, colour } of texts) {
    paint.font = `600 ${px}px system-ui, sans-serif`;
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
