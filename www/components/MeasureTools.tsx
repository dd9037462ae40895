import { Angle, Eraser, ImageDown, Ruler } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';

import { savePicture } from '../actions/viewer.js';
import { get, setView, useSession } from '../session.js';
import type { View } from '../session.js';
import { Button } from './ui/Button.js';

type Kind = NonNullable<View['measuring']>;

/** Starts measuring, or puts the tool away when it is out already. */
export function toggleMeasuring(kind: Kind): void {
  setView({ measuring: get().view.measuring === kind ? null : kind });
}

/** Distances, angles and the picture of the 3D view, behind one button. */
export function MeasureTools() {
  const { measuring, measurements, layout } = useSession((s) => s.view);
  const shows3d = layout === '2x2' || layout === '3d';
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button
          look="quiet"
          icon={measuring === 'angle' ? Angle : Ruler}
          aria-label="Measure"
          title="Measure, save a picture"
          className={`h-8 w-8 px-0 pointer-coarse:w-11 ${measuring ? 'text-accent' : ''}`}
        />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          side="top"
          sideOffset={6}
          collisionPadding={8}
          className="z-40 w-[min(18rem,calc(100vw-1rem))] rounded-lg border border-line bg-panel p-1 shadow-xl shadow-black/30"
        >
          <DropdownMenu.Group aria-label="Measure">
            <Tool
              kind="distance"
              icon={Ruler}
              name="Distance"
              about="Two points, in mm."
              keys="M"
            />
            <Tool kind="angle" icon={Angle} name="Angle" about="Arm, apex, arm." />
            <Item
              icon={Eraser}
              name="Remove all measurements"
              isEnabled={measurements.length > 0}
              onSelect={() => setView({ measurements: [] })}
            />
          </DropdownMenu.Group>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Item
            icon={ImageDown}
            name="Save the 3D view (.png)"
            about={shows3d ? 'With letters and measurements.' : 'Show the 3D view first.'}
            isEnabled={shows3d}
            onSelect={() => void savePicture()}
          />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  readonly icon: LucideIcon;
  readonly name: string;
  readonly about?: string;
  readonly keys?: string;
  readonly isEnabled?: boolean;
  readonly onSelect: () => void;
}

const ROW =
  'flex cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 outline-none data-[disabled]:cursor-default data-[disabled]:text-ink-3 data-[highlighted]:bg-hover data-[state=checked]:text-accent pointer-coarse:min-h-11';

function Item({ isEnabled = true, onSelect, ...what }: ItemProps) {
  return (
    <DropdownMenu.Item disabled={!isEnabled} onSelect={onSelect} className={ROW}>
      <Words {...what} />
    </DropdownMenu.Item>
  );
}

function Tool({ kind, ...what }: Omit<ItemProps, 'onSelect'> & { readonly kind: Kind }) {
  const isOut = useSession((s) => s.view.measuring === kind);
  return (
    <DropdownMenu.CheckboxItem
      checked={isOut}
      onCheckedChange={() => toggleMeasuring(kind)}
      className={ROW}
    >
      <Words {...what} />
    </DropdownMenu.CheckboxItem>
  );
}

function Words({ icon: Icon, name, about, keys }: Omit<ItemProps, 'onSelect' | 'isEnabled'>) {
  return (
    <>
      <Icon aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />
      <span className="min-w-0 flex-1">
        {name}
        {about && <span className="block text-xs text-ink-2">{about}</span>}
      </span>
      {keys && <kbd className="text-xs text-ink-3 max-md:hidden">{keys}</kbd>}
    </>
  );
}

const HOW = {
  distance: 'Two points make a distance, on slices and in 3D.',
  angle: 'Arm, apex, arm: three points make an angle.',
} as const satisfies Record<Kind, string>;

/** Over the views while clicks measure, because they do something else then. */
export function MeasuringHint() {
  const measuring = useSession((s) => s.view.measuring);
  if (!measuring) return null;
  return (
    <output className="pointer-events-auto mx-auto flex w-fit max-w-full items-center gap-3 rounded-md border border-line bg-panel/95 py-1 pr-1 pl-3">
      <span>{HOW[measuring]}</span>
      <Button look="quiet" className="text-accent" onClick={() => setView({ measuring: null })}>
        Done
      </Button>
    </output>
  );
}
