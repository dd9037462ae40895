import { Camera } from 'lucide-react';

import { savePicture } from '../actions/viewer.js';
import { setView, useSession } from '../session.js';
import type { View } from '../session.js';
import { Button } from './ui/Button.js';
import { Choice } from './ui/Choice.js';
import { Section } from './ui/Section.js';
import { Segmented } from './ui/Segmented.js';

const SHOWN = [
  { value: 'surfaces', name: 'Surfaces' },
  { value: 'volume', name: 'Overview' },
  { value: 'both', name: 'Both' },
] as const;

/** Which side of each slice is left out. */
const CUTS = [
  {
    label: 'Axial cut',
    sides: [
      { value: 'S', name: 'Above' },
      { value: 'I', name: 'Below' },
    ],
  },
  {
    label: 'Coronal cut',
    sides: [
      { value: 'A', name: 'Front' },
      { value: 'P', name: 'Back' },
    ],
  },
  {
    label: 'Sagittal cut',
    sides: [
      { value: 'R', name: 'Right' },
      { value: 'L', name: 'Left' },
    ],
  },
] as const;

type Side = View['cutAway'][number];

/** What the 3D view shows, and what the slices cut off it. */
export function SurfaceView() {
  const { overview, cutAway, layout } = useSession((s) => s.view);
  const is3d = layout === '3d' || layout === '2x2';
  return (
    <Section title="3D view">
      <div className="space-y-2">
        <Choice label="Shows">
          <Segmented
            label="Shown in 3D"
            options={SHOWN}
            value={overview}
            onChange={(next) => setView({ overview: next })}
          />
        </Choice>
        {CUTS.map(({ label, sides }) => (
          <Choice key={label} label={label}>
            <Segmented
              label={label}
              options={[{ value: 'no', name: 'No' }, ...sides]}
              value={sides.find(({ value }) => cutAway.includes(value))?.value ?? 'no'}
              onChange={(next) => setView({ cutAway: withCut(cutAway, sides, next) })}
            />
          </Choice>
        ))}
        <p className="text-xs text-ink-3">
          What lies beyond the slices through the crosshair goes.
        </p>
        <Button
          icon={Camera}
          className="w-full"
          disabled={!is3d}
          onClick={() => void savePicture()}
        >
          Save picture (.png)
        </Button>
      </div>
    </Section>
  );
}

function withCut(
  cutAway: readonly Side[],
  sides: readonly { readonly value: Side }[],
  next: Side | 'no',
): readonly Side[] {
  const others = cutAway.filter((side) => sides.every(({ value }) => value !== side));
  return next === 'no' ? others : [...others, next];
}
