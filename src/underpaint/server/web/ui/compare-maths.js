// @ts-check
/** Where pictures and pieces of them stand: pure numbers for the compare bar, the pairs of pictures and the sheet. */

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{width: number, height: number}} Size
 */

/**
 * How to place a whole picture inside an element of the given aspect so that the element shows the box: the largest
 * view with that aspect around the box that still fits the picture. Percentages of the element, for width, left, top.
 * @param {Box | null} box   null = the whole picture
 * @param {Size} picture
 * @param {number} aspect   width / height of the element
 */
export function cutPlacement(box, picture, aspect) {
  const view = viewAround(box ?? { x: 0, y: 0, ...picture }, picture, aspect);
  return {
    width: (100 * picture.width) / view.width,
    left: (-100 * view.x) / view.width,
    top: (-100 * view.y) / view.height,
  };
}

/**
 * Where a part of the picture lies in an element that shows the box. Percentages of the element.
 * @param {Box} part
 * @param {Box | null} box   null = the whole picture
 * @param {Size} picture
 * @param {number} aspect   of the element
 */
export function piecePlacement(part, box, picture, aspect) {
  const view = viewAround(box ?? { x: 0, y: 0, ...picture }, picture, aspect);
  return {
    left: (100 * (part.x - view.x)) / view.width,
    top: (100 * (part.y - view.y)) / view.height,
    width: (100 * part.width) / view.width,
    height: (100 * part.height) / view.height,
  };
}

/**
 * The box widened to an aspect, moved inside the picture; where that does not fit, the largest part that does.
 * @param {Box} box
 * @param {Size} picture
 * @param {number} aspect
 * @returns {Box}
 */
export function viewAround(box, picture, aspect) {
  let width = Math.max(box.width, box.height * aspect);
  let height = width / aspect;
  const excess = Math.max(1, width / picture.width, height / picture.height);
  width /= excess;
  height /= excess;
  const x = clamp(box.x + box.width / 2 - width / 2, 0, picture.width - width);
  const y = clamp(box.y + box.height / 2 - height / 2, 0, picture.height - height);
  return { x, y, width, height };
}

/**
 * Position of a wipe after an arrow key: 1 %, with Shift 10 %; undefined for other keys.
 * @param {number} position   0…1
 * @param {string} key
 * @param {boolean} isLarge
 */
export function wipeAfterKey(position, key, isLarge) {
  const by = isLarge ? 0.1 : 0.01;
  if (key === 'ArrowLeft' || key === 'ArrowDown') return clamp(position - by, 0, 1);
  if (key === 'ArrowRight' || key === 'ArrowUp') return clamp(position + by, 0, 1);
  if (key === 'Home') return 0;
  if (key === 'End') return 1;
  return undefined;
}

/**
 * The detent a sheet settles on when it is let go: the nearest one, or the next one in the direction of a flick.
 * @param {number} height   as a share of the screen
 * @param {number} speed    shares per second, positive = upwards
 * @param {readonly number[]} detents   ascending; 0 = closed
 */
export function settledDetent(height, speed, detents) {
  const flick = 0.5;
  if (speed > flick) return detents.find((detent) => detent > height) ?? /** @type {number} */ (detents.at(-1));
  if (speed < -flick) return [...detents].reverse().find((detent) => detent < height) ?? /** @type {number} */ (detents[0]);
  return detents.reduce((best, detent) => (Math.abs(detent - height) < Math.abs(best - height) ? detent : best));
}

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
