import { badParameter, shown } from './arguments.js';
import type { InputFile, InputScan } from './protocol.js';

/** How the two files of an Analyze or NIfTI pair end. */
const PAIR = { header: /\.hdr(\.gz)?$/i, image: /\.img(\.gz)?$/i };

/**
 * Sorts what a person chose into one scan: a single file, or a pair whose `.img` is told by its
 * name. What the bytes really are is the core's to find out.
 */
export function scanOfFiles(files: File | readonly File[]): InputScan {
  const all: readonly unknown[] = Array.isArray(files) ? files : [files];
  if (!all.every((file) => file instanceof File)) {
    throw badParameter(`files is ${shown(files)}, but it must be a File or a list of Files`);
  }
  const [first, second] = all;
  if (first && all.length === 1) return { header: inputFile(first), image: null };
  if (first && second && all.length === 2) {
    const [image, header] = PAIR.image.test(first.name) ? [first, second] : [second, first];
    if (stem(header.name, PAIR.header) === stem(image.name, PAIR.image)) {
      return { header: inputFile(header), image: inputFile(image) };
    }
  }
  throw badParameter(
    `${all.length} files were given; choose one scan: a .nii or .nii.gz file, or a .hdr with the .img of the same name`,
  );
}

/** The name without its end; something that equals nothing when it ends otherwise. */
function stem(name: string, end: RegExp): string | symbol {
  return end.test(name) ? name.replace(end, '') : Symbol(name);
}

function inputFile(file: File): InputFile {
  return { name: file.name, data: file };
}
