import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';

import { BonesPanel } from './BonesPanel.js';
import { ScanPanel } from './ScanPanel.js';
import { IconButton } from './ui/Button.js';

const TABS = [
  { id: 'bones', name: 'Bones', Panel: BonesPanel },
  { id: 'scan', name: 'Scan and layers', Panel: ScanPanel },
] as const;

/** Folded, some, or most of the screen. The views keep enough to judge a mask by. */
const HEIGHTS = ['h-0', 'h-[38dvh]', 'h-[54dvh]'] as const;

/** The panels of a phone: under the views, within reach of a thumb. */
export function Sheet() {
  const [tab, setTab] = useState<(typeof TABS)[number]['id']>('bones');
  const [height, setHeight] = useState(1);
  const { Panel } = TABS.find(({ id }) => id === tab) ?? TABS[0];
  const choose = (id: typeof tab): void => {
    setTab(id);
    setHeight((now) => Math.max(now, 1));
  };
  return (
    <div className="shrink-0 border-t border-line bg-panel">
      <div className="flex items-center border-b border-line px-1">
        <div role="tablist" aria-label="Panels" className="flex flex-1">
          {TABS.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`tab-${id}`}
              aria-selected={tab === id}
              aria-controls="sheet-panel"
              onClick={() => choose(id)}
              className="min-h-11 cursor-pointer border-b-2 border-transparent px-3 text-ink-2 aria-selected:border-accent aria-selected:text-ink"
            >
              {name}
            </button>
          ))}
        </div>
        <IconButton
          icon={ChevronDown}
          label="Smaller panel"
          disabled={height === 0}
          onClick={() => setHeight(height - 1)}
          className="size-11 disabled:opacity-40"
        />
        <IconButton
          icon={ChevronUp}
          label="Larger panel"
          disabled={height === HEIGHTS.length - 1}
          onClick={() => setHeight(height + 1)}
          className="size-11 disabled:opacity-40"
        />
      </div>
      <div
        key={tab}
        role="tabpanel"
        id="sheet-panel"
        aria-labelledby={`tab-${tab}`}
        className={`${HEIGHTS[height] ?? ''} overflow-y-auto`}
      >
        <Panel />
      </div>
    </div>
  );
}
