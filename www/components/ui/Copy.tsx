import { Check, Copy, X } from 'lucide-react';
import { useState } from 'react';

import { copyText } from '../../lib/save.js';
import { Button } from './Button.js';

interface CopyProps {
  readonly name: string;
  /** Made when asked for. */
  readonly text: () => string;
}

const SHOWN_MS = 2000;

const ICONS = { idle: Copy, copied: Check, refused: X } as const;

/** Says on the spot whether it worked. */
export function CopyButton({ name, text }: CopyProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async (): Promise<void> => {
    setState((await copyText(text())) ? 'copied' : 'refused');
    setTimeout(() => setState('idle'), SHOWN_MS);
  };
  const says = { idle: name, copied: 'Copied', refused: 'Copying was refused' }[state];
  return (
    <Button look="quiet" icon={ICONS[state]} onClick={() => void copy()}>
      <span aria-live="polite">{says}</span>
    </Button>
  );
}
