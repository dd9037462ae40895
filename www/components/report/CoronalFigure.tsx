import { useEffect, useRef } from 'react';

import { rgbOf } from '../../lib/colour.js';
import { coronalPixels } from '../../lib/coronal.js';
import type { Coronal } from '../../lib/coronal.js';
import { get, PRESETS } from '../../session.js';

/** Pixels of the canvas: more than a sheet shows on a screen, so that it prints sharp. */
const WIDTH = 900;
const BAR_MM = 50;

/** The lungs in the scan, seen from the front, with the letters without which it would be a trap. */
export function CoronalFigure({ picture }: { readonly picture: Coronal }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, pixelMm } = picture;
  const pixelsPerMm = WIDTH / (width * pixelMm);
  const pixelHeight = Math.max(1, Math.round((height / width) * WIDTH));
  useEffect(() => {
    if (canvas.current) draw(canvas.current, picture, pixelsPerMm);
  }, [picture, pixelsPerMm]);
  return (
    <canvas
      ref={canvas}
      width={WIDTH}
      height={pixelHeight}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn here, not fetched
      role="img"
      aria-label="Coronal slice through the middle of the lungs, with the masks of left lung, right lung and airways"
      className="block max-h-[70mm] w-full object-contain"
    />
  );
}

function draw(canvas: HTMLCanvasElement, picture: Coronal, pixelsPerMm: number): void {
  const paint = canvas.getContext('2d');
  const small = document.createElement('canvas');
  small.width = picture.width;
  small.height = picture.height;
  const paintSmall = small.getContext('2d');
  if (!paint || !paintSmall) return;
  const { layers } = get();
  const colours = (['leftLung', 'rightLung', 'airways'] as const).map((id) =>
    rgbOf(layers[id].colour),
  );
  const pixels = coronalPixels(picture, PRESETS[1].window, colours);
  paintSmall.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0);
  paint.imageSmoothingQuality = 'high';
  paint.drawImage(small, 0, 0, canvas.width, canvas.height);
  paint.font = '600 26px system-ui, sans-serif';
  paint.textBaseline = 'middle';
  write(paint, 'R', 14, canvas.height / 2);
  write(paint, 'L', canvas.width - 32, canvas.height / 2);
  const bar = BAR_MM * pixelsPerMm;
  const [left, y] = [canvas.width - 20 - bar, canvas.height - 18];
  paint.fillStyle = '#000000';
  paint.fillRect(left - 2, y - 2, bar + 4, 8);
  paint.fillStyle = '#ffffff';
  paint.fillRect(left, y, bar, 4);
  write(paint, `${BAR_MM / 10} cm`, left, y - 20);
}

/** White with a dark rim: to be read on air and on bone. */
function write(paint: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  paint.strokeStyle = '#000000';
  paint.lineWidth = 5;
  paint.lineJoin = 'round';
  paint.strokeText(text, x, y);
  paint.fillStyle = '#ffffff';
  paint.fillText(text, x, y);
}
