import { badParameter, shown } from './arguments.js';
import type { InputFile, InputScan } from './protocol.js';

/** How the two files of an Analyze or NIfTI pair end. */
const PAIR = { header: /\.hdr(\.gz)?$/i, image: /\.img(\.gz)?$/i };

/** How a single file of NIfTI or Analyze ends. */
const SINGLE = /\.(nii|hdr|img)(\.gz)?$/i;

/** What a person chose, as a list; refuses what is no file. */
export function fileList(files: File | readonly File[]): readonly File[] {
  const all: readonly unknown[] = Array.isArray(files) ? files : [files];
  if (!all.every((file): file is File => file instanceof File)) {
    throw badParameter(`files is ${shown(files)}, but it must be a File or a list of Files`);
  }
  if (all.length === 0) throw badParameter('no files were given; give one at least');
  return all;
}

/** One file of NIfTI, or a pair. */
export interface PlainNifti {
  readonly header: File;
  readonly image: File | null;
}

/**
 * A single NIfTI file, or a pair whose `.img` is told by its name: what the engine opens by itself.
 * `null` for anything else. Names only; what the bytes really are is the core's to find out.
 */
export function plainNifti(files: readonly File[]): PlainNifti | null {
  const [first, second] = files;
  if (first && files.length === 1) {
    return SINGLE.test(first.name) ? { header: first, image: null } : null;
  }
  if (first && second && files.length === 2) {
    const [image, header] = PAIR.image.test(first.name) ? [first, second] : [second, first];
    if (stem(header.name, PAIR.header) === stem(image.name, PAIR.image)) return { header, image };
  }
  return null;
}

/** The name without its end; something that equals nothing when it ends otherwise. */
function stem(name: string, end: RegExp): string | symbol {
  return end.test(name) ? name.replace(end, '') : Symbol(name);
}

/** How a file reaches a worker: browsers send the file itself, Node its bytes. */
export type Pack = (file: File) => Promise<InputFile>;

/** What is sent, and what of it is given away. */
export interface Parcel<T> {
  readonly input: T;
  readonly transfer: readonly Transferable[];
}

export async function packScan(scan: PlainNifti, pack: Pack): Promise<Parcel<InputScan>> {
  const input = { header: await pack(scan.header), image: scan.image && (await pack(scan.image)) };
  return { input, transfer: buffersOf([input.header, input.image]) };
}

/** The memory that files come in, where they come in memory. */
export function buffersOf(files: readonly (InputFile | null)[]): ArrayBuffer[] {
  return files.flatMap((file) => (file?.data instanceof ArrayBuffer ? [file.data] : []));
}
