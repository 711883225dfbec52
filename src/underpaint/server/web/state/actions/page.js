// @ts-check
/** Verbs for the page itself: views, panels, dialogs, toasts, problems. */
import * as store from '../store.js';
import { ApiError, Unreachable } from '../../api/client.js';
import { isMissing, noticeDeletion } from '../deleted.js';
import { autosave } from '../saving.js';
/** @import { Problem } from '../../api/api.d.ts' */
/** @import { Dialog, Toast } from '../types.d.ts' */

/** @param {'studio' | 'history'} view */
export function setView(view) { store.view.value = view; }

/** @param {'dark' | 'light'} theme */
export function setTheme(theme) {
  store.theme.value = theme;
  localStorage.setItem('underpaint.theme', theme);
}

/** @param {'settings' | 'result' | 'queue'} panel */
export function showPanel(panel) {
  store.panel.value = panel;
  store.isPanelOpen.value = true;
}

/** Back from the queue, the panel shows what it did. */
export function toggleQueue() {
  const isShown = store.panel.value === 'queue' && store.isPanelOpen.value;
  if (isShown) {
    store.panel.value = store.picked.value ? 'result' : 'settings';
    store.isPanelOpen.value = !store.isDrawer.value;
  } else showPanel('queue');
}

export function togglePanel() { store.isPanelOpen.value = !store.isPanelOpen.value; }

/** @param {string} name of an accordion */
export function toggleSection(name) {
  const open = new Set(store.openSections.value);
  if (!open.delete(name)) open.add(name);
  store.openSections.value = open;
  autosave.view({ open_sections: [...open] });
}

/** @param {Dialog} dialog */
export function openDialog(dialog) { store.dialog.value = dialog; }
export function closeDialog() { store.dialog.value = null; }

let lastToast = 0;

/**
 * Says what happened and offers the way back.
 * @param {string} message
 * @param {(() => void | Promise<void>) | null} [undo]
 * @returns {number} its id
 */
export function toast(message, undo = null) {
  lastToast += 1;
  store.toasts.value = [...store.toasts.value, { id: lastToast, message, undo }];
  return lastToast;
}

/** @param {number} id */
export function dismissToast(id) { store.toasts.value = store.toasts.value.filter((known) => known.id !== id); }

/** @param {Toast} toast @returns whether what it told of is taken back */
export const undoToast = ({ undo }) => attempt(async () => {
  await undo?.();
  return true;
});

/** Speaks through the live regions. @param {string} text @param {boolean} [isUrgent] */
export function announce(text, isUrgent = false) {
  store.announcement.value = { text, isUrgent, count: store.announcement.value.count + 1 };
}

/** @param {Problem | null} problem */
export function showProblem(problem) {
  store.problem.value = problem;
  if (problem) announce(problem.message, true);
}

/** @param {boolean} areOn single letters as shortcuts */
export function setKeysOn(areOn) {
  store.areKeysOn.value = areOn;
  localStorage.setItem('underpaint.keys', areOn ? 'on' : 'off');
}

/** Sections of the panel by the settings in them. @type {[RegExp, string][]} */
const SECTIONS = [
  [/^canvas\.(width|height|resize_mode|background)/, 'size'],
  [/^sampling\.(steps|sampler|scheduler|cfg_scale|resampling)$|^prompt\.(clip_skip|emphasis)|^noise\.seed$/, 'sampling'],
  [/^noise\./, 'noise'], [/^rules\./, 'rules'],
  [/^soft_inpainting\.|^canvas\.(corrects|keeps)/, 'blending'], [/^mask\.conditioning/, 'conditioning'],
  [/^sampling\.(?!denoising_strength)/, 'details'],
];

/** Opens the panel where a setting is, and puts the focus on the field with the error. @param {string} path */
function revealField(path) {
  const [, section] = SECTIONS.find(([pattern]) => pattern.test(path)) ?? [];
  if (section) store.openSections.value = new Set([...store.openSections.value, section]);
  showPanel('settings');
  setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector('.panel [aria-invalid=true]'))?.focus(), 50);
}

/** Shows why something failed: below its field when the server names one, else in the advice strip.
 *  @param {unknown} error @param {{isFocused?: boolean}} [how] isFocused: the field gets the focus */
export function showFailure(error, { isFocused = false } = {}) {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (isMissing(error)) {
    void tellMissing(/** @type {ApiError} */ (error));
    return;
  }
  if (error instanceof ApiError) {
    const path = error.field?.replace(/^request\./, '') ?? null;
    if (path) {
      store.fieldErrors.value = new Map([...store.fieldErrors.value, [path, error.message]]);
      announce(error.message, true);
      if (isFocused) revealField(path);
    } else showProblem({ code: error.code, message: error.message, field: null });
    return;
  }
  if (error instanceof Unreachable) {
    showProblem({ code: 'unreachable', message: error.message, field: null });
    return;
  }
  showProblem({ code: 'page', message: 'Something in the page went wrong. Nothing was lost.', field: null });
  console.error(error);
}

/** Where the whole project is gone, a banner says so. @param {ApiError} error */
async function tellMissing(error) {
  await noticeDeletion();
  if (!store.isProjectDeleted.value) showProblem({ code: error.code, message: error.message, field: null });
}

/** Runs a verb and shows its failure instead of throwing. @template T @param {() => Promise<T>} verb @returns {Promise<T | null>} */
export async function attempt(verb) {
  try {
    return await verb();
  } catch (error) {
    showFailure(error, { isFocused: true });
    return null;
  }
}
