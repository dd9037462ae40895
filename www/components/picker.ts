import { openFiles } from '../actions/open.js';

/** Asks for files the way the system does it. Some systems know no double endings, hence `.gz`. */
export function pickFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = '.nii,.nii.gz,.gz,.hdr,.img';
  input.addEventListener('change', () => void openFiles([...(input.files ?? [])]));
  input.click();
}
