import { Tooltip } from 'radix-ui';
import { lazy, Suspense, useState } from 'react';

import { useKeys } from '../hooks/useKeys.js';
import { useMedia } from '../hooks/useMedia.js';
import { useSession } from '../session.js';
import { DropZone } from './DropZone.js';
import { EnforcementDialog } from './EnforcementDialog.js';
import { HelpDialog } from './HelpDialog.js';
import { ScanPanel } from './ScanPanel.js';
import { Sheet } from './Sheet.js';
import { Stage } from './Stage.js';
import { StatusBar } from './StatusBar.js';
import { TaskTabs } from './TaskTabs.js';
import { TopBar } from './TopBar.js';

const SeriesPicker = lazy(() => import('./SeriesPicker.js'));
const MeasuresDialog = lazy(() => import('./MeasuresDialog.js'));
const ReportPage = lazy(() => import('./report/ReportPage.js'));

/** The frame: what stands where on a desk and on a phone. */
export function App() {
  const isPhone = useMedia('(max-width: 767px)');
  const isWide = useMedia('(min-width: 1280px)');
  const isOpen = useSession((s) => s.scan !== null);
  const isReport = useSession((s) => s.overlay === 'report');
  const [folded, setFolded] = useState({ left: false, right: false });
  useKeys();

  // Between tablet and desk there is room for one panel beside the stage; the task's comes first.
  const showRight = !isPhone && isOpen && !folded.right;
  const showLeft = !isPhone && isOpen && !folded.left && (isWide || !showRight);
  const toggle = (side: 'left' | 'right'): void => {
    const show = side === 'left' ? !showLeft : !showRight;
    const other = side === 'left' ? 'right' : 'left';
    setFolded((now) => ({
      ...now,
      [side]: !show,
      ...(show && !isWide ? { [other]: true } : {}),
    }));
  };

  return (
    <Tooltip.Provider delayDuration={400}>
      <DropZone>
        <div inert={isReport} className="flex h-dvh flex-col print:in-[:has(.report)]:hidden">
          <TopBar
            panels={isPhone || !isOpen ? null : { left: showLeft, right: showRight }}
            onToggle={toggle}
          />
          <div className="flex min-h-0 flex-1">
            {showLeft && (
              <aside
                aria-label="Scan"
                className="w-[clamp(208px,17vw,280px)] shrink-0 overflow-y-auto border-r border-line bg-panel"
              >
                <ScanPanel />
              </aside>
            )}
            <main className="min-w-0 flex-1" aria-label="Views">
              <Stage />
            </main>
            {showRight && (
              <aside
                aria-label="Tasks"
                className="flex w-[clamp(300px,23vw,376px)] shrink-0 flex-col border-l border-line bg-panel"
              >
                <TaskTabs />
              </aside>
            )}
          </div>
          {isPhone && isOpen && <Sheet />}
          <StatusBar />
        </div>
        <EnforcementDialog />
        <HelpDialog />
        <Picker />
        <Overlay />
        <LiveRegion />
      </DropZone>
    </Tooltip.Provider>
  );
}

/** Over everything, while there is something to choose. */
function Picker() {
  const picking = useSession((s) => s.picking);
  return picking && <Suspense>{<SeriesPicker picking={picking} />}</Suspense>;
}

/** Tables and the report lie over everything, and are fetched when the network is idle. */
function Overlay() {
  const overlay = useSession((s) => s.overlay);
  return (
    <Suspense>
      {overlay === 'measures' && <MeasuresDialog />}
      {overlay === 'report' && <ReportPage />}
    </Suspense>
  );
}

/** Progress and results in words, for those who do not see them. */
function LiveRegion() {
  const spoken = useSession((s) => s.spoken);
  return (
    <output aria-live="polite" className="sr-only">
      {spoken}
    </output>
  );
}
