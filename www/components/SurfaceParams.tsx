import type { SurfaceEstimate } from 'hounsfield';
import { useEffect, useState } from 'react';

import { estimate, levelOf, sourceKey, surfaceOf } from '../actions/surfaces.js';
import { useUnit } from '../hooks/useUnit.js';
import { estimateWords, SMOOTHING, SURFACE_DEFAULTS } from '../lib/surface.js';
import { presentLayers, set, setParams, useSession } from '../session.js';
import type { SurfaceOf } from '../session.js';
import { Choice } from './ui/Choice.js';
import { Disclosure } from './ui/Disclosure.js';
import { NumberField, SelectField, Switch } from './ui/Field.js';
import { Segmented } from './ui/Segmented.js';

const REDUCE = [
  { value: 'no', name: 'No' },
  { value: 'count', name: 'To a number' },
  { value: 'tolerance', name: 'Within mm' },
] as const;

/** What a surface is made of, and how. Defaults do for most. */
export function SurfaceParams() {
  const layers = useSession((s) => s.layers);
  const of = useSession(surfaceOf);
  const params = useSession((s) => s.params.surface);
  const level = useSession(levelOf);
  const unit = useUnit();
  const isScan = of === 'scan';
  return (
    <div className="space-y-2">
      <SelectField
        label="Of"
        options={[
          ...presentLayers(layers).map(([value, { name }]) => ({ value, name })),
          { value: 'scan', name: 'The scan at a level' },
        ]}
        value={of}
        onChange={(next) => set({ surfaceOf: next })}
      />
      {isScan ? (
        <NumberField
          label="Level"
          unit={unit}
          hint="What is at least that lies inside: bone, contrast and metal alike"
          placeholder={String(level)}
          min={-32768}
          max={32767}
          step={10}
          value={params.levelHu}
          onChange={(levelHu) => setParams('surface', { levelHu })}
        />
      ) : (
        <Switch
          label="Follow the scan at the border"
          checked={params.smoothByHu}
          onChange={(smoothByHu) => setParams('surface', { smoothByHu })}
        />
      )}
      <Choice label="Reduce">
        <Segmented
          label="Reduce"
          options={REDUCE}
          value={params.reduce}
          onChange={(reduce) => setParams('surface', { reduce })}
        />
      </Choice>
      <ReduceField />
      <Disclosure title="Advanced">
        <div className="space-y-2">
          <NumberField
            label="Smoothing"
            unit="passes"
            hint="Does not shrink; about ten take away a mask’s stairs"
            placeholder={String(isScan ? SMOOTHING.scan : SMOOTHING.mask)}
            min={0}
            max={1000}
            step={1}
            value={params.smoothing}
            onChange={(n) => setParams('surface', { smoothing: n === null ? null : Math.round(n) })}
          />
          <Switch
            label="Close it at the border of the scan"
            checked={params.capBorder}
            onChange={(capBorder) => setParams('surface', { capBorder })}
          />
          <Switch
            label="Largest part only"
            checked={params.keepLargest}
            onChange={(keepLargest) => setParams('surface', { keepLargest })}
          />
        </div>
      </Disclosure>
      <Estimate of={of} />
    </div>
  );
}

function ReduceField() {
  const { reduce, targetTriangles, toleranceMm } = useSession((s) => s.params.surface);
  if (reduce === 'no') return null;
  return reduce === 'count' ? (
    <NumberField
      label="Triangles at most"
      unit=""
      placeholder={String(SURFACE_DEFAULTS.targetTriangles)}
      min={100}
      max={50_000_000}
      step={1000}
      value={targetTriangles}
      onChange={(n) =>
        setParams('surface', {
          targetTriangles: Math.round(n ?? SURFACE_DEFAULTS.targetTriangles),
        })
      }
    />
  ) : (
    <NumberField
      label="Nothing moves farther than"
      unit="mm"
      placeholder={String(SURFACE_DEFAULTS.toleranceMm)}
      min={0.001}
      max={10}
      step={0.05}
      value={toleranceMm}
      onChange={(mm) => setParams('surface', { toleranceMm: mm ?? SURFACE_DEFAULTS.toleranceMm })}
    />
  );
}

/** Counting waits until a level has stopped being typed. */
const REST_MS = 300;

/** What it will be, before it is made. */
function Estimate({ of }: { readonly of: SurfaceOf }) {
  const params = useSession((s) => s.params.surface);
  const isReady = useSession((s) => s.engine.step === 'ready');
  // Counted anew only for what changes the count.
  const key = useSession((s) => {
    const level = of === 'scan' ? levelOf(s) : '';
    return `${sourceKey(s, of)} ${level} ${s.params.surface.capBorder}`;
  });
  const [found, setFound] = useState<{ key: string; is: SurfaceEstimate | null } | null>(null);
  useEffect(() => {
    if (!isReady) return undefined;
    let isLast = true;
    const timer = setTimeout(() => {
      void estimate(of).then((is) => isLast && setFound({ key, is }));
    }, REST_MS);
    return () => {
      isLast = false;
      clearTimeout(timer);
    };
  }, [of, key, isReady]);
  const counted = found?.key === key ? found : null;
  // Its line is kept, so that nothing moves when it is counted.
  return (
    <p className="min-h-5 text-ink-2">
      {counted === null && 'Counting triangles…'}
      {counted?.is && estimateWords(counted.is.triangles, counted.is.bytes, params)}
    </p>
  );
}
