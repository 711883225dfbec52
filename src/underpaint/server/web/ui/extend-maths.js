// @ts-check
/** How far a canvas grows on each side: pure numbers for the extend dialog. */

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {{left: number, top: number, right: number, bottom: number}} Sides   pixels added
 * @typedef {keyof Sides} Side
 */

export const LARGEST_PX = 8192;
const GRID_PX = 8;
/** @type {Sides} */
export const NO_SIDES = { left: 0, top: 0, right: 0, bottom: 0 };

/** @param {Size} picture @param {Sides} sides @returns {Size} */
export const extendedSize = (picture, { left, top, right, bottom }) => ({
  width: picture.width + left + right,
  height: picture.height + top + bottom,
});

/**
 * One side set to a number of pixels: on the grid, not negative, and the canvas not larger than allowed.
 * @param {Size} picture @param {Sides} sides @param {Side} side @param {number} px
 * @returns {Sides}
 */
export function withSide(picture, sides, side, px) {
  const isAcross = side === 'left' || side === 'right';
  const opposite = { left: sides.right, right: sides.left, top: sides.bottom, bottom: sides.top }[side];
  const room = LARGEST_PX - opposite - (isAcross ? picture.width : picture.height);
  return { ...sides, [side]: Math.max(0, Math.min(Math.round(px / GRID_PX) * GRID_PX, Math.floor(room / GRID_PX) * GRID_PX)) };
}

/**
 * The smallest canvas of an aspect that holds the picture, growing evenly on both sides of one direction.
 * @param {Size} picture @param {number} aspect   width / height
 * @returns {Sides}
 */
export function sidesForAspect(picture, aspect) {
  const isWider = aspect > picture.width / picture.height;
  const missing = isWider ? picture.height * aspect - picture.width : picture.width / aspect - picture.height;
  const all = Math.max(0, Math.round(missing / GRID_PX) * GRID_PX);
  const first = Math.round(all / 2 / GRID_PX) * GRID_PX;
  return isWider ? { ...NO_SIDES, left: first, right: all - first } : { ...NO_SIDES, top: first, bottom: all - first };
}

/** Whether nothing is added. @param {Sides} sides */
export const isNothing = (sides) => Object.values(sides).every((px) => px === 0);
