import { addMasks } from '../actions/masks.js';
import { openFiles } from '../actions/open.js';
import { addSurfaces } from '../actions/surfaces.js';

/**
 * Asks for files the way the system does it. Endings are not asked for: those of DICOM files mean
 * nothing.
 */
export function pickFiles(): void {
  ask(openFiles);
}

/** Everything in a folder, at any depth. */
export function pickFolder(): void {
  ask(openFiles, (input) => (input.webkitdirectory = true));
}

export function pickMasks(): void {
  ask(addMasks);
}

export function pickSurfaces(): void {
  ask(addSurfaces, (input) => (input.accept = '.stl,.obj,.ply,.glb,.3mf'));
}

function ask(
  take: (files: readonly File[]) => Promise<void>,
  prepare?: (input: HTMLInputElement) => void,
): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  prepare?.(input);
  input.addEventListener('change', () => void take([...(input.files ?? [])]));
  input.click();
}
