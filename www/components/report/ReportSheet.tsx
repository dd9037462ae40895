import type { LungsReport, Note } from 'hounsfield';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { WORDS, checkWords } from '../../lib/check.js';
import {
  millilitres,
  number,
  percent,
  sentence,
  sizeVoxel,
  spacingMm,
  typeset,
} from '../../lib/format.js';
import { LUNG_COLUMNS } from '../../lib/measures.js';
import { normRows } from '../../lib/norms.js';
import type { NormRow } from '../../lib/norms.js';
import { useSession } from '../../session.js';
import type { OpenScan, ReportOutcome } from '../../session.js';
import { CoronalFigure } from './CoronalFigure.js';
import { HistogramFigure } from './HistogramFigure.js';
import { recipeJson, version } from './recipe.js';

/** What is left of the height of a Letter sheet within its margins; A4 has more. */
const PAGE_PX = (252 / 25.4) * 96;

interface ReportSheetProps {
  readonly report: LungsReport;
  readonly outcome: ReportOutcome;
}

/** One sheet of paper, light in either theme. Nothing on it says whose scan it is, unless the reader does. */
export function ReportSheet({ report, outcome }: ReportSheetProps) {
  const { measures, histograms, picture } = outcome;
  const scan = useSession((s) => s.scan);
  const layers = useSession((s) => s.layers);
  const sheet = useRef<HTMLElement>(null);
  useEffect(() => fitOnOnePage(sheet.current), []);
  if (!scan) return null;
  const colours = { left: layers.leftLung.colour, right: layers.rightLung.colour };
  return (
    <article ref={sheet} aria-label="Lung report" className="sheet">
      <Head scan={scan} day={outcome.day} />
      <div className="sheet-pair">
        <figure>
          {picture && <CoronalFigure picture={picture} />}
          <figcaption>
            Coronal slice through the middle of the lungs, lung window.{' '}
            <Swatch colour={colours.left} /> left, <Swatch colour={colours.right} /> right,{' '}
            <Swatch colour={layers.airways.colour} /> airways.
          </figcaption>
        </figure>
        <div>
          <Headline report={report} />
          <figure className="mt-[3mm]">
            <HistogramFigure {...histograms} borderHu={report.borderHu} colours={colours} />
            <figcaption>
              Values of the scan (grey), <Swatch colour={colours.left} /> left and{' '}
              <Swatch colour={colours.right} /> right lung; padding left out.
            </figcaption>
          </figure>
        </div>
      </div>
      <Notes notes={report.flags} isFlag />
      <Block title="Measures">
        <Measures outcome={outcome} />
        <Notes notes={measures.notes} />
      </Block>
      <Norms rows={normRows(measures)} />
      <Block title="Method">
        <p>{typeset(report.methods)}</p>
        <Notes notes={report.notes} />
        <p className="sheet-code">{recipeJson(report, 0)}</p>
      </Block>
      <footer>
        Research use only, not a medical device. Hounsfield {version()}, made on this device; the
        scan was not sent anywhere.
      </footer>
    </article>
  );
}

/** Below this nobody reads it; there would rather be a second page. */
const SMALLEST = 0.5;

/** Measured as it will be printed, and made smaller, and wider for it, until it fits. */
function fitOnOnePage(sheet: HTMLElement | null): (() => void) | undefined {
  if (!sheet) return undefined;
  const fits = (share: number): boolean => {
    sheet.style.setProperty('--fit', share.toFixed(4));
    return sheet.scrollHeight * share <= PAGE_PX;
  };
  const fit = (): void => {
    sheet.classList.add('as-paper');
    let [low, high] = [SMALLEST, 1];
    if (!fits(high)) {
      for (let step = 0; step < 8; step++) {
        const middle = (low + high) / 2;
        if (fits(middle)) low = middle;
        else high = middle;
      }
      sheet.style.setProperty('--fit', low.toFixed(4));
    }
    sheet.classList.remove('as-paper');
  };
  window.addEventListener('beforeprint', fit);
  return () => window.removeEventListener('beforeprint', fit);
}

