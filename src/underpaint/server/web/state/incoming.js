// @ts-check
/** Files that come from outside: dropped, pasted or chosen. */
import { api } from '../api/client.js';
import { attempt, importMask, importProject, openDialog, openPicture, showProblem, toast } from './actions.js';
import { showSettings } from './actions/settings.js';
import { pictureBlob } from './loading.js';
import * as store from './store.js';
/** @import { FileSettings } from '../api/api.d.ts' */

/** @typedef {'project' | 'picture' | 'result' | 'unknown'} FileKind */

const ENDS_BYTES = 256 * 1024;

/** What a file seems to be; the server has the last word. @param {File} file @returns {Promise<FileKind>} */
export async function kindOf(file) {
  if (/\.zip$/i.test(file.name) || file.type.includes('zip')) return 'project';
  if (!file.type.startsWith('image/') && !/\.(png|jpe?g|webp|tiff?|bmp|gif|avif)$/i.test(file.name)) return 'unknown';
  const ends = [file.slice(0, ENDS_BYTES), file.slice(Math.max(ENDS_BYTES, file.size - ENDS_BYTES))];
  const texts = await Promise.all(ends.map(async (end) => new TextDecoder('latin1').decode(await end.arrayBuffer())));
  return hasRecipe(texts.join('')) ? 'result' : 'picture';
}

/** Whether the text in a file looks like settings of ours or of A1111, also as UTF-16. @param {string} text */
export const hasRecipe = (text) => /Steps: \d+, Sampler: /.test(text.replaceAll('\0', '')) || text.includes('"image_index"');

/** Takes in a file: opens it where nothing is open, else asks what it is for. @param {File} file */
export async function takeFile(file) {
  const kind = await kindOf(file);
  if (kind === 'unknown') {
    showProblem({ code: 'bad-file', message: `${file.name} is neither a picture nor a project.`, field: null });
    return;
  }
  if (kind === 'project') await importProject(file);
  else if (store.project.value) openDialog({ name: kind === 'result' ? 'settings-file' : 'drop', file });
  else if (kind === 'result') await openResultFile(file);
  else await openPicture(file);
}

/** Opens a result as it was made: the picture before, the mask and the settings, as far as they are known. @param {File} file */
export async function openResultFile(file) {
  const found = await attempt(() => api.settingsFromFile(file));
  if (!found) return;
  const { picture, mask, request } = found;
  const pictures = await attempt(async () => ({
    before: picture ? await pictureFile(picture.sha256, file.name) : file,
    mask: picture && mask ? await pictureFile(mask.sha256, 'mask.png') : null,
  }));
  if (!pictures || !(await openPicture(pictures.before))) return;
  if (pictures.mask && !(await importMask(pictures.mask))) return;
  showSettings({ request, underpainting: request.canvas.content, task: 'custom' });
  toast(restoredText(found));
}

/** @param {FileSettings} found */
function restoredText({ picture, mask, notes }) {
  const restored = picture ? (mask ? 'Picture, mask and settings restored.' : 'Picture and settings restored.') : 'Settings restored; the picture it was made from is not here.';
  return [restored, ...notes].join(' ');
}

/** @param {string} sha256 @param {string} name */
async function pictureFile(sha256, name) {
  return new File([await pictureBlob(sha256)], name.replace(/\.\w+$/, '.png'), { type: 'image/png' });
}
