import { storeSingleKeys } from '../lib/prefs.js';
import { set, useSession } from '../session.js';
import { Dialog } from './ui/Dialog.js';
import { Switch } from './ui/Field.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['o', 'Open files'],
  ['1 – 5', 'Window: bone, lung, soft tissue, brain, mediastinum'],
  ['Space', 'Hide or show the overlay'],
  ['[   ]', 'Less or more overlay opacity'],
  [
    '← →',
    'On the curve: threshold by 1 HU, with Shift by 10 HU; on the histogram: the window by 10 HU',
  ],
  ['m', 'Measure distances, and stop'],
  ['Esc', 'Cancel what is running, stop measuring, leave a table or the report'],
  ['?', 'This list'],
];

const HAND: readonly (readonly [string, string])[] = [
  ['Click, drag', 'Move the crosshair; in 3D: turn'],
  ['Wheel', 'Scroll through slices'],
  ['Ctrl + wheel, pinch', 'Zoom'],
  ['Right drag', 'Window and level'],
  ['Middle drag', 'Pan'],
  ['Double click, Enter', 'One view fills the stage, and back'],
  ['Arrows, Page keys', 'In the view with the focus: slices; with Shift the crosshair'],
  ['Measuring', 'Click or drag; Enter at the crosshair; Backspace takes back'],
];

const IN_3D: readonly (readonly [string, string])[] = [
  ['Drag, one finger', 'Turn'],
  ['Wheel, pinch', 'Zoom'],
  ['Middle or Shift + drag', 'Move; so do two fingers'],
  ['Arrows', 'Turn by 10°; with Shift: move'],
  ['+   −', 'Zoom'],
  ['Home', 'As it was at first'],
];

function switchKeys(singleKeys: boolean): void {
  set({ singleKeys });
  storeSingleKeys(singleKeys);
}

export function HelpDialog() {
  const singleKeys = useSession((s) => s.singleKeys);
  return (
    <Dialog id="help" title="Keys and mouse">
      <List title="Keys" rows={KEYS} />
      <div className="mb-4">
        <Switch label="Single keys are commands" checked={singleKeys} onChange={switchKeys} />
      </div>
      <List title="In the views" rows={HAND} />
      <List title="In 3D" rows={IN_3D} />
      <p className="text-ink-2">
        Hounsfield finds the skeleton, the lungs and the airways in a CT scan and measures them,
        inside this browser, and makes surfaces of them. Each task has a tab; results of all of them
        are drawn together, stand in one table of measures, and lungs have a report to print. It is
        for research only and is not a medical device.
      </p>
    </Dialog>
  );
}

function List(props: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section className="mb-4">
      <h3 className="mb-1 font-semibold">{props.title}</h3>
      <dl className="grid grid-cols-[9rem_1fr] gap-x-4 gap-y-1">
        {props.rows.map(([keys, meaning]) => (
          <div key={keys} className="contents">
            <dt className="text-ink-2">{keys}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
