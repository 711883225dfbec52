// @ts-check
/** Files from a dialog, from the clipboard, or dropped. */

const ACCEPT = { picture: 'image/*', project: '.zip,application/zip', either: 'image/*,.zip' };

/** @param {keyof typeof ACCEPT} kind @param {(file: File) => void} use */
export function pickFile(kind, use) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = ACCEPT[kind];
  input.onchange = () => { if (input.files?.[0]) use(input.files[0]); };
  input.click();
}

/** The picture in the clipboard, as a paste event brings it. @param {DataTransfer | null} data @returns {File | null} */
export const fileIn = (data) => [...(data?.files ?? [])].find((file) => file.type.startsWith('image/') || file.name.endsWith('.zip')) ?? null;

/** @param {File} file */
export const isProjectFile = (file) => file.name.toLowerCase().endsWith('.zip') || file.type === 'application/zip';
