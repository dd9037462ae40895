/** What a person let go of: files, and folders still to be walked through. */
export interface Dropped {
  readonly name: string;
  readonly files: readonly File[];
  readonly folders: readonly FileSystemDirectoryEntry[];
}

/**
 * Must be called while the event is being handled: a moment later the browser has taken everything
 * away.
 */
export function droppedOn(transfer: DataTransfer): Dropped {
  const files: File[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry as FileSystemDirectoryEntry);
    else if (file) files.push(file);
  }
  const [folder, ...more] = folders;
  const name =
    folder && more.length === 0 && files.length === 0
      ? folder.name
      : nameOfFiles(files, folders.length);
  return { name, files, folders };
}

/** One file by its name, a pair by its header, many by their number. */
export function nameOfFiles(files: readonly File[], folders = 0): string {
  const [first, second, ...more] = files;
  if (folders > 0)
    return `${folders} folders${files.length > 0 ? ` and ${files.length} files` : ''}`;
  if (!first) return '';
  if (!second) return first.name;
  const folder = commonFolder(files);
  if (folder) return folder;
  const header = more.length === 0 ? files.find((f) => /\.(hdr|nhdr|mhd)$/i.test(f.name)) : null;
  return header?.name ?? `${files.length} files`;
}

/** The folder that was chosen, where the browser tells. */
function commonFolder(files: readonly File[]): string {
  const tops = new Set(files.map((file) => file.webkitRelativePath.split('/')[0] ?? ''));
  const [top, ...others] = tops;
  return others.length === 0 ? (top ?? '') : '';
}

/** As many as the engine takes; a whole disk dropped by mistake is not walked for hours. */
const FILES_MAX = 200_000;

/**
 * Every file in the folders, at any depth. Reports how many it has found; a file that cannot be read
 * is passed over here and would be nowhere else, so it counts as one of no bytes.
 */
export async function filesIn(
  { files, folders }: Dropped,
  signal: AbortSignal,
  onCount: (files: number) => void,
): Promise<readonly File[]> {
  const found = [...files];
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
    for await (const entries of batches(folder)) {
      signal.throwIfAborted();
      const some = entries.filter((entry) => entry.isFile) as FileSystemFileEntry[];
      if (found.length + some.length > FILES_MAX) {
        throw new Error(`there are more than ${FILES_MAX} files: name a folder of the study`);
      }
      found.push(...(await Promise.all(some.map(fileOf))));
      waiting.push(...(entries.filter((e) => e.isDirectory) as FileSystemDirectoryEntry[]));
      onCount(found.length);
    }
  }
  return found;
}

/** Browsers hand out a folder's entries a hundred at a time, and an empty list at the end. */
async function* batches(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry[]> {
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    yield entries;
  }
}

/** With its path, as the folder button gives it: slices of two folders may have the same names. */
async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject)).catch(
    () => new File([], entry.name),
  );
  const path = entry.fullPath.replace(/^\//, '');
  Object.defineProperty(file, 'webkitRelativePath', { value: path, configurable: true });
  return file;
}
