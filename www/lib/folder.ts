/** Folders of this device that the reader chose to be written to. */

interface WithPicker {
  showDirectoryPicker(options: {
    readonly id: string;
    readonly mode: 'readwrite';
  }): Promise<FileSystemDirectoryHandle>;
}

/** Not every browser lets a page write to a folder. */
export function canPickFolder(): boolean {
  return 'showDirectoryPicker' in window;
}

/** `null` when the reader thought better of it. */
export async function pickTarget(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const { showDirectoryPicker } = window as unknown as WithPicker;
    return await showDirectoryPicker.call(window, { id: 'hounsfield', mode: 'readwrite' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** A folder inside that was not there: nothing that lies in it is written over. */
export async function newFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle> {
  for (let nth = 1; ; nth++) {
    const wanted = nth === 1 ? name : `${name}-${nth}`;
    try {
      await parent.getDirectoryHandle(wanted);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') {
        return parent.getDirectoryHandle(wanted, { create: true });
      }
      // A file of that name.
      if (!(error instanceof DOMException && error.name === 'TypeMismatchError')) throw error;
    }
  }
}

/** Writes files by their paths; folders are made as they are needed. */
export function writerInto(
  root: FileSystemDirectoryHandle,
): (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void> {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  const folderOf = (path: string): Promise<FileSystemDirectoryHandle> => {
    if (path === '') return Promise.resolve(root);
    const known = folders.get(path);
    if (known) return known;
    const cut = path.lastIndexOf('/');
    const made = folderOf(path.slice(0, Math.max(0, cut))).then((parent) =>
      parent.getDirectoryHandle(path.slice(cut + 1), { create: true }),
    );
    folders.set(path, made);
    return made;
  };
  return async (path, bytes) => {
    const cut = path.lastIndexOf('/');
    const folder = await folderOf(path.slice(0, Math.max(0, cut)));
    const file = await folder.getFileHandle(path.slice(cut + 1), { create: true });
    const stream = await file.createWritable();
    await stream.write(bytes);
    await stream.close();
  };
}
