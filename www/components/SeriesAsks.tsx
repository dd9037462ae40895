import type { SeriesInfo, Triple } from 'hounsfield';
import { useId } from 'react';
import type { ReactNode } from 'react';

import type { Choice } from '../lib/contents.js';
import { number } from '../lib/format.js';
import { NumberField } from './ui/Field.js';
import { Segmented } from './ui/Segmented.js';

const GAPS = [
  { value: 'leave', name: 'Leave empty' },
  { value: 'interpolate', name: 'Interpolate' },
] as const;

const TILT = [
  { value: 'correct', name: 'Correct' },
  { value: 'keep', name: 'Keep' },
  { value: 'refuse', name: 'Refuse' },
] as const;

const ORDER = [
  { value: 'up', name: 'Upwards' },
  { value: 'down', name: 'Downwards' },
] as const;

const AXES = ['Across', 'Down', 'Between slices'] as const;

interface SeriesAsksProps {
  readonly series: SeriesInfo;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

/** What only the reader can know, or has to answer for. Each question stands with what follows from it. */
export function SeriesAsks({ series, choice, onChoose }: SeriesAsksProps) {
  const { gaps, tilt, spacing, turnOver } = series.asks;
  return (
    <div className="space-y-4">
      {gaps && (
        <Question
          title="Missing or uneven slices"
          answer={
            (choice.gaps ?? 'leave') === 'leave'
              ? 'Places without a slice are filled with padding; no value is invented.'
              : 'Places without a slice are interpolated between their neighbours, and marked wherever they are shown.'
          }
        >
          <Segmented
            label="Missing or uneven slices"
            options={GAPS}
            value={choice.gaps ?? 'leave'}
            onChange={(next) => onChoose({ ...choice, gaps: next })}
          />
        </Question>
      )}
      {tilt && (
        <Question title="Tilted gantry" answer={TILT_ANSWERS[choice.tilt ?? 'correct']}>
          <Segmented
            label="Tilted gantry"
            options={TILT}
            value={choice.tilt ?? 'correct'}
            onChange={(next) => onChoose({ ...choice, tilt: next })}
          />
        </Question>
      )}
      {turnOver && (
        <Question
          title="From first to last"
          answer={`The pictures do not say which end is up: the first is taken for the ${choice.turnOver ? 'highest' : 'lowest'} slice.`}
        >
          <Segmented
            label="From first to last"
            options={ORDER}
            value={choice.turnOver ? 'down' : 'up'}
            onChange={(next) => onChoose({ ...choice, turnOver: next === 'down' })}
          />
        </Question>
      )}
      {spacing && (
        <Spacing
          assumedMm={series.fileSpacingMm}
          givenMm={choice.spacingMm ?? null}
          onChange={(spacingMm) => onChoose({ ...choice, spacingMm })}
        />
      )}
    </div>
  );
}

const TILT_ANSWERS = {
  correct: 'Slices are shifted until the grid is upright; values are interpolated within slices.',
  keep: 'The grid stays sheared; every voxel keeps its value and its true place.',
  refuse: 'The series is not opened while it is tilted.',
} as const;

function Question(props: {
  readonly title: string;
  readonly answer: string;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <p className="min-w-44 flex-1 font-medium">{props.title}</p>
        {props.children}
      </div>
      <p className="mt-1 text-ink-2">{props.answer}</p>
    </div>
  );
}

interface SpacingProps {
  /** Of the listing: what holds where the reader says nothing. */
  readonly assumedMm: Triple;
  readonly givenMm: Triple | null;
  readonly onChange: (spacingMm: Triple | undefined) => void;
}

function Spacing({ assumedMm, givenMm, onChange }: SpacingProps) {
  const id = useId();
  const change = (axis: number, mm: number | null): void => {
    const base = givenMm ?? assumedMm;
    const next = base.map((old, i) => (i === axis ? (mm ?? assumedMm[i] ?? 1) : old));
    const isAssumed = next.every((value, i) => value === assumedMm[i]);
    onChange(isAssumed ? undefined : (next as unknown as Triple));
  };
  return (
    <fieldset aria-describedby={id}>
      <legend className="font-medium">Spacing</legend>
      <p id={id} className="mt-1 mb-2 text-ink-2">
        The files do not state it. Volumes and distances are right only with the true one; what is
        left empty is taken as {assumedMm.map((mm) => number(mm, 2)).join(' × ')} mm.
      </p>
      <div className="grid gap-x-6 gap-y-1 md:grid-cols-3">
        {AXES.map((name, axis) => (
          <NumberField
            key={name}
            label={name}
            unit="mm"
            placeholder={String(assumedMm[axis] ?? 1)}
            min={0.001}
            max={1000}
            step={0.001}
            keepsWrong
            value={givenMm && givenMm[axis] !== assumedMm[axis] ? (givenMm[axis] ?? null) : null}
            onChange={(mm) => change(axis, mm)}
          />
        ))}
      </div>
    </fieldset>
  );
}
