import { cancelOpening } from '../actions/open.js';
import { bytes, count, sizeVoxel, spacingMm } from '../lib/format.js';
import { useSession } from '../session.js';
import type { Opening } from '../session.js';
import { Button } from './ui/Button.js';
import { Facts } from './ui/Facts.js';
import { ProgressBar } from './ui/ProgressBar.js';

/** What is being read: how many files, then the geometry from their headers, then the voxels. */
export function ReadingCard() {
  const opening = useSession((s) => s.opening);
  if (opening.step === 'idle' || opening.step === 'failed') return null;
  const { name } = opening;
  return (
    <section
      aria-label={`Reading ${name}`}
      className="space-y-3 rounded-lg border border-line bg-panel p-4 text-ink shadow-lg shadow-black/20"
    >
      <h2 className="text-base font-semibold break-words">{name}</h2>
      {opening.step === 'gathering' ? (
        <div className="flex items-center gap-3">
          <p className="flex-1">
            <span className="text-ink-2">Looking through the folder: </span>
            {count(opening.files, 'file', 'files')}
          </p>
          <Button onClick={cancelOpening}>Cancel</Button>
        </div>
      ) : (
        <>
          <What opening={opening} />
          <ProgressBar
            label={`Reading ${name}`}
            progress={opening.progress}
            onCancel={cancelOpening}
          />
        </>
      )}
    </section>
  );
}

function What({ opening }: { readonly opening: Opening & { step: 'listing' | 'reading' } }) {
  if (opening.step === 'listing') {
    return (
      <Facts
        rows={[
          ['Files', count(opening.files, 'file', 'files')],
          ['Together', bytes(opening.bytes)],
        ]}
      />
    );
  }
  const { about } = opening;
  if (opening.bytes === null) {
    return (
      <p className="text-ink-2">
        A synthetic chest, made on this device, with contrast in heart and aorta.
      </p>
    );
  }
  return (
    <Facts
      rows={[
        ['Files', bytes(opening.bytes)],
        ['Size', about ? `${sizeVoxel(about.sizeVoxel)} voxels` : '…'],
        ['Spacing', about ? spacingMm(about.spacingMm) : '…'],
        ['In memory', about ? bytes(about.volumeBytes) : '…'],
      ]}
    />
  );
}
