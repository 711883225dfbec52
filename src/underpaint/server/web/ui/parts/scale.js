// @ts-check
/** Where a value lies on a slider, and back. Pure. */

/** @typedef {{min: number, max: number, step: number, curve?: number}} Scale curve > 1 gives small values more room */

/** @param {number} value @param {Scale} scale @returns {number} 0…1 */
export const shareOf = (value, { min, max, curve = 1 }) => Math.max(0, Math.min(1, (value - min) / (max - min))) ** (1 / curve);

/** @param {number} share 0…1 @param {Scale} scale */
export function valueAt(share, scale) {
  const { min, max, curve = 1 } = scale;
  return snapped(min + Math.max(0, Math.min(1, share)) ** curve * (max - min), scale);
}

/** On a step and inside the limits, without binary dust. @param {number} value @param {Scale} scale */
export function snapped(value, { min, max, step }) {
  const onStep = min + Math.round((value - min) / step) * step;
  return Number(Math.max(min, Math.min(max, onStep)).toFixed(decimalsOf(step)));
}

/** @param {number} step */
export const decimalsOf = (step) => (String(step).split('.')[1] ?? '').length;

/**
 * What a key does to a slider's value; null for other keys.
 * @param {string} key
 * @param {number} value
 * @param {Scale & {page?: number}} scale
 */
export function valueAfterKey(key, value, scale) {
  const { step } = scale;
  const page = scale.page ?? scale.step * 10;
  switch (key) {
    case 'ArrowRight': case 'ArrowUp': return snapped(value + step, scale);
    case 'ArrowLeft': case 'ArrowDown': return snapped(value - step, scale);
    case 'PageUp': return snapped(value + page, scale);
    case 'PageDown': return snapped(value - page, scale);
    case 'Home': return scale.min;
    case 'End': return scale.max;
    default: return null;
  }
}

/** A number as typed: also with a comma or a unit behind it. Null when it is none. @param {string} text */
export function typedNumber(text) {
  const cleaned = text.trim().replace(',', '.').replace(/\s*(px|%)$/, '');
  if (cleaned === '') return null;
  const value = Number(cleaned);
  return Number.isFinite(value) ? value : null;
}

/**
 * Why a typed number cannot be used; null when it can.
 * @param {number | null} value
 * @param {{min: number, max: number, step?: number}} limits
 */
export function numberProblem(value, { min, max, step }) {
  if (value === null) return 'Type a number.';
  if (value < min || value > max) return `Between ${min} and ${max}.`;
  if (step && Number.isInteger(step) && !Number.isInteger(value)) return 'A whole number.';
  return null;
}
