import { CircleHelp, FolderOpen, Moon, PanelLeft, PanelRight, Sun } from 'lucide-react';
import { useState } from 'react';

import { useMedia } from '../hooks/useMedia.js';
import { sizeVoxel, spacingMm } from '../lib/format.js';
import { applyTheme, storedTheme, storeTheme } from '../lib/prefs.js';
import { useSession } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { showDialog } from './dialogs.js';
import { pickFiles } from './picker.js';
import { Button, IconButton } from './ui/Button.js';

interface TopBarProps {
  /** Which side panels are open; `null` where there are none. */
  readonly panels: { readonly left: boolean; readonly right: boolean } | null;
  readonly onToggle: (side: 'left' | 'right') => void;
}

export function TopBar({ panels, onToggle }: TopBarProps) {
  const scan = useSession((s) => s.scan);
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-panel px-2">
      {panels && (
        <IconButton
          icon={PanelLeft}
          label={panels.left ? 'Hide the scan panel' : 'Show the scan panel'}
          aria-expanded={panels.left}
          onClick={() => onToggle('left')}
        />
      )}
      <h1 className="px-2 text-base font-semibold tracking-tight">Hounsfield</h1>
      {scan && (
        <>
          <p className="flex min-w-0 items-baseline gap-3 border-l border-line pl-3">
            <span className="truncate" title={scan.name}>
              {scan.name}
            </span>
            <span className="shrink-0 text-ink-2 max-lg:hidden">
              {sizeVoxel(scan.info.sizeVoxel)}
            </span>
            <span className="shrink-0 text-ink-2 max-lg:hidden">
              {spacingMm(scan.info.spacingMm)}
            </span>
          </p>
          <div className="ml-2 max-md:hidden">
            <CheckBadge />
          </div>
        </>
      )}
      <div className="ml-auto flex shrink-0 items-center gap-1">
        {scan && (
          <Button look="quiet" icon={FolderOpen} onClick={pickFiles} title="Open files (o)">
            <span className="max-md:sr-only">Open</span>
          </Button>
        )}
        <ThemeButton />
        <IconButton
          icon={CircleHelp}
          label="Keys and mouse"
          keys="?"
          onClick={() => showDialog('help')}
        />
        {panels && (
          <IconButton
            icon={PanelRight}
            label={panels.right ? 'Hide the task panel' : 'Show the task panel'}
            aria-expanded={panels.right}
            onClick={() => onToggle('right')}
          />
        )}
      </div>
    </header>
  );
}

/** Starts from the system's choice; a click is the reader's own, and is kept. */
function ThemeButton() {
  const systemIsDark = useMedia('(prefers-color-scheme: dark)');
  const [theme, setTheme] = useState(storedTheme);
  const isDark = theme === 'system' ? systemIsDark : theme === 'dark';
  const toggle = (): void => {
    const next = isDark ? 'light' : 'dark';
    setTheme(next);
    applyTheme(next);
    storeTheme(next);
  };
  return (
    <IconButton
      icon={isDark ? Sun : Moon}
      label={isDark ? 'Light theme' : 'Dark theme'}
      onClick={toggle}
    />
  );
}
