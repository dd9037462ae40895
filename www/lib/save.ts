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

/** "chest.nii.gz" with ".bones.nii.gz" becomes "chest.bones.nii.gz". */
export function withEnding(fileName: string, ending: string): string {
  return fileName.replace(/(\.nii(\.gz)?|\.hdr|\.img)$/i, '') + ending;
}
