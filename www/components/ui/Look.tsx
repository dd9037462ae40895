import { Eye, EyeOff, Trash2 } from 'lucide-react';

import { percent } from '../../lib/format.js';
import { IconButton } from './Button.js';

interface LookProps {
  readonly name: string;
  readonly colour: string;
  /** 0 to 1. */
  readonly opacity: number;
  readonly visible: boolean;
  readonly onChange: (change: { readonly colour: string } | { readonly opacity: number }) => void;
  readonly onShow: (visible: boolean) => void;
  /** Absent: it cannot be taken away. */
  readonly onRemove?: () => void;
}

/** How something drawn looks: seen or not, how strongly, in which colour. */
export function Look({ name, colour, opacity, visible, onChange, onShow, onRemove }: LookProps) {
  return (
    <>
      <div className="flex items-center gap-2">
        <input
          type="color"
          aria-label={`Colour of ${name}`}
          value={colour}
          onChange={(event) => onChange({ colour: event.target.value })}
          className="size-5 shrink-0 cursor-pointer rounded border border-line-strong bg-transparent p-0 pointer-coarse:size-11"
        />
        <span className="min-w-0 flex-1 truncate" title={name}>
          {name}
        </span>
        {onRemove && <IconButton icon={Trash2} label={`Remove ${name}`} onClick={onRemove} />}
        <IconButton
          icon={visible ? Eye : EyeOff}
          label={visible ? `Hide ${name}` : `Show ${name}`}
          aria-pressed={visible}
          onClick={() => onShow(!visible)}
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
          onChange={(event) => onChange({ opacity: Number(event.target.value) / 100 })}
          className="slider"
        />
        <span className="w-12 shrink-0 text-right whitespace-nowrap text-ink-2">
          {percent(opacity)}
        </span>
      </div>
    </>
  );
}
