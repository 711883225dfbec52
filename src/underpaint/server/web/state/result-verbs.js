// @ts-check
/** Verbs for results that need the switches of Keep: used by the tray, the inspector, the phone and the keyboard. */
import { announce, applyTask, attempt, keep, pick, runLike, starResult } from './actions.js';
import { besideResult, doneResults, keepSwitches, trayState } from './results.js';
import { withSetting } from './settings.js';
import * as store from './store.js';
/** @import { Job } from '../api/api.d.ts' */

/** The picked result becomes the picture, as the switches say. */
export async function keepPicked() {
  const { keepsMask, keepsSketch, newSeed } = keepSwitches.value;
  await keep({ keepsMask, keepsSketch, newSeed });
}

/** Keeps the picked result and sets the panel up for a small repair of it. */
export async function fixDetailInPicked() {
  if (await keep({ keepsMask: false, keepsSketch: false, newSeed: true })) applyTask('fix-detail');
}

/** Looks at the result of this number, counted from 1. @param {number} number */
export function pickNumber(number) {
  const job = store.activeJob.value;
  const result = doneResults.value.find((each) => each.index === number - 1);
  if (job && result) pick(job.id, result.index);
}

/** Looks at the next or the previous result. @param {1 | -1} by */
export function pickBeside(by) {
  const job = store.activeJob.value;
  const result = besideResult(doneResults.value, store.picked.value?.index ?? null, by);
  if (job && result && trayState.value !== 'hidden') pick(job.id, result.index);
}

export async function starPicked() {
  const result = store.pickedResult.value;
  const job = store.pickedJob.value;
  if (job && result) await starResult(job.id, result.index, !result.is_starred);
}

/** @param {string} text @param {string} said */
export async function copyText(text, said) {
  await attempt(async () => {
    await navigator.clipboard.writeText(text);
    announce(said);
  });
}

/** A finished job once more with other seeds, on the picture it was run on. @param {Job} job */
export const runAgain = (job) => runLike(job, withSetting(job.request, 'noise.seed', null), job.name);
