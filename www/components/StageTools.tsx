import { Eye, EyeOff } from 'lucide-react';

import { useMedia } from '../hooks/useMedia.js';
import { number, percent } from '../lib/format.js';
import { presetsFor } from '../lib/presets.js';
import { isHu } from '../lib/units.js';
import { get, setView, useSession } from '../session.js';
import type { View } from '../session.js';
import { MeasureTools } from './MeasureTools.js';
import { IconButton } from './ui/Button.js';
import { Segmented } from './ui/Segmented.js';

const LAYOUTS = [
  { value: '2x2', name: '2 × 2' },
  { value: 'axial', name: 'Axial' },
  { value: 'coronal', name: 'Coronal' },
  { value: 'sagittal', name: 'Sagittal' },
  { value: '3d', name: '3D' },
] as const;

/** Under the views: grey window, which view, overlay. Folds by its own width, not the window's. */
export function StageTools() {
  const { window, layout, overlayVisible } = useSession((s) => s.view);
  const scan = useSession((s) => s.scan);
  const presets = presetsFor(scan);
  const windows = presets.map(({ key, name }) => ({
    value: name,
    name,
    title: `Window ${name} (${key})`,
  }));
  const isPhone = useMedia('(max-width: 767px)');
  const layouts = isPhone ? LAYOUTS.filter(({ value }) => value !== '2x2') : LAYOUTS;
  return (
    <div className="@container shrink-0 border-t border-line bg-panel">
      <div
        role="toolbar"
        aria-label="View"
        className="flex min-h-10 items-center gap-1 px-2 py-1 @2xl:gap-3"
      >
        <WindowSelect window={window} presets={presets} />
        <div className="hidden @min-[43rem]:block">
          <Segmented
            label="Window preset"
            options={windows}
            value={presetOf(presets, window)}
            onChange={choosePreset}
          />
        </div>
        <span
          className="hidden whitespace-nowrap text-ink-2 @min-[52rem]:inline"
          title="Drag with the right button to change"
        >
          W {number(window.widthHu)} L {number(window.centreHu)}
          {isHu(scan?.info) && ' HU'}
        </span>
        <Painting />
        <div className="ml-auto flex items-center gap-1">
          <MeasureTools />
          <IconButton
            icon={overlayVisible ? Eye : EyeOff}
            label={overlayVisible ? 'Hide the overlay' : 'Show the overlay'}
            keys="Space"
            aria-pressed={overlayVisible}
            onClick={() => setView({ overlayVisible: !overlayVisible })}
          />
          <Segmented
            label="Layout"
            options={layouts}
            value={layout}
            onChange={(next) => setView({ layout: next })}
          />
        </div>
      </div>
    </div>
  );
}

type Presets = ReturnType<typeof presetsFor>;

function presetOf(presets: Presets, { centreHu, widthHu }: View['window']): string | null {
  const same = presets.find((p) => p.window.centreHu === centreHu && p.window.widthHu === widthHu);
  return same?.name ?? null;
}

function choosePreset(name: string): void {
  const preset = presetsFor(get().scan).find((p) => p.name === name);
  if (preset) setView({ window: preset.window });
}

/** The presets where there is no room to lay them out. */
function WindowSelect({ window, presets }: Pick<View, 'window'> & { presets: Presets }) {
  return (
    <select
      aria-label="Window preset"
      value={presetOf(presets, window) ?? ''}
      onChange={(event) => choosePreset(event.target.value)}
      className="h-8 w-24 min-w-0 flex-auto rounded-md border @lg:flex-none @lg:w-32 @min-[43rem]:hidden border-line-strong bg-raised px-1 pointer-coarse:h-11"
    >
      <option value="" disabled>
        W {Math.round(window.widthHu)} L {Math.round(window.centreHu)}
      </option>
      {presets.map(({ name }) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

/** Slices still on their way to the views. */
function Painting() {
  const scan = useSession((s) => s.scan);
  const depth = scan?.info.sizeVoxel[2] ?? 0;
  if (!scan || scan.paintedSlices >= depth) return null;
  return (
    <span className="truncate text-ink-3 max-md:hidden">
      Drawing slices, {percent(scan.paintedSlices / depth)}
    </span>
  );
}
