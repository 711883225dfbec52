// @ts-check
/** The settings used last, for the next project. */
import { withTask } from './settings.js';
/** @import { Settings, TaskPreset } from '../api/api.d.ts' */

const KEY = 'underpaint.settings';
/** What somebody starts with who never used this: something added, four to choose from. */
const FIRST_TASK = 'add';
const FIRST_IMAGES = 4;

/** @param {Settings} settings */
export const rememberSettings = (settings) => localStorage.setItem(KEY, JSON.stringify(settings));

/**
 * Values of `last` where `fresh` has such a setting: the server may know others than it did then.
 * @template T
 * @param {T} fresh
 * @param {unknown} last
 * @returns {T}
 */
export function fitted(fresh, last) {
  if (typeof fresh !== 'object' || fresh === null) return /** @type {T} */ (last === undefined ? fresh : last);
  if (Array.isArray(fresh)) return /** @type {T} */ (Array.isArray(last) ? last : fresh);
  if (typeof last !== 'object' || last === null) return fresh;
  const known = /** @type {Record<string, unknown>} */ (last);
  return /** @type {T} */ (Object.fromEntries(Object.entries(fresh).map(([key, value]) => [key, fitted(value, known[key])])));
}

/**
 * Words, seed, size and control pictures belong to a picture and are not taken along, nor what a foreign file left out.
 * @param {Settings} last
 * @param {Settings} fresh
 * @returns {Settings}
 */
export function forAnotherPicture(last, fresh) {
  const { request, underpainting, task } = last;
  const kept = fitted(fresh.request, request);
  return {
    underpainting,
    task,
    request: {
      ...kept,
      prompt: { ...kept.prompt, positive: '', negative: '' },
      canvas: { ...kept.canvas, width: null, height: null },
      noise: { ...kept.noise, seed: null, subseed: null, subseed_strength: 0 },
      controls: kept.controls.filter(({ picture }) => picture === null),
      unwritten_keys: [],
    },
  };
}

/** @param {Settings} fresh as the server made them @param {TaskPreset[]} tasks @returns {Settings} */
export function lastSettings(fresh, tasks) {
  /** @param {Settings} settings @param {string} task */
  const asTask = (settings, task) => {
    const preset = tasks.find((known) => known.task === task);
    return preset ? withTask(settings, preset, { hasSketch: false }) : settings;
  };
  const stored = localStorage.getItem(KEY);
  if (!stored) return asTask({ ...fresh, request: { ...fresh.request, batch: { size: 1, count: FIRST_IMAGES } } }, FIRST_TASK);
  const last = forAnotherPicture(/** @type {Settings} */ (JSON.parse(stored)), fresh);
  return last.underpainting === 'sketch' ? asTask(last, last.task) : last;
}
