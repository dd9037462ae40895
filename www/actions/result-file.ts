import type { ExportOptions } from 'hounsfield';

import { checkInName } from '../lib/check.js';
import { isLoss, problemOf } from '../lib/problem.js';
import { saveFile, withEnding } from '../lib/save.js';
import { failTask, get, set, setOutcome } from '../session.js';
import { held } from './held.js';

/** Encoding waits until parts have stopped being toggled. */
const ENCODE_AFTER_MS = 400;

type Bytes = Uint8Array<ArrayBuffer>;

/** What can be saved: a mask, or a map of several. */
interface Encodable {
  toNifti(): Promise<Bytes>;
  /** As 3D Slicer reads it. */
  toNrrd(options?: ExportOptions): Promise<Bytes>;
  /** Only of scans that came as DICOM; carries the patient's identification, as the source does. */
  toDicomSeg(options?: ExportOptions): Promise<Bytes>;
}

const FORMATS = {
  toNifti: { ending: '.nii.gz', type: 'application/gzip' },
  toNrrd: { ending: '.seg.nrrd', type: 'application/octet-stream' },
  toDicomSeg: { ending: '.seg.dcm', type: 'application/dicom' },
} as const;

export type FileFormat = keyof typeof FORMATS;

/** The files of one task's result. NIfTI is made ahead, so that the button can say its size. */
class ResultFile {
  #encoding: ReturnType<typeof setTimeout> | undefined;
  /** The file of the result as it is now; void as soon as the result begins to change. */
  #nifti: Promise<Bytes> | null = null;
  /** Settles when every change asked for so far is in the result. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(
    readonly id: 'bones' | 'lungs',
    readonly result: () => Encodable | null,
    readonly options: ExportOptions = {},
  ) {}

  /** The result is another one, or becomes one when `change` has settled. */
  changes(change: Promise<unknown> = Promise.resolve()): void {
    this.forget();
    this.#changes = Promise.allSettled([this.#changes, change]);
    setOutcome(this.id, { fileBytes: null });
    this.#encoding = setTimeout(() => void this.#made()?.catch(() => undefined), ENCODE_AFTER_MS);
  }

  forget(): void {
    clearTimeout(this.#encoding);
    this.#nifti = null;
  }

  /** What failed in the CT check stays with the file, by its name. */
  async download(format: FileFormat): Promise<void> {
    const { scan } = get();
    try {
      const bytes = await this.#encoded(format);
      if (!bytes || !scan) return;
      const { ending, type } = FORMATS[format];
      const name = `.${this.id}${checkInName(get().scan?.check)}${ending}`;
      saveFile(withEnding(scan.name, name), new Blob([bytes], { type }));
      set({ spoken: 'Mask saved to downloads' });
    } catch (error) {
      if (isLoss(error)) return;
      const problem = problemOf(error, `Try again, or run ${this.id} again.`);
      failTask(this.id, 'The mask could not be written', problem);
    }
  }

  async #encoded(format: FileFormat): Promise<Bytes | null> {
    if (format === 'toNifti') return this.#made();
    const result = this.result();
    await this.#changes;
    return result && result[format](this.options);
  }

  #made(): Promise<Bytes> | null {
    if (this.#nifti) return this.#nifti;
    const result = this.result();
    if (!result) return null;
    const mine = this.#changes.then(() => result.toNifti());
    this.#nifti = mine;
    void mine.then(
      (bytes) => {
        if (this.#nifti === mine) setOutcome(this.id, { fileBytes: bytes.byteLength });
      },
      () => {
        if (this.#nifti === mine) this.#nifti = null;
      },
    );
    return mine;
  }
}

export const resultFiles = {
  bones: new ResultFile('bones', () => held.bones?.mask ?? null, { anatomy: 'bone' }),
  lungs: new ResultFile('lungs', () => held.lungs),
} as const;
