// @ts-check
/** Colour over straight-alpha pixels. */
import { div255 } from '../selection.js';

/** @typedef {readonly [number, number, number]} Rgb  0…255 */

/** @param {string} hex '#rrggbb' @returns {Rgb} */
export function rgbOf(hex) {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16 & 255, value >> 8 & 255, value & 255];
}

/** @param {number} r @param {number} g @param {number} b @returns {string} '#rrggbb' */
export const hexOf = (r, g, b) => '#' + (1 << 24 | r << 16 | g << 8 | b).toString(16).slice(1);

/**
 * Writes pixel i of `out` = colour with this alpha over pixel i of `below`. Nothing is premultiplied at rest: a pixel
 * that is not painted on keeps its bytes.
 * @param {Uint8Array} out @param {Uint8Array} below @param {number} i pixel index
 * @param {number} r @param {number} g @param {number} b @param {number} alpha 0…255
 */
export function paintOver(out, below, i, r, g, b, alpha) {
  const at = i * 4, under = below[at + 3];
  if (alpha === 255 || under === 0) {
    out[at] = r; out[at + 1] = g; out[at + 2] = b; out[at + 3] = alpha;
    return;
  }
  const top = alpha * 255, bottom = under * (255 - alpha), whole = top + bottom;
  out[at] = Math.round((r * top + below[at] * bottom) / whole);
  out[at + 1] = Math.round((g * top + below[at + 1] * bottom) / whole);
  out[at + 2] = Math.round((b * top + below[at + 2] * bottom) / whole);
  out[at + 3] = Math.round(whole / 255);
}

/** Writes pixel i of `out` = pixel i of `below`, less opaque. @param {Uint8Array} out @param {Uint8Array} below @param {number} i @param {number} amount 0…255 */
export function paintAway(out, below, i, amount) {
  const at = i * 4, alpha = div255(below[at + 3] * (255 - amount));
  out[at] = alpha ? below[at] : 0;
  out[at + 1] = alpha ? below[at + 1] : 0;
  out[at + 2] = alpha ? below[at + 2] : 0;
  out[at + 3] = alpha;
}
