import { ChevronRight } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Histogram } from 'hounsfield';

import { cancelCounting, countValues } from '../actions/histogram.js';
import { useUnit } from '../hooks/useUnit.js';
import { checkWords } from '../lib/check.js';
import { hounsfield, number } from '../lib/format.js';
import { voxelMl } from '../lib/grid.js';
import { drawnRange, histogramCsv } from '../lib/histogram.js';
import { outcomeOf } from '../lib/task.js';
import { get, maskKey, presentLayers, useSession } from '../session.js';
import type { HistogramOf, LayerId } from '../session.js';
import type { MarkLine } from './HistogramPlot.js';
import { HistogramTable } from './HistogramTable.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { Disclosure } from './ui/Disclosure.js';
import { SelectField } from './ui/Field.js';
import { ProblemNotice } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { WindowBand } from './WindowBand.js';

const HistogramPlot = lazy(() => import('./HistogramPlot.js'));

/** How often each value occurs; counted when somebody wants to see it. */
export function HistogramSection() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className="group/histogram border-b border-line last:border-0"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="flex min-h-10 cursor-pointer list-none items-center gap-1 px-3 hover:bg-hover pointer-coarse:min-h-11">
        <h2 className="flex-1 font-semibold">Histogram</h2>
        <ChevronRight aria-hidden size={15} className="text-ink-2 group-open/histogram:rotate-90" />
      </summary>
      {isOpen && <Content />}
    </details>
  );
}

function Content() {
  const [wanted, setWanted] = useState<HistogramOf>('scan');
  const layers = useSession((s) => s.layers);
  const task = useSession((s) => s.tasks.histogram);
  const present = presentLayers(layers);
  const of = present.some(([id]) => id === wanted) ? wanted : 'scan';
  const key = useSession((s) => (of === 'scan' ? `scan ${s.scan?.nth}` : maskKey(s, of)));
  useEffect(() => void countValues(of, key), [of, key]);
  const outcome = outcomeOf(task);
  return (
    <div className="space-y-2 px-3 pb-3">
      <SelectField
        label="Of"
        options={[
          { value: 'scan', name: 'Whole scan' },
          ...present.map(([value, { name }]) => ({ value, name })),
        ]}
        value={of}
        onChange={setWanted}
      />
      {outcome && outcome.key === key ? (
        <Counted histogram={outcome.histogram} of={of} />
      ) : (
        task.step === 'running' && (
          <ProgressBar label="Counting" progress={task.progress} onCancel={cancelCounting} />
        )
      )}
      {task.step === 'failed' && (
        <ProblemNotice title={task.title} problem={task.problem}>
          <Button onClick={() => void countValues(of, key)}>Try again</Button>
        </ProblemNotice>
      )}
    </div>
  );
}

function Counted({ histogram, of }: { readonly histogram: Histogram; readonly of: HistogramOf }) {
  const unit = useUnit();
  const range = useMemo(() => drawnRange(histogram), [histogram]);
  const lines = useLines();
  const { centreHu, widthHu } = useSession((s) => s.view.window);
  const ml = voxelMl(useSession((s) => s.scan?.info.rasFromVoxel) ?? []);
  if (histogram.counts.length === 0) return <p className="text-ink-2">There is nothing in it.</p>;
  return (
    <>
      <div className="relative">
        <Suspense fallback={<div className="h-44" />}>
          <HistogramPlot histogram={histogram} range={range} lines={lines} />
        </Suspense>
        {/* The drawing area of the plot: see INSET there. */}
        <div className="absolute top-9 right-2.5 bottom-5.5 left-9.5">
          <WindowBand range={range} unit={unit} />
        </div>
      </div>
      <p className="text-ink-2">
        Window {number(centreHu - widthHu / 2)} to {hounsfield(centreHu + widthHu / 2, unit)}
      </p>
      {lines.length > 0 && (
        <ul className="flex flex-wrap gap-x-3">
          {lines.map(({ name, hu, colour }) => (
            <li key={name} className="flex items-center gap-1.5 text-ink-2">
              <span
                aria-hidden
                className="h-3 w-0 border-l-2 border-dashed"
                style={{ borderColor: colour }}
              />
              {name} {hounsfield(hu, unit)}
            </li>
          ))}
        </ul>
      )}
      <Disclosure title="Peaks and table">
        <div className="mb-2 -ml-3">
          <CopyButton name="Copy as CSV" text={() => histogramCsv(histogram, ml, check())} />
        </div>
        <HistogramTable histogram={histogram} voxelMl={ml} unit={unit} of={nameOf(of)} />
      </Disclosure>
    </>
  );
}

function check(): string {
  const now = get().scan?.check;
  return now ? checkWords(now) : '';
}

function nameOf(of: HistogramOf): string {
  return of === 'scan' ? 'the scan' : (get().layers[of as LayerId]?.name ?? '');
}

/** The values that the results on screen hang on. */
function useLines(): readonly MarkLine[] {
  const boneHu = useSession((s) => s.previewHu ?? outcomeOf(s.tasks.bones)?.report.thresholdHu);
  const lungHu = useSession((s) => outcomeOf(s.tasks.lungs)?.report.borderHu);
  const bones = useSession((s) => s.layers.bones.colour);
  const lungs = useSession((s) => s.layers.leftLung.colour);
  return useMemo(() => {
    const lines: MarkLine[] = [];
    if (lungHu !== undefined) lines.push({ name: 'Lung below', hu: lungHu, colour: lungs });
    if (boneHu !== undefined) lines.push({ name: 'Bone above', hu: boneHu, colour: bones });
    return lines;
  }, [boneHu, lungHu, bones, lungs]);
}
