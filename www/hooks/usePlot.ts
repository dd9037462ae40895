import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';
import type uPlot from 'uplot';

import { onThemeChange } from '../components/plot.js';

/**
 * The place of a plot that is as wide as it. `make` builds the plot anew when it changes; `marks`
 * are read at every drawing, so that moving one only paints again.
 */
export function usePlot<Marks>(
  make: (container: HTMLElement, marks: () => Marks) => uPlot,
  marks: Marks,
): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(marks);
  useEffect(() => {
    latest.current = marks;
    plot.current?.redraw(false, false);
  }, [marks]);

  useEffect(() => {
    const container = place.current;
    if (!container) return;
    const made = make(container, () => latest.current);
    plot.current = made;
    const fit = new ResizeObserver(() => {
      const { height } = made;
      if (container.clientWidth > 0) made.setSize({ width: container.clientWidth, height });
    });
    fit.observe(container);
    const repaint = onThemeChange(() => made.redraw(false, true));
    return () => {
      repaint();
      fit.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [make]);

  return place;
}
