import type { LabelMeasures, LungMeasures, Note } from 'hounsfield';
import { useEffect } from 'react';

import { cancelMeasures, measureAll } from '../actions/measures.js';
import { closeMeasures } from '../actions/overlay.js';
import { useUnit } from '../hooks/useUnit.js';
import { checkWords } from '../lib/check.js';
import { LUNG_COLUMNS, labelColumns } from '../lib/measures.js';
import { tableText } from '../lib/table.js';
import type { Column } from '../lib/table.js';
import { outcomeOf } from '../lib/task.js';
import { get, masksKey, useSession } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { DataTable } from './ui/DataTable.js';
import { Modal } from './ui/Modal.js';
import { ProblemNotice, Remarks, Warnings } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';

/** The numbers of all masks side by side. In a file of its own, fetched when the network is idle. */
export default function MeasuresDialog() {
  const measures = useSession((s) => s.tasks.measures);
  const key = useSession(masksKey);
  useEffect(() => void measureAll(key), [key]);
  const outcome = outcomeOf(measures);
  const close = (): void => {
    cancelMeasures();
    closeMeasures();
  };
  return (
    <Modal title="Measures" onClose={close}>
      <div className="space-y-5">
        <CheckBadge />
        {measures.step === 'running' && (
          <ProgressBar label="Measuring" progress={measures.progress} onCancel={close} />
        )}
        {measures.step === 'failed' && (
          <ProblemNotice title={measures.title} problem={measures.problem}>
            <Button onClick={() => void measureAll()}>Try again</Button>
          </ProblemNotice>
        )}
        {outcome?.of === key && (
          <>
            <Labels rows={outcome.labels} />
            {outcome.lungs && <Lungs measures={outcome.lungs} />}
            <p className="text-xs text-ink-3">
              Values of padding are in no number but voxels and volume. Research use only, not a
              medical device.
            </p>
          </>
        )}
      </div>
    </Modal>
  );
}

function Labels({ rows }: { readonly rows: readonly LabelMeasures[] }) {
  const columns = labelColumns(useUnit());
  if (rows.length === 0) {
    return <p className="text-ink-2">There is no mask yet: find bones or lungs first.</p>;
  }
  return (
    <div>
      <Title name="Masks" rows={rows} columns={columns} />
      <DataTable caption="Measures of every mask" columns={columns} rows={rows} />
    </div>
  );
}

function Lungs({ measures }: { readonly measures: LungMeasures }) {
  const { rows, notes } = measures;
  return (
    <div>
      <Title name="Lungs and their thirds" rows={rows} columns={LUNG_COLUMNS} all={measures} />
      <DataTable caption="Measures of the lungs" columns={LUNG_COLUMNS} rows={rows} />
      <Warnings notes={notes.filter(isCaveat)} className="mt-2" />
      <Remarks notes={notes.filter((note) => !isCaveat(note))} className="mt-2" />
    </div>
  );
}

/** The weight of lungs over-reads: nobody should have to find that out by mistake. */
function isCaveat({ code }: Note): boolean {
  return code === 'lung_weight';
}

interface TitleProps<Row> {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** What is copied as JSON; default: the rows. */
  readonly all?: object;
}

function Title<Row>({ name, rows, columns, all = rows }: TitleProps<Row>) {
  const check = (): string => {
    const now = get().scan?.check;
    return now ? checkWords(now) : '';
  };
  const json = (): string => {
    const now = get().scan?.check;
    const ctCheck = now?.step === 'done' ? now.items : null;
    const measured = all === rows ? { rows } : all;
    return JSON.stringify({ ...measured, ctCheck }, null, 2);
  };
  return (
    <div className="mb-1 flex flex-wrap items-center max-md:-ml-3">
      <h3 className="flex-1 font-semibold max-md:min-w-full max-md:pl-3">{name}</h3>
      <CopyButton name="Copy as CSV" text={() => tableText(rows, columns, ',', check())} />
      <CopyButton name="Copy as TSV" text={() => tableText(rows, columns, '\t', check())} />
      <CopyButton name="Copy as JSON" text={json} />
    </div>
  );
}
