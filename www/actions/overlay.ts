import { set } from '../session.js';

const MARK = 'hounsfield-report';

/** What had the focus before, to be given it back. */
let opener: Element | null = null;

export function openMeasures(): void {
  set({ overlay: 'measures' });
}

/** With an entry in the history, so that the browser's Back leaves the report and not the page. */
export function openReport(): void {
  opener = document.activeElement;
  if (!isMarked()) history.pushState({ [MARK]: true }, '');
  window.addEventListener('popstate', leave, { once: true });
  set({ overlay: 'report' });
}

export function closeReport(): void {
  if (isMarked()) history.back();
  else leave();
}

export function closeMeasures(): void {
  set({ overlay: null });
}

function leave(): void {
  window.removeEventListener('popstate', leave);
  set({ overlay: null });
  // What lies under the report takes the focus only once it is there again.
  setTimeout(() => opener instanceof HTMLElement && opener.focus());
}

function isMarked(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && MARK in state;
}
