import { Eye, EyeOff } from 'lucide-react';

import { percent } from '../lib/format.js';
import { setLayer, useSession } from '../session.js';
import type { Layer, LayerId } from '../session.js';
import { IconButton } from './ui/Button.js';

/** Every mask there is: seen or not, how strongly, in which colour. */
export function LayerList() {
  const layers = useSession((s) => s.layers);
  const present = (Object.entries(layers) as [LayerId, Layer][]).filter(([, l]) => l.present);
  if (present.length === 0)
    return <p className="text-ink-2">Bones appear here once they are found.</p>;
  return (
    <ul className="space-y-2">
      {present.map(([id, layer]) => (
        <LayerRow key={id} id={id} layer={layer} />
      ))}
    </ul>
  );
}

function LayerRow({ id, layer }: { readonly id: LayerId; readonly layer: Layer }) {
  const { name, colour, opacity, visible } = layer;
  return (
    <li>
      <div className="flex items-center gap-2">
        <input
          type="color"
          aria-label={`Colour of ${name}`}
          value={colour}
          onChange={(event) => setLayer(id, { colour: event.target.value })}
          className="size-5 shrink-0 cursor-pointer rounded border border-line-strong bg-transparent p-0 pointer-coarse:size-11"
        />
        <span className="min-w-0 flex-1 truncate">{name}</span>
        <IconButton
          icon={visible ? Eye : EyeOff}
          label={visible ? `Hide ${name}` : `Show ${name}`}
          aria-pressed={visible}
          onClick={() => setLayer(id, { visible: !visible })}
        />
      </div>
      <div className="flex items-center gap-2">
        <input
          type="range"
          aria-label={`Opacity of ${name}`}
          min={0}
          max={100}
          step={5}
          value={Math.round(opacity * 100)}
          onChange={(event) => setLayer(id, { opacity: Number(event.target.value) / 100 })}
          className="slider"
        />
        <span className="w-10 shrink-0 text-right text-ink-2">{percent(opacity)}</span>
      </div>
    </li>
  );
}
