// @ts-check
/** Boxes: half-open rectangles, in whichever space their owner says. A box without area is written `null`. */
/** @import { Box } from './types.js' */

/** @param {number} x @param {number} y @param {number} width @param {number} height @returns {Box} */
export const box = (x, y, width, height) => ({ x, y, width, height });

/** @param {number} left @param {number} top @param {number} right @param {number} bottom @returns {Box | null} */
export const boxBetween = (left, top, right, bottom) =>
  right > left && bottom > top ? box(left, top, right - left, bottom - top) : null;

/** @param {Box} a @param {Box} b @returns {Box | null} */
export const intersection = (a, b) => boxBetween(
  Math.max(a.x, b.x), Math.max(a.y, b.y),
  Math.min(a.x + a.width, b.x + b.width), Math.min(a.y + a.height, b.y + b.height));

/** The smallest box around both. @param {Box | null} a @param {Box | null} b @returns {Box | null} */
export function union(a, b) {
  if (!a || !b) return a ?? b;
  return boxBetween(
    Math.min(a.x, b.x), Math.min(a.y, b.y),
    Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height));
}

/** @param {Box} b @param {number} margin @returns {Box} */
export const grown = (b, margin) => box(b.x - margin, b.y - margin, b.width + 2 * margin, b.height + 2 * margin);

/** The smallest box of whole pixels around `b`. @param {Box} b @returns {Box} */
export function roundedOut(b) {
  const x = Math.floor(b.x), y = Math.floor(b.y);
  return box(x, y, Math.ceil(b.x + b.width) - x, Math.ceil(b.y + b.height) - y);
}

/** @param {Iterable<{x: number, y: number}>} points @returns {Box | null} null for points on one axis-parallel line */
export function boundsOf(points) {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (const { x, y } of points) {
    left = Math.min(left, x); right = Math.max(right, x);
    top = Math.min(top, y); bottom = Math.max(bottom, y);
  }
  return boxBetween(left, top, right, bottom);
}

/** @param {Box} b @param {{x: number, y: number}} p */
export const contains = (b, p) => p.x >= b.x && p.y >= b.y && p.x < b.x + b.width && p.y < b.y + b.height;

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b */
export const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
