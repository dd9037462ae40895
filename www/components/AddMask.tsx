import { Plus } from 'lucide-react';

import { pickMasks } from './picker.js';
import { Button } from './ui/Button.js';

/** Files of labels that lie on the grid of the scan. */
export function AddMask() {
  return (
    <Button
      look="quiet"
      icon={Plus}
      className="-my-1 -mr-2 min-h-7 px-2"
      title="NIfTI, NRRD or MetaImage labels, or pictures as many as there are slices"
      onClick={pickMasks}
    >
      Add mask…
    </Button>
  );
}
