import { checkInName } from '../lib/check.js';
import { isLoss, problemOf } from '../lib/problem.js';
import { saveFile, withEnding } from '../lib/save.js';
import { failTask, get, set, setOutcome } from '../session.js';
import { held } from './held.js';

/** Encoding waits until parts have stopped being toggled. */
const ENCODE_AFTER_MS = 400;

let encoding: ReturnType<typeof setTimeout> | undefined;
/** The file of the mask as it is now; void as soon as the mask begins to change. */
let file: Promise<Uint8Array<ArrayBuffer>> | null = null;
/** Settles when every change asked for so far is in the mask. */
let changes: Promise<unknown> = Promise.resolve();

/**
 * The mask is another one, or becomes one when `change` has settled. The new file is made ahead, so
 * that the button can say its size and the download is at once.
 */
export function maskChanges(change: Promise<unknown> = Promise.resolve()): void {
  forgetFile();
  changes = Promise.allSettled([changes, change]);
  setOutcome('bones', { fileBytes: null });
  encoding = setTimeout(() => void maskFile()?.catch(() => undefined), ENCODE_AFTER_MS);
}

export function forgetFile(): void {
  clearTimeout(encoding);
  file = null;
}

function maskFile(): Promise<Uint8Array<ArrayBuffer>> | null {
  if (file) return file;
  const { bones } = held;
  if (!bones) return null;
  const mine = changes.then(() => bones.mask.toNifti());
  file = mine;
  void mine.then(
    (bytes) => {
      if (file === mine) setOutcome('bones', { fileBytes: bytes.byteLength });
    },
    () => {
      if (file === mine) file = null;
    },
  );
  return mine;
}

export function downloadMask(): Promise<void> {
  return save('.nii.gz', 'application/gzip', () => maskFile());
}

/** As 3D Slicer reads it. */
export function downloadNrrd(): Promise<void> {
  return save('.seg.nrrd', 'application/octet-stream', () => {
    const { bones } = held;
    return bones && changes.then(() => bones.mask.toNrrd({ anatomy: 'bone' }));
  });
}

/** Only of scans that came as DICOM; carries the patient's identification, as the source does. */
export function downloadDicomSeg(): Promise<void> {
  return save('.seg.dcm', 'application/dicom', () => {
    const { bones } = held;
    return bones && changes.then(() => bones.mask.toDicomSeg({ anatomy: 'bone' }));
  });
}

/** What failed in the CT check stays with the file, by its name. */
async function save(
  ending: string,
  type: string,
  encode: () => Promise<Uint8Array<ArrayBuffer>> | null,
): Promise<void> {
  const { scan } = get();
  try {
    const bytes = await encode();
    if (!bytes || !scan) return;
    const check = checkInName(get().scan?.check);
    saveFile(withEnding(scan.name, `.bones${check}${ending}`), new Blob([bytes], { type }));
    set({ spoken: 'Mask saved to downloads' });
  } catch (error) {
    if (isLoss(error)) return;
    const problem = problemOf(error, 'Try again, or run bones again.');
    failTask('bones', 'The mask could not be written', problem);
  }
}
