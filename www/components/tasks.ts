import { BonesPanel } from './BonesPanel.js';
import { LungsPanel } from './LungsPanel.js';
import { PreparePanel } from './PreparePanel.js';
import { SurfacePanel } from './SurfacePanel.js';

/** What can be done with a scan, each in a panel of its own. */
export const TASKS = [
  { id: 'bones', name: 'Bones', Panel: BonesPanel },
  { id: 'lungs', name: 'Lungs', Panel: LungsPanel },
  { id: 'surface', name: 'Surface', Panel: SurfacePanel },
  { id: 'prepare', name: 'Prepare', Panel: PreparePanel },
] as const;
