// @ts-check
/** The line art lock: the first unit that shows a ControlNet the lines of the picture itself. Pure functions. */
/** @import { ControlUnit } from '../api/api.d.ts' */

/** @param {ControlUnit} unit */
const isLock = ({ picture, preprocessor }) => picture === null && preprocessor === 'lineart';

/** @param {readonly ControlUnit[]} controls @returns {ControlUnit | null} */
export const lineArtLock = (controls) => controls.find(isLock) ?? null;

/**
 * The units with a lock like this, or without one; the others stay.
 * @param {readonly ControlUnit[]} controls @param {{model?: string, weight?: number} | null} change null: no lock
 * @returns {ControlUnit[]}
 */
export function withLineArtLock(controls, change) {
  const lock = lineArtLock(controls);
  const others = controls.filter((unit) => unit !== lock);
  if (change === null) return others;
  const fresh = { model: '', picture: null, preprocessor: /** @type {const} */ ('lineart'), weight: 1, start: 0, end: 1 };
  return [{ ...(lock ?? fresh), ...change }, ...others];
}

/** Units for a job without a picture, which can show a ControlNet only pictures of their own. @param {readonly ControlUnit[]} controls */
export const withoutPicture = (controls) => controls.filter(({ picture }) => picture !== null);
