export type Theme = 'system' | 'dark' | 'light';

const KEY = 'hounsfield.theme';
const SINGLE_KEYS = 'hounsfield.single-keys';

/** Storage may be refused (private windows, embedded pages); the app does without it then. */
export function storedTheme(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : 'system';
  } catch {
    return 'system';
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function storeTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Applied for this visit all the same.
  }
}

/** Single letters as commands: on, unless the reader has switched them off. */
export function storedSingleKeys(): boolean {
  try {
    return localStorage.getItem(SINGLE_KEYS) !== 'off';
  } catch {
    return true;
  }
}

export function storeSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(SINGLE_KEYS, on ? 'on' : 'off');
  } catch {
    // Applied for this visit all the same.
  }
}
