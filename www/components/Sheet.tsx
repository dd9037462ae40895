import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';

import { set, useSession } from '../session.js';
import { ScanPanel } from './ScanPanel.js';
import { TASKS } from './tasks.js';
import { IconButton } from './ui/Button.js';
import { Tabs } from './ui/Tabs.js';

const TABS = [...TASKS, { id: 'scan', name: 'Scan', Panel: ScanPanel }] as const;

/** Folded, some, or most of the screen. The views keep enough to judge a mask by. */
const HEIGHTS = ['h-0', 'h-[38dvh]', 'h-[54dvh]'] as const;

/** The panels of a phone: under the views, within reach of a thumb. */
export function Sheet() {
  const panel = useSession((s) => s.panel);
  const [isScan, setIsScan] = useState(false);
  const [height, setHeight] = useState(1);
  const tab = isScan ? 'scan' : panel;
  const { Panel } = TABS.find(({ id }) => id === tab) ?? TABS[0];
  const choose = (id: typeof tab): void => {
    setIsScan(id === 'scan');
    if (id !== 'scan') set({ panel: id });
    setHeight((now) => Math.max(now, 1));
  };
  return (
    <div className="shrink-0 border-t border-line bg-panel">
      <Tabs
        label="Panels"
        tabs={TABS}
        value={tab}
        onChange={choose}
        className={`${HEIGHTS[height] ?? ''} overflow-y-auto`}
        aside={
          <>
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
          </>
        }
      >
        <Panel />
      </Tabs>
    </div>
  );
}