/** Facts without the name of the file or the series: those are often people's. */
function Head({ scan, day }: { readonly scan: OpenScan; readonly day: string }) {
  const { info, check, intensity } = scan;
  const items = check.step === 'done' ? check.items.filter(({ status }) => status !== 'pass') : [];
  const facts = [
    info.format,
    `${sizeVoxel(info.sizeVoxel)} voxels`,
    spacingMm(info.spacingMm),
    ...(intensity ? [`${percent(intensity.paddingShare)} padding`] : []),
  ];
  return (
    <header>
      <div className="sheet-title">
        <h2>Lungs in a CT scan</h2>
        <label>
          Case{' '}
          <input type="text" autoComplete="off" placeholder="not stored" className="sheet-case" />
        </label>
        <p>{day}</p>
      </div>
      <p>{facts.join(' · ')}</p>
      <p>
        CT check: {checkWords(check)}.{' '}
        {items.map(({ title, status, value }) => `${title}: ${WORDS[status]}, ${value}.`).join(' ')}
      </p>
    </header>
  );
}

function Headline({ report }: { readonly report: LungsReport }) {
  const { left, right, airways, leftShare } = report;
  const share = (of: number): string => (leftShare === null ? '' : ` (${number(100 * of)} %)`);
  return (
    <div>
      <p>
        <span className="sheet-number">{millilitres(left.volumeMl + right.volumeMl)}</span> of lung
      </p>
      <p>
        Left {millilitres(left.volumeMl)}
        {share(leftShare ?? 0)}, right {millilitres(right.volumeMl)}
        {share(1 - (leftShare ?? 0))}
        {airways && `, airways ${millilitres(airways.volumeMl)}`}
      </p>
    </div>
  );
}

function Measures({ outcome }: { readonly outcome: ReportOutcome }) {
  return (
    <Wide name="Measures of the lungs">
      <table>
        <thead>
          <tr>
            {LUNG_COLUMNS.map(({ id, title, unit }) => (
              <th key={id} scope="col">
                {title}
                {unit && `, ${unit}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outcome.measures.rows.map((row) => (
            <tr key={row.name}>
              {LUNG_COLUMNS.map((column, k) =>
                k === 0 ? (
                  <th key={column.id} scope="row">
                    {column.text(row)}
                  </th>
                ) : (
                  <td key={column.id}>{column.text(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** Scrolls where there is less room than on a sheet. */
function Wide({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={name}
      className="sheet-wide"
    >
      {children}
    </section>
  );
}

/** They bind nobody: other scanners, other people, another breath. */
function Norms({ rows }: { readonly rows: readonly NormRow[] }) {
  if (rows.length === 0) return null;
  const groups = [...new Set(rows.map(groupOf))];
  return (
    <Block title="Beside what others found in normal lungs">
      <div className="sheet-pair">
        <table>
          <thead>
            <tr>
              <th scope="col">Both lungs</th>
              <th scope="col">Here</th>
              <th scope="col">Published (range)</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.quantity + groupOf(row)}>
                <th scope="row">{row.quantity}</th>
                <td>{row.here}</td>
                <td>{row.published}</td>
                <td>{1 + groups.indexOf(groupOf(row))}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div>
          <ol className="sheet-sources">
            {groups.map((group) => (
              <li key={group}>{group}</li>
            ))}
          </ol>
          <p className="sheet-note">
            Ranges are mean ± 2 standard deviations unless said otherwise. Other scanners, other
            people and another breath give other numbers.
          </p>
        </div>
      </div>
    </Block>
  );
}

/** Who was measured, and where it stands. */
function groupOf({ source, doi, of }: NormRow): string {
  return `${source}, doi ${doi}: ${of}`;
}

function Block({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Each by itself where it is to be looked at, else one after the other. */
function Notes(props: { readonly notes: readonly Note[]; readonly isFlag?: boolean }) {
  const sentences = props.notes.map(({ message }) => sentence(message));
  if (!props.isFlag) return <p className="sheet-note">{sentences.join(' ')}</p>;
  return sentences.map((text) => (
    <p key={text} className="sheet-flag">
      {text}
    </p>
  ));
}

function Swatch({ colour }: { readonly colour: string }) {
  return (
    <svg aria-hidden viewBox="0 0 8 8" className="inline-block size-[0.8em]">
      <rect width="8" height="8" fill={colour} />
    </svg>
  );
}
