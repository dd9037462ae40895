import { FolderDown, Images } from 'lucide-react';
import { useId } from 'react';

import {
  cancelSlices,
  labelledLayers,
  saveSlicesFolder,
  saveSlicesZip,
} from '../actions/slices.js';
import { useUnit } from '../hooks/useUnit.js';
import { bytes, count, number } from '../lib/format.js';
import { canPickFolder } from '../lib/folder.js';
import { caseIdProblem, rangeOf, SLICES_DEFAULTS } from '../lib/slices.js';
import { outcomeOf } from '../lib/task.js';
import { setParams, useSession } from '../session.js';
import type { SlicesOutcome } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { Button } from './ui/Button.js';
import { Choice } from './ui/Choice.js';
import { CopyButton } from './ui/Copy.js';
import { Disclosure } from './ui/Disclosure.js';
import { NumberField, Switch } from './ui/Field.js';
import { ProblemNotice } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { Section } from './ui/Section.js';
import { Segmented } from './ui/Segmented.js';

const FORMATS = [
  { value: 'png8', name: 'PNG, 8 bit', title: 'A window of HU, as it is seen' },
  { value: 'png16', name: 'PNG, 16 bit', title: 'Every HU: stored − 32 768' },
  { value: 'tiff16', name: 'TIFF', title: 'As the scan is held: 16-bit HU, or floats' },
] as const;

const PLANES = [
  { value: 'axial', name: 'Axial' },
  { value: 'coronal', name: 'Coronal' },
  { value: 'sagittal', name: 'Sagittal' },
] as const;

/** Slices as files for training: pictures, masks, and a manifest that names nobody. */
export function SlicesSection() {
  const task = useSession((s) => s.tasks.slices);
  const isPrepared = useSession((s) => s.tasks.prepare.step === 'done');
  const isPreparing = useSession((s) => s.tasks.prepare.step === 'running');
  const isReady = useSession((s) => s.engine.step === 'ready');
  const params = useSession((s) => s.params.slices);
  const isWrong = caseIdProblem(params.caseId) !== '';
  const canSave = isReady && !isPreparing && !isWrong;
  const outcome = outcomeOf(task);
  return (
    <Section title="Slices for training">
      <div className="space-y-3">
        <p className="text-ink-2">
          {isPrepared ? 'Of the prepared copy' : 'Of the scan as it is'}: a picture a slice,
          upright, and a manifest with the geometry. <Labels />
        </p>
        <Fields />
        {task.step === 'running' ? (
          <ProgressBar label="Saving slices" progress={task.progress} onCancel={cancelSlices} />
        ) : (
          <div className="flex flex-wrap gap-2">
            <Button
              icon={Images}
              className="h-10 flex-auto whitespace-nowrap"
              disabled={!canSave}
              onClick={() => void saveSlicesZip()}
            >
              Download (.zip)
            </Button>
            {canPickFolder() && (
              <Button
                icon={FolderDown}
                className="h-10 flex-auto whitespace-nowrap"
                disabled={!canSave}
                onClick={() => void saveSlicesFolder()}
              >
                Into a folder…
              </Button>
            )}
          </div>
        )}
        {task.step === 'failed' && <ProblemNotice title={task.title} problem={task.problem} />}
        {outcome && <Saved outcome={outcome} />}
      </div>
    </Section>
  );
}

/** What the numbers in the masks mean. */
function Labels() {
  const layers = useSession((s) => s.layers);
  // Joined, so that it is the same as long as it reads the same.
  const ids = useSession((s) => labelledLayers(s).join(' '));
  if (ids === '') return 'No mask is shown, so none goes along.';
  const names = ids.split(' ').map((id, k) => {
    return `${k + 1} ${layers[id as keyof typeof layers]?.name ?? ''}`;
  });
  return `Masks that are shown go along: ${names.join(', ')}.`;
}

function Fields() {
  const params = useSession((s) => s.params.slices);
  const id = useId();
  const problem = caseIdProblem(params.caseId);
  return (
    <div className="space-y-2">
      <Choice label="Format">
        <Segmented
          label="Format"
          options={FORMATS}
          value={params.format}
          onChange={(format) => setParams('slices', { format })}
        />
      </Choice>
      <Choice label="Plane">
        <Segmented
          label="Plane"
          options={PLANES}
          value={params.plane}
          onChange={(plane) => setParams('slices', { plane })}
        />
      </Choice>
      {params.format === 'png8' && <GreyFields />}
      <div>
        <div className="flex items-center gap-2">
          <label htmlFor={id} className="min-w-0 flex-1 text-ink-2">
            Name of the case
          </label>
          <input
            id={id}
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={params.caseId}
            aria-invalid={problem !== ''}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setParams('slices', { caseId: event.target.value })}
            className="h-7 w-32 rounded-md border border-line-strong bg-raised px-2 text-ink aria-invalid:border-bad pointer-coarse:h-11"
          />
        </div>
        <p id={`${id}-hint`} className="text-xs text-ink-3">
          {problem || `In the names of the files: ${params.caseId}_000. Better not a person’s.`}
        </p>
      </div>
      <Disclosure title="Advanced">
        <Switch
          label="Masks in the layers’ colours (palette)"
          checked={params.palette}
          onChange={(palette) => setParams('slices', { palette })}
        />
        <p className="text-xs text-ink-3">
          Numbers stay those of the labels, but OpenCV reads palettes as colours.
        </p>
      </Disclosure>
    </div>
  );
}

/** What is black and what is white in 8 bits. */
function GreyFields() {
  const { blackHu, whiteHu } = useSession((s) => s.params.slices);
  const steps = useSession((s) => outcomeOf(s.tasks.prepare)?.steps);
  const window = useSession((s) => s.view.window);
  const unit = useUnit();
  const range = rangeOf(steps ?? [], window);
  const [black, white] = [blackHu ?? range.blackHu, whiteHu ?? range.whiteHu];
  return (
    <>
      <NumberField
        label="Black at"
        unit={unit}
        placeholder={number(range.blackHu)}
        min={-32768}
        max={white - 1}
        step={10}
        value={blackHu}
        onChange={(hu) => setParams('slices', { blackHu: hu ?? SLICES_DEFAULTS.blackHu })}
      />
      <NumberField
        label="White at"
        unit={unit}
        hint="Empty: as on the screen, or the range that was scaled to 0 to 1"
        placeholder={number(range.whiteHu)}
        min={black + 1}
        max={32767}
        step={10}
        value={whiteHu}
        onChange={(hu) => setParams('slices', { whiteHu: hu ?? SLICES_DEFAULTS.whiteHu })}
      />
    </>
  );
}

function Saved({
  outcome: { name, slices, bytes: size, map },
}: {
  readonly outcome: SlicesOutcome;
}) {
  return (
    <div className="space-y-1">
      <p>
        {count(slices, 'slice', 'slices')} saved, {bytes(size)}:{' '}
        <span className="break-words">{name}</span>
      </p>
      <CheckBadge />
      <p className="text-xs text-ink-3">
        The files name nobody. Which scan they are of is only in the map: keep it apart. Research
        use only, not a medical device.
      </p>
      <div className="-ml-3">
        <CopyButton name="Copy map as CSV" text={() => map} />
      </div>
    </div>
  );
}
