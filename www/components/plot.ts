/** What plots on a canvas share. */

export const FONT = '11px system-ui, sans-serif';

/** A token of styles.css as the canvas needs it: resolved for the theme of the moment. */
export function colourOf(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export function onThemeChange(then: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(then);
  system.addEventListener('change', then);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', then);
    chosen.disconnect();
  };
}

/** These steps of every power of ten, between two numbers. */
export function logSplits(min: number, max: number, steps: readonly number[]): number[] {
  const splits: number[] = [];
  for (let power = 1; power <= max; power *= 10) {
    for (const step of steps) {
      const value = step * power;
      if (value >= min && value <= max) splits.push(value);
    }
  }
  return splits;
}
