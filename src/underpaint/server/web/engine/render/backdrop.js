// @ts-check
/** What lies under the picture: its shadow on the stage, and a checkerboard that shows through where it is transparent. */
/** @import { Box } from '../types.js' */
import { context2d } from './mask-view.js';

const SQUARE = 8; // CSS pixels
const SHADOW = 'rgba(0, 0, 0, .38)', BLUR = 28, DROP = 8;

/** @param {CanvasRenderingContext2D} context @param {Box} picture device pixels @param {Box} clip @param {number} dpr */
export function drawShadow(context, picture, clip, dpr) {
  const isInside = clip.x >= picture.x && clip.y >= picture.y
    && clip.x + clip.width <= picture.x + picture.width && clip.y + clip.height <= picture.y + picture.height;
  if (isInside) return;
  context.save();
  context.shadowColor = SHADOW;
  context.shadowBlur = BLUR * dpr;
  context.shadowOffsetY = DROP * dpr;
  context.fillStyle = '#000';
  context.fillRect(picture.x, picture.y, picture.width, picture.height);
  context.restore();
  context.clearRect(picture.x, picture.y, picture.width, picture.height);
}

/** @param {CanvasRenderingContext2D} context @param {Box} picture device pixels @param {number} dpr */
export function drawCheckerboard(context, picture, dpr) {
  const side = Math.round(SQUARE * dpr), tile = context2d(new OffscreenCanvas(2 * side, 2 * side));
  tile.fillStyle = '#9a9da3';
  tile.fillRect(0, 0, 2 * side, 2 * side);
  tile.fillStyle = '#b9bcc1';
  tile.fillRect(0, 0, side, side);
  tile.fillRect(side, side, side, side);
  context.fillStyle = /** @type {CanvasPattern} */ (context.createPattern(tile.canvas, 'repeat'));
  context.fillRect(picture.x, picture.y, picture.width, picture.height);
}
