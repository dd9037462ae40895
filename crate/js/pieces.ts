import type { TakePiece } from './core.js';

/** A file that `write` gives away piece by piece. */
export function written(write: (take: TakePiece) => void): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  write((piece) => pieces.push(piece));
  const file = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}
