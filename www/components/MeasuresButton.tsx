import { Table2 } from 'lucide-react';

import { openMeasures } from '../actions/overlay.js';
import { Button } from './ui/Button.js';

/** The numbers of every mask there is. */
export function MeasuresButton() {
  return (
    <Button icon={Table2} className="flex-1" onClick={openMeasures}>
      Measures…
    </Button>
  );
}
