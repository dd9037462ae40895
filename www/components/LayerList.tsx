import { FlipVertical2 } from 'lucide-react';

import {
  cancelAdding,
  dismissAdding,
  DRAWN_AT_ONCE,
  isFull,
  removeMask,
  showLayer,
  turnOver,
} from '../actions/masks.js';
import { number } from '../lib/format.js';
import { presentLayers, setLayer, useSession } from '../session.js';
import type { AddedId, Layer, LayerId } from '../session.js';
import { pickMasks } from './picker.js';
import { Button } from './ui/Button.js';
import { Look } from './ui/Look.js';
import { ProblemNotice } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';

/** Every mask there is: seen or not, how strongly, in which colour. */
export function LayerList() {
  const layers = useSession((s) => s.layers);
  const adding = useSession((s) => s.adding);
  const present = presentLayers(layers);
  const hidden = present.filter(([, { visible }]) => !visible);
  return (
    <div className="space-y-3">
      {present.length === 0 && adding.step === 'idle' && (
        <p className="text-ink-2">Bones and lungs appear here once they are found.</p>
      )}
      <ul className="space-y-2">
        {present.map(([id, layer]) => (
          <LayerRow key={id} id={id} layer={layer} />
        ))}
      </ul>
      {hidden.length > 0 && isFull() && (
        <p className="text-ink-2">
          The views draw {number(DRAWN_AT_ONCE)} masks at once. Hide one to show another.
        </p>
      )}
      {adding.step === 'reading' && (
        <ProgressBar
          label={`Reading ${adding.name}`}
          progress={adding.progress}
          onCancel={cancelAdding}
        />
      )}
      {adding.step === 'failed' && (
        <ProblemNotice title={`Could not add ${adding.name}`} problem={adding.problem}>
          <Button onClick={pickMasks}>Choose another file</Button>
          <Button look="quiet" onClick={dismissAdding}>
            Dismiss
          </Button>
        </ProblemNotice>
      )}
    </div>
  );
}

function isAdded(id: LayerId): id is AddedId {
  return id.startsWith('added-');
}

function LayerRow({ id, layer }: { readonly id: LayerId; readonly layer: Layer }) {
  const { name, colour, opacity, visible, notes = [], turned } = layer;
  return (
    <li>
      <Look
        name={name}
        colour={colour}
        opacity={opacity}
        visible={visible}
        onChange={(change) => setLayer(id, change)}
        onShow={(next) => showLayer(id, next)}
        {...(isAdded(id) ? { onRemove: () => removeMask(id) } : {})}
      />
      {notes.map((note) => (
        <p key={note} className="mt-1 text-ink-2">
          {note}
        </p>
      ))}
      {isAdded(id) && turned !== undefined && (
        <Button
          look="quiet"
          icon={FlipVertical2}
          className="-ml-2 min-h-7 px-2"
          aria-label={`${turned ? 'Turn back' : 'Turn over'} ${name}`}
          title="Nothing says which end of the stack is up: take the last slice for the lowest, or back"
          onClick={() => void turnOver(id)}
        >
          {turned ? 'Turn back' : 'Turn over'}
        </Button>
      )}
    </li>
  );
}
