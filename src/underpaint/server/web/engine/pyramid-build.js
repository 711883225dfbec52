// @ts-check
/**
 * Scaled copies of a picture, each half as large as the one before, cut into parts. A zoomed-out redraw then reads few
 * pixels, and no part is too large for a graphics card's texture.
 */
/** @import { Contrasts } from './render/mask-look.js' */
/** @import { Size } from './types.js' */
import { contrastsOf } from './render/mask-look.js';

export const PART = 1024;
/** Extra pixels around a part, so that smoothing at its edge sees its neighbour. */
export const APRON = 4;
const THUMBNAIL_PX = 128;
const SMALLEST_PX = 512;

/**
 * @typedef {{x: number, y: number, width: number, height: number, left: number, top: number, bitmap: ImageBitmap}} Part
 *   where it lies in its level, without apron; (left, top) is the bitmap's corner
 * @typedef {{size: Size, parts: Part[]}} Level
 * @typedef {{size: Size, levels: Level[], contrasts: Contrasts, isOpaque: boolean}} BuiltPyramid
 */

/** @param {Blob | ImageBitmap} source @returns {Promise<BuiltPyramid>} */
export async function buildPyramid(source) {
  let bitmap = source instanceof ImageBitmap ? source : await createImageBitmap(source);
  const size = { width: bitmap.width, height: bitmap.height };
  /** @type {Level[]} */ const levels = [];
  for (;;) {
    const isSmallest = Math.max(bitmap.width, bitmap.height) <= SMALLEST_PX;
    const half = isSmallest ? null : halved(bitmap);
    levels.push({ size: { width: bitmap.width, height: bitmap.height }, parts: await cut(bitmap) });
    if (!half) return { size, levels, ...factsOf(levels[levels.length - 1].parts[0].bitmap) };
    bitmap = half;
  }
}

/** @param {ImageBitmap} bitmap @returns {Promise<Part[]>} owns the bitmap */
async function cut(bitmap) {
  const { width, height } = bitmap;
  if (width <= 2 * PART && height <= 2 * PART) return [{ x: 0, y: 0, width, height, left: 0, top: 0, bitmap }];
  /** @type {Promise<Part>[]} */ const parts = [];
  for (let y = 0; y < height; y += PART) {
    for (let x = 0; x < width; x += PART) {
      const left = Math.max(0, x - APRON), top = Math.max(0, y - APRON);
      const right = Math.min(width, x + PART + APRON), bottom = Math.min(height, y + PART + APRON);
      parts.push(createImageBitmap(bitmap, left, top, right - left, bottom - top).then((part) => ({
        x, y, width: Math.min(PART, width - x), height: Math.min(PART, height - y), left, top, bitmap: part,
      })));
    }
  }
  const made = await Promise.all(parts);
  bitmap.close();
  return made;
}

/** @param {ImageBitmap} bitmap @returns {ImageBitmap} */
function halved(bitmap) {
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width / 2), Math.ceil(bitmap.height / 2));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  // at exactly one half, bilinear smoothing is the mean of 2 × 2 pixels
  context.imageSmoothingQuality = 'low';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}

/** What has to be known of the colours. @param {ImageBitmap} bitmap */
function factsOf(bitmap) {
  const scale = Math.min(1, THUMBNAIL_PX / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale)), height = Math.max(1, Math.round(bitmap.height * scale));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true }));
  context.imageSmoothingQuality = 'medium';
  context.drawImage(bitmap, 0, 0, width, height);
  const thumbnail = context.getImageData(0, 0, width, height);
  return { contrasts: contrastsOf(thumbnail), isOpaque: thumbnail.data.every((value, i) => i % 4 !== 3 || value === 255) };
}
