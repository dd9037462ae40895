import { FileUp, FlaskConical, FolderUp } from 'lucide-react';

import { openSample } from '../actions/open.js';
import { useSession } from '../session.js';
import { showDialog } from './dialogs.js';
import { pickFiles, pickFolder } from './picker.js';
import { Button } from './ui/Button.js';

/** What this is, and the ways in. Files and folders can be dropped anywhere in the window. */
export function EmptyStage() {
  const isStarting = useSession((s) => s.engine.step === 'starting');
  return (
    <section aria-labelledby="welcome" className="text-center">
      <h2 id="welcome" className="text-xl font-semibold tracking-tight text-balance">
        From a CT scan to bones, lungs and their numbers, in this browser
      </h2>
      <p className="mt-2 text-base text-ink-2">
        <span className="pointer-coarse:hidden">
          Drop files, a folder or a zip anywhere in this window, or choose here.
        </span>
        <span className="hidden pointer-coarse:inline">Choose a scan from this device.</span>
      </p>
      <div className="mt-6 flex flex-wrap justify-center gap-2">
        <Button look="primary" icon={FileUp} className="h-10 px-4" onClick={pickFiles}>
          Choose files
        </Button>
        <Button icon={FolderUp} className="h-10 px-4" onClick={pickFolder}>
          Choose a folder
        </Button>
        <Button icon={FlaskConical} className="h-10 px-4" onClick={() => void openSample()}>
          Try a sample scan
        </Button>
      </div>
      <p className="mt-4 text-ink-2 text-balance">
        DICOM folders and zips, NIfTI, NRRD, MetaImage, and pictures: PNG, TIFF, JPEG, BMP
      </p>
      <p className="mt-10 text-ink-2">
        Your scan stays on this device. Nothing is uploaded:{' '}
        <button
          type="button"
          onClick={() => showDialog('enforcement')}
          className="cursor-pointer text-accent underline underline-offset-2 relative after:absolute after:inset-x-0 after:-inset-y-3"
        >
          see how this is enforced
        </button>
        .
      </p>
      {/* Its place is kept, so that nothing moves when the engine is there. */}
      <p className="mt-2 h-5 text-ink-3">{isStarting && 'Starting the engine'}</p>
    </section>
  );
}
