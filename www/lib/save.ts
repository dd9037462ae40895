/** Hands bytes to the browser's downloads. */
export function saveFile(name: string, data: Blob): void {
  const url = URL.createObjectURL(data);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Revoking at once would race the download in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** True when the text is on the clipboard. Pages without a secure context have only the old way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

const ENDINGS =
  /\.(nii(\.gz)?|hdr|img|nrrd|nhdr|mha|mhd|dcm(\.gz)?|dicom|zip|png|tiff?|jpe?g|bmp)$/i;

/**
 * "chest.nii.gz" with ".bones.nii.gz" becomes "chest.bones.nii.gz". Titles of series become names,
 * too, so what no file system takes is left out.
 */
export function withEnding(name: string, ending: string): string {
  const stem = name
    .replace(ENDINGS, '')
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, ' ')
    .trim();
  return (stem || 'scan') + ending;
}
