import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { openDrop } from '../actions/open.js';

/** The whole window takes files, whatever is on screen. */
export function DropZone({ children }: { readonly children: ReactNode }) {
  const [isOver, setIsOver] = useState(false);
  // Entering a child fires before leaving its parent: count, or the frame flickers.
  const depth = useRef(0);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth.current += 1;
      setIsOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth.current -= 1;
      if (depth.current <= 0) setIsOver(false);
    };
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth.current = 0;
      setIsOver(false);
      if (event.dataTransfer) void openDrop(event.dataTransfer);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop } as const;
    const entries = Object.entries(listeners) as [keyof typeof listeners, (e: DragEvent) => void][];
    for (const [name, listener] of entries) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of entries) window.removeEventListener(name, listener);
    };
  }, []);
  return (
    <>
      {children}
      {isOver && (
        <div className="pointer-events-none fixed inset-2 z-50 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-ground/80">
          <p className="text-base font-semibold">Drop to open</p>
        </div>
      )}
    </>
  );
}
