import { Table2 } from 'lucide-react';

import { openMeasures } from '../actions/overlay.js';
import { useSession } from '../session.js';
import { Button } from './ui/Button.js';

/** The numbers of every mask there is. */
export function MeasuresButton() {
  const canRun = useSession((s) => s.engine.step === 'ready');
  return (
    <Button icon={Table2} className="flex-1" disabled={!canRun} onClick={openMeasures}>
      Measures…
    </Button>
  );
}
