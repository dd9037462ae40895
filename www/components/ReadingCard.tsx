import { cancelOpening } from '../actions/open.js';
import { bytes, sizeVoxel, spacingMm } from '../lib/format.js';
import type { Opening } from '../session.js';
import { Facts } from './ui/Facts.js';
import { ProgressBar } from './ui/ProgressBar.js';

/** What is being read: its geometry as soon as the header is, then how far the voxels are. */
export function ReadingCard({ opening }: { readonly opening: Opening & { step: 'reading' } }) {
  const { name, info, progress } = opening;
  return (
    <section
      aria-label={`Reading ${name}`}
      className="space-y-3 rounded-lg border border-line bg-panel p-4 text-ink shadow-lg shadow-black/20"
    >
      <h2 className="text-base font-semibold break-words">{name}</h2>
      {opening.bytes === null ? (
        <p className="text-ink-2">
          A synthetic chest, made on this device, with contrast in heart and aorta.
        </p>
      ) : (
        <Facts
          rows={[
            ['File', bytes(opening.bytes)],
            ['Size', info ? `${sizeVoxel(info.sizeVoxel)} voxels` : '…'],
            ['Spacing', info ? spacingMm(info.spacingMm) : '…'],
            ['In memory', info ? bytes(info.volumeBytes) : '…'],
          ]}
        />
      )}
      <ProgressBar label={`Reading ${name}`} progress={progress} onCancel={cancelOpening} />
    </section>
  );
}
