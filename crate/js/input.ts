import { HounsfieldError } from './errors.js';
import type { InputFile, InputScan } from './protocol.js';

/** Ends like an Analyze or NIfTI pair's voxels. */
const IMAGE = /\.img(\.gz)?$/i;

/**
 * Sorts what a person chose into one scan: a single file, or a pair whose `.img` is told by its
 * name. What the bytes really are is the core's to find out.
 */
export function scanOfFiles(files: File | readonly File[]): InputScan {
  const all = Array.isArray(files) ? (files as readonly File[]) : [files as File];
  const images = all.filter((file) => IMAGE.test(file.name));
  const others = all.filter((file) => !IMAGE.test(file.name));
  const [header, image] = [others[0], images[0]];
  if (all.length === 2 && header && image) {
    return { header: inputFile(header), image: inputFile(image) };
  }
  const only = all[0];
  if (all.length !== 1 || !only) {
    throw new HounsfieldError(
      'bad_parameter',
      `${all.length} files were given; choose one scan: a .nii or .nii.gz file, or a .hdr with its .img.`,
    );
  }
  return { header: inputFile(only), image: null };
}

function inputFile(file: File): InputFile {
  return { name: file.name, data: file };
}
