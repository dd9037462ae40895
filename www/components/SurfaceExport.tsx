import { Download } from 'lucide-react';
import type { SurfaceFormat } from 'hounsfield';
import { useState } from 'react';

import { cancelSurfaceFile, downloadSurfaces } from '../actions/surfaces.js';
import { bytes } from '../lib/format.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import { Button } from './ui/Button.js';
import { ProblemNotice } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { Section } from './ui/Section.js';
import { Segmented } from './ui/Segmented.js';

const FORMATS = [
  { value: 'stl', name: 'STL', title: 'Binary; triangles only' },
  { value: '3mf', name: '3MF', title: 'To print: parts, colours and millimetres' },
  { value: 'glb', name: 'GLB', title: 'To show: parts and colours; in metres, as glTF asks' },
  { value: 'obj', name: 'OBJ', title: 'Text; named groups' },
  { value: 'ply', name: 'PLY', title: 'Binary; a colour for each vertex' },
] as const satisfies readonly { readonly value: SurfaceFormat; name: string; title: string }[];

/** What each format keeps of several surfaces. */
const PARTS: Readonly<Record<SurfaceFormat, string>> = {
  stl: 'STL has no parts: surfaces become one. 3MF, GLB and OBJ keep them apart, with their names.',
  '3mf': 'Each surface is a part with its name and colour, in millimetres.',
  glb: 'Each surface is a part with its name and colour, in metres.',
  obj: 'Each surface is a group with its name, in millimetres.',
  ply: 'PLY has no parts: surfaces become one, told apart by their colours.',
};

/** Those that are shown, as one file. */
export function SurfaceExport() {
  const [format, setFormat] = useState<SurfaceFormat>('stl');
  const task = useSession((s) => s.tasks.surfaceFile);
  const shown = useSession((s) => s.surfaces.filter(({ visible }) => visible).length);
  const isReady = useSession((s) => s.engine.step === 'ready');
  const outcome = outcomeOf(task);
  return (
    <Section title="Download">
      <div className="space-y-2">
        <Segmented
          label="Format"
          options={FORMATS}
          value={format}
          onChange={setFormat}
          className="flex w-full"
        />
        {shown > 1 && <p className="text-ink-2">{PARTS[format]}</p>}
        {task.step === 'running' ? (
          <ProgressBar
            label="Writing the file"
            progress={task.progress}
            onCancel={cancelSurfaceFile}
          />
        ) : (
          <Button
            look="primary"
            icon={Download}
            className="h-10 w-full"
            disabled={!isReady || shown === 0}
            onClick={() => void downloadSurfaces(format)}
          >
            {shown > 1 ? `Download ${shown} surfaces` : 'Download surface'} (.{format})
          </Button>
        )}
        {shown === 0 && (
          <p className="text-ink-2">No surface is shown, so there is none to save.</p>
        )}
        {task.step === 'failed' && <ProblemNotice title={task.title} problem={task.problem} />}
        {outcome && task.step === 'done' && (
          <p className="text-ink-2">
            Saved {bytes(outcome.bytes)}: <span className="break-words">{outcome.name}</span>
          </p>
        )}
      </div>
    </Section>
  );
}
