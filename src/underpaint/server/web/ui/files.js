// @ts-check
/** Files from a dialog. */

const ACCEPT = { picture: 'image/*', project: '.zip,application/zip', either: 'image/*,.zip' };

/** @param {keyof typeof ACCEPT} kind @param {(file: File) => void} use */
export function pickFile(kind, use) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = ACCEPT[kind];
  input.onchange = () => { if (input.files?.[0]) use(input.files[0]); };
  input.click();
}
