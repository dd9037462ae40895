import { Shapes } from 'lucide-react';

import { cancelSurface, makeSurface } from '../actions/surfaces.js';
import { useSession } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { SurfaceExport } from './SurfaceExport.js';
import { SurfaceList } from './SurfaceList.js';
import { SurfaceParams } from './SurfaceParams.js';
import { SurfaceView } from './SurfaceView.js';
import { TaskPanel } from './TaskPanel.js';

/** From a mask, or from the scan at a level, to something one can turn, measure and print. */
export function SurfacePanel() {
  const task = useSession((s) => s.tasks.surface);
  const hasSurfaces = useSession((s) => s.surfaces.length > 0);
  return (
    <TaskPanel
      task={task}
      icon={Shapes}
      run="Make surface"
      again="Make another surface"
      doing="Making the surface"
      isOpen
      intro={
        <>
          <p className="text-ink-2">
            The surface of a mask, or of the scan at a level: to be turned, measured and printed.
          </p>
          <CheckBadge />
        </>
      }
      params={<SurfaceParams />}
      onRun={makeSurface}
      onCancel={cancelSurface}
    >
      <SurfaceList />
      {hasSurfaces && (
        <>
          <SurfaceExport />
          <SurfaceView />
        </>
      )}
    </TaskPanel>
  );
}
