import { Plus } from 'lucide-react';

import { pickSurfaces } from './picker.js';
import { Button } from './ui/Button.js';

/** Surfaces from files, in the frame of the scan. */
export function AddSurface() {
  return (
    <Button look="quiet" icon={Plus} className="-mr-2 min-h-6 px-2" onClick={pickSurfaces}>
      Open file…
    </Button>
  );
}
