import type { LungsReport, Note } from 'hounsfield';
import { Contrast, FileText } from 'lucide-react';

import { openReport } from '../actions/overlay.js';
import { count, millilitres, number, sentence } from '../lib/format.js';
import { isHu } from '../lib/units.js';
import { PRESETS, setView, useSession } from '../session.js';
import type { LungsOutcome as Outcome } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { MaskDownload } from './MaskDownload.js';
import { MeasuresButton } from './MeasuresButton.js';
import { recipeJson } from './report/recipe.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { Disclosure } from './ui/Disclosure.js';
import { Facts } from './ui/Facts.js';
import { Remarks, Warnings } from './ui/Notice.js';
import { Section } from './ui/Section.js';

interface LungsOutcomeProps {
  readonly outcome: Outcome;
  /** False while another run is on its way to replace it. */
  readonly isCurrent: boolean;
}

/** One number first, how it came about, what to look at; then what to take away. */
export function LungsOutcome({ outcome, isCurrent }: LungsOutcomeProps) {
  const { report } = outcome;
  return (
    <>
      <Section title="Result" isTitleHidden>
        <Headline report={report} isCurrent={isCurrent} />
        <p className="mt-1 text-ink-2">{sentence(report.summary)}</p>
        <CheckBadge className="mt-2" />
        {report.found && <Warnings notes={report.flags} className="mt-3" />}
        {report.found && (
          <>
            <div className="mt-3">
              <Facts rows={volumes(report)} />
            </div>
            <WindowOffer />
            <MaskDownload
              task="lungs"
              name="labels"
              about="1 left lung, 2 right lung, 3 airways."
              fileBytes={outcome.fileBytes}
              isEnabled={isCurrent}
            />
            <div className="mt-2 flex gap-2">
              <MeasuresButton />
              <Button icon={FileText} className="flex-1" disabled={!isCurrent} onClick={openReport}>
                Report
              </Button>
            </div>
          </>
        )}
        <div className="mt-1 -ml-3 flex flex-wrap">
          <CopyButton name="Copy recipe as JSON" text={() => recipeJson(report)} />
          <CopyButton name="Copy methods paragraph" text={() => report.methods} />
        </div>
        <Assumptions notes={report.notes} />
        <p className="mt-1 text-xs text-ink-3">Research use only, not a medical device.</p>
      </Section>
    </>
  );
}

function Headline({ report, isCurrent }: { report: LungsReport; isCurrent: boolean }) {
  if (!report.found) return <p className="text-base font-semibold">No lung was found</p>;
  const volumeMl = report.left.volumeMl + report.right.volumeMl;
  return (
    <p className={isCurrent ? '' : 'opacity-60'}>
      <span className="text-2xl font-semibold tracking-tight">{millilitres(volumeMl)}</span>{' '}
      <span className="text-base text-ink-2">of lung</span>
    </p>
  );
}

function volumes({ left, right, airways, leftShare }: LungsReport) {
  const share = (of: number | null): string => (of === null ? '' : ` · ${number(100 * of)} %`);
  const rows: (readonly [string, string])[] = [
    ['Left lung', millilitres(left.volumeMl) + share(leftShare)],
    ['Right lung', millilitres(right.volumeMl) + share(leftShare === null ? null : 1 - leftShare)],
  ];
  if (airways) rows.push(['Airways', millilitres(airways.volumeMl)]);
  return rows;
}

/** What every result goes by, on request; what no reader should have to find out by mistake, at once. */
function Assumptions({ notes }: { readonly notes: readonly Note[] }) {
  const isCaveat = ({ code }: Note): boolean => code === 'dense_not_recovered';
  const others = notes.filter((note) => !isCaveat(note));
  return (
    <div className="mt-1">
      <Remarks notes={notes.filter(isCaveat)} />
      {others.length > 0 && (
        <Disclosure title={count(others.length, 'assumption', 'assumptions')}>
          <Remarks notes={others} />
        </Disclosure>
      )}
    </div>
  );
}

/** Lungs are black in a soft tissue window. Offered, not done: the window is the reader's. */
function WindowOffer() {
  const { centreHu, widthHu } = useSession((s) => s.view.window);
  const hasHu = useSession((s) => isHu(s.scan?.info));
  const lung = PRESETS[1].window;
  if (!hasHu || (centreHu === lung.centreHu && widthHu === lung.widthHu)) return null;
  return (
    <Button icon={Contrast} className="mt-3 w-full" onClick={() => setView({ window: lung })}>
      Show in the lung window
    </Button>
  );
}
