// @ts-check
/** Verbs for settings. A drag or a burst of key presses on one setting is one undo step. */
import * as store from '../store.js';
import { PROFILES } from '../defaults.js';
import { autosave } from '../saving.js';
import { record, editor } from '../context.js';
import { rememberSettings } from '../sticky.js';
import { asRecommended, batchesOf, changeBetween, differsFromTask, isSame, settingName, withModel, withSetting, withTask, withUnderpainting } from '../settings.js';
/** @import { Advice, Settings, Task, Underpainting } from '../../api/api.d.ts' */
/** @import { SettingPath, SettingValue } from '../types.d.ts' */

const BURST_MS = 900;

/** @type {{key: string, label: string, before: Settings, timer: ReturnType<typeof setTimeout>} | null} */
let gesture = null;

/** Shows settings and has them saved, without an undo step. @param {Settings} settings */
export function showSettings(settings) {
  const change = changeBetween(store.draft.value, settings);
  if (Object.keys(change).length === 0) return;
  store.draft.value = settings;
  rememberSettings(settings);
  autosave.settings(change);
}

/** Ends the gesture that is under way, if any: from here on it is one undo step. */
export function endGesture() {
  if (!gesture) return;
  const { before, label, timer } = gesture;
  clearTimeout(timer);
  gesture = null;
  const after = store.draft.value;
  if (!isSame(before, after)) record(label, () => showSettings(before), () => showSettings(after));
}

/**
 * @param {string} key of the gesture; changes with the same key in a row are one step
 * @param {string} label
 * @param {Settings} settings
 */
function change(key, label, settings) {
  if (gesture?.key !== key) endGesture();
  const before = gesture?.before ?? store.draft.value;
  clearTimeout(gesture?.timer);
  gesture = { key, label, before, timer: setTimeout(endGesture, BURST_MS) };
  showSettings(settings);
}

/** @param {string} path */
function clearError(path) {
  if (!store.fieldErrors.value.has(path)) return;
  store.fieldErrors.value = new Map([...store.fieldErrors.value].filter(([known]) => known !== path));
}

/** @template {SettingPath} P @param {P} path @param {SettingValue<P>} value */
export function setSetting(path, value) {
  clearError(path);
  change(path, settingName(path), { ...store.draft.value, request: withSetting(store.draft.value.request, path, value) });
}

/** Another checkpoint, and what it recommends. @param {string} name */
export function setModel(name) {
  clearError('model');
  change('model', settingName('model'), { ...store.draft.value, request: withModel(store.draft.value.request, name, store.models.value) });
}

/** What the checkpoint recommends, whatever somebody had chosen. */
export function takeRecommended() {
  change('recommended', 'As recommended', { ...store.draft.value, request: asRecommended(store.request.value, store.models.value) });
  endGesture();
}

/** Same blur in both directions. @param {number} px */
export function setBlur(px) {
  const { request } = store.draft.value;
  change('mask.blur', 'Mask blur', { ...store.draft.value, request: withSetting(withSetting(request, 'mask.blur_x_px', px), 'mask.blur_y_px', px) });
}

/** Between only masked and whole picture. */
export function toggleArea() {
  setSetting('canvas.area', store.request.value.canvas.area === 'whole' ? 'only-masked' : 'whole');
  endGesture();
}

/** @param {Underpainting} underpainting */
export function setUnderpainting(underpainting) {
  store.peekedUnderpainting.value = null;
  change('underpainting', 'Underpainting', withUnderpainting(store.draft.value, underpainting));
}

/** @param {Task} task */
export function applyTask(task) {
  const preset = store.tasks.value.find((known) => known.task === task);
  const settings = preset
    ? withTask(store.draft.value, preset, { hasSketch: store.hasSketch.value })
    : { ...store.draft.value, task };
  change(`task ${task}`, 'Task', settings);
  endGesture();
}

/** A task that goes by the sketch does so when there is one, or none any more; unless it was changed. It comes and goes
 *  with the stroke and is no undo step of its own. @param {boolean} hadSketch */
export function followSketch(hadSketch) {
  const now = store.draft.value;
  const preset = store.tasks.value.find((known) => known.task === now.task);
  if (!preset || differsFromTask(now, preset, { hasSketch: hadSketch })) return;
  showSettings(withTask(now, preset, { hasSketch: !hadSketch }));
}

/** @param {'studio' | 'a1111'} name */
export const setProfile = (name) => setSetting('rules', { ...PROFILES[name] });

/** @param {number} images @param {number} [together] how many are denoised at once; default as now */
export function setImages(images, together = store.request.value.batch.size) {
  setSetting('batch', batchesOf(Math.max(1, Math.min(64, Math.round(images))), together));
}

/** A new seed is drawn when the job starts. */
export const newSeed = () => setSetting('noise.seed', null);

/** The seed of the picked result, else of the newest job. */
export function reuseSeed() {
  const newest = [...store.jobList.value].sort((a, b) => b.created_at.localeCompare(a.created_at))[0];
  const seed = store.pickedResult.value?.seed ?? newest?.request.noise.seed;
  if (seed !== null && seed !== undefined) setSetting('noise.seed', seed);
}

/** One click of the advice strip; one undo step. @param {Advice} advice */
export async function applyFix(advice) {
  const { fix } = advice;
  if (!fix) return;
  endGesture();
  let settings = store.draft.value;
  if (fix.request) settings = { ...settings, request: fix.request };
  if (fix.underpainting) settings = withUnderpainting(settings, fix.underpainting);
  if (settings !== store.draft.value) {
    change(`fix ${advice.code}`, fix.label, settings);
    endGesture();
  }
  const px = fix.amount_px ?? 8;
  if (fix.action === 'start-sketch') editor().tool = store.tool.value = 'paint';
  if (fix.action === 'select-subject') editor().tool = store.tool.value = 'select';
  if (fix.action === 'grow-mask') await editor().grow(px);
  if (fix.action === 'shrink-mask') await editor().shrink(px);
  if (fix.action === 'grow-mask-to-sketch') await editor().growToSketch();
}

/** Hides a rule for this project. @param {string} code */
export function hideAdvice(code) {
  store.hiddenAdvice.value = new Set([...store.hiddenAdvice.value, code]);
  autosave.view({ hidden_advice: [...store.hiddenAdvice.value] });
}
