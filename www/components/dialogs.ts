/** The two dialogs are always in the page; anything may show them. */
export type DialogId = 'help' | 'enforcement';

export function showDialog(id: DialogId): void {
  const dialog = document.getElementById(`dialog-${id}`);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}
