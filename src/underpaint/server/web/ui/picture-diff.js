// @ts-check
/** Where two pictures differ, measured on their thumbnails. */

/** @typedef {import('./compare-maths.js').Box} Box */

/** Thumbnails are lossy: smaller differences of a channel are noise of their compression. */
const TOLERANCE = 24;
const MARGIN = 0.12;

/**
 * Around all pixels that differ; null when none does.
 * @param {Uint8ClampedArray} one     RGBA
 * @param {Uint8ClampedArray} other   RGBA of the same size
 * @param {number} width
 * @returns {Box | null}
 */
export function changedBox(one, other, width) {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let i = 0; i < one.length; i += 4) {
    const change = Math.max(difference(one, other, i), difference(one, other, i + 1), difference(one, other, i + 2));
    if (change <= TOLERANCE) continue;
    const x = (i / 4) % width;
    const y = Math.floor(i / 4 / width);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** @param {Uint8ClampedArray} one @param {Uint8ClampedArray} other @param {number} i */
const difference = (one, other, i) => Math.abs((one[i] ?? 0) - (other[i] ?? 0));

/**
 * A box of the thumbnail as a box of the picture, with some of its surroundings.
 * @param {Box} box
 * @param {number} scale   picture pixels per thumbnail pixel
 * @returns {Box}
 */
export function inPicture(box, scale) {
  const margin = MARGIN * Math.max(box.width, box.height);
  return {
    x: (box.x - margin) * scale,
    y: (box.y - margin) * scale,
    width: (box.width + 2 * margin) * scale,
    height: (box.height + 2 * margin) * scale,
  };
}
