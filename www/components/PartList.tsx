import type { BonePart } from 'hounsfield';
import { useId, useRef, useState } from 'react';

import { setPart } from '../actions/bones.js';
import { lookAt } from '../actions/viewer.js';
import { useUnit } from '../hooks/useUnit.js';
import { count, hounsfield, millilitres, sentence } from '../lib/format.js';
import { rasOfVoxel } from '../lib/grid.js';
import { get } from '../session.js';
import { Section } from './ui/Section.js';

/** More than these are unfolded on request: a noisy scan has thousands of crumbs. */
const FIRST = 8;
/** A pointer passing through is not a wish to look. */
const DWELL_MS = 150;

const KINDS: Readonly<Record<string, string>> = {
  skeleton: 'Skeleton',
  bone: 'Bone',
  vessel: 'Vessel with contrast',
  organ: 'Organ with contrast',
  contrast: 'Contrast',
  denseContrast: 'Dense contrast',
  crumb: 'Crumb',
};

interface PartListProps {
  readonly parts: readonly BonePart[];
  readonly isEnabled: boolean;
}

/**
 * Everything that was a candidate, with the reason it was kept or left out; a tick changes the mask.
 * Rows stay where the run put them, so that nothing jumps away under the hand. Give it a key per run.
 */
export function PartList({ parts, contrast, isEnabled }: PartListProps & { contrast: string }) {
  const [wasKept] = useState(() => new Set(parts.filter((p) => p.kept).map((p) => p.id)));
  if (parts.length === 0) return null;
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is younger than the browsers we support
  const bySize = [...parts].sort((a, b) => b.volumeMl - a.volumeMl);
  const groups = [
    { title: 'Kept by the recipe', parts: bySize.filter((p) => wasKept.has(p.id)) },
    { title: 'Left out by the recipe', parts: bySize.filter((p) => !wasKept.has(p.id)) },
  ];
  return (
    <Section title="Parts">
      <div className="space-y-3">
        {contrast && <p className="text-ink-2">{sentence(contrast)}</p>}
        {groups.map((group) => (
          <PartGroup key={group.title} {...group} isEnabled={isEnabled} />
        ))}
      </div>
    </Section>
  );
}

function PartGroup(props: PartListProps & { readonly title: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? props.parts : props.parts.slice(0, FIRST);
  if (props.parts.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 text-xs text-ink-2">
        {props.title}: {count(props.parts.length, 'part', 'parts')}
      </h3>
      <ul>
        {shown.map((part) => (
          <PartRow key={part.id} part={part} isEnabled={props.isEnabled} />
        ))}
      </ul>
      {props.parts.length > FIRST && (
        <button
          type="button"
          onClick={() => setIsWhole(!isWhole)}
          className="min-h-7 cursor-pointer text-ink-2 underline underline-offset-2 hover:text-ink pointer-coarse:min-h-11"
        >
          {isWhole ? 'Show fewer' : `Show all ${count(props.parts.length, 'part', 'parts')}`}
        </button>
      )}
    </div>
  );
}

function PartRow({ part, isEnabled }: { readonly part: BonePart; readonly isEnabled: boolean }) {
  const unit = useUnit();
  const whyId = useId();
  const dwell = useRef<ReturnType<typeof setTimeout>>(undefined);
  const look = (): void => {
    const info = get().scan?.info;
    if (info) lookAt(rasOfVoxel(info.rasFromVoxel, part.seedVoxel));
  };
  const kind = KINDS[part.kind] ?? part.kind;
  return (
    <li
      onPointerEnter={() => (dwell.current = setTimeout(look, DWELL_MS))}
      onPointerLeave={() => clearTimeout(dwell.current)}
      className="rounded-md hover:bg-hover [contain-intrinsic-size:auto_3rem] [content-visibility:auto]"
    >
      <label className="flex cursor-pointer gap-2 px-1 py-1.5">
        <input
          type="checkbox"
          checked={part.kept}
          disabled={!isEnabled}
          aria-label={`${kind}, ${millilitres(part.volumeMl)}, ${hounsfield(part.meanHu, unit)}`}
          aria-describedby={whyId}
          onFocus={look}
          onChange={(event) => void setPart(part.id, event.target.checked)}
          className="mt-0.5 size-4 shrink-0 accent-accent pointer-coarse:size-6"
        />
        <span className="min-w-0 flex-1">
          <span className="flex gap-2">
            <span className="flex-1">{kind}</span>
            <span>{millilitres(part.volumeMl)}</span>
            <span className="w-16 text-right text-ink-2">{hounsfield(part.meanHu, unit)}</span>
          </span>
          <span id={whyId} className="block text-xs text-ink-2">
            {sentence(part.why)}
          </span>
        </span>
      </label>
    </li>
  );
}
