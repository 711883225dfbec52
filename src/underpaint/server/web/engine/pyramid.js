// @ts-check
/** @import { Box } from './types.js' */
/** @import { BuiltPyramid, Level } from './pyramid-build.js' */
/** @import { WorkerClient } from './worker-client.js' */
import { intersection, box } from './geometry.js';

/** Device pixel = picture × scale + (x, y). @typedef {{scale: number, x: number, y: number}} Matrix */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/** Above this many device pixels per picture pixel, pixels are shown as squares. */
export const CRISP_SCALE = 3;

/** A picture with its scaled copies. */
export class Pyramid {
  /** @param {BuiltPyramid} built */
  constructor({ size, levels, contrasts, isOpaque }) {
    this.size = size;
    this.levels = levels;
    /** For the colour of the mask. */
    this.contrasts = contrasts;
    this.isOpaque = isOpaque;
  }

  /** @param {WorkerClient} worker @param {Blob | ImageBitmap} source stays the caller's */
  static async build(worker, source) {
    if (source instanceof Blob) return new Pyramid(await worker.run('pyramid', source));
    const copy = await createImageBitmap(source);
    return new Pyramid(await worker.run('pyramid', copy, [copy]));
  }

  /** Draws the part of the picture inside `clip`. @param {Context} context in device pixels @param {Matrix} matrix @param {Box} clip whole device pixels */
  draw(context, matrix, clip) {
    const level = this.#levelFor(matrix.scale);
    const scaleX = lengthOnScreen(this.size.width, matrix) / level.size.width, scaleY = lengthOnScreen(this.size.height, matrix) / level.size.height;
    context.imageSmoothingEnabled = matrix.scale < CRISP_SCALE;
    context.imageSmoothingQuality = 'low';
    for (const part of level.parts) {
      const reach = snapped(part, matrix, scaleX, scaleY), seen = intersection(reach, clip);
      if (!seen) continue;
      context.drawImage(part.bitmap,
        (seen.x - matrix.x) / scaleX - part.left, (seen.y - matrix.y) / scaleY - part.top, seen.width / scaleX, seen.height / scaleY,
        seen.x, seen.y, seen.width, seen.height);
    }
  }

  close() {
    for (const level of this.levels) for (const part of level.parts) part.bitmap.close();
  }

  /** The smallest copy that is not enlarged. @param {number} scale @returns {Level} */
  #levelFor(scale) {
    let index = 0;
    while (index + 1 < this.levels.length && scale * 2 ** (index + 1) <= 1) index++;
    return this.levels[index];
  }
}

/** At least one device pixel: a picture of one row of pixels never vanishes from sight. @param {number} length picture pixels @param {Matrix} matrix */
const lengthOnScreen = (length, { scale }) => Math.max(1, length * scale);

/** Where a part lies, with its edges on whole device pixels, so that neighbours neither overlap nor leave a gap.
 *  @param {Box} part @param {Matrix} matrix @param {number} scaleX @param {number} scaleY @returns {Box} */
function snapped(part, matrix, scaleX, scaleY) {
  const left = Math.round(part.x * scaleX + matrix.x), right = Math.round((part.x + part.width) * scaleX + matrix.x);
  const top = Math.round(part.y * scaleY + matrix.y), bottom = Math.round((part.y + part.height) * scaleY + matrix.y);
  return box(left, top, right - left, bottom - top);
}

/** Draws a whole bitmap over `area` of the picture. @param {Context} context @param {ImageBitmap} bitmap @param {Box} area @param {Matrix} matrix */
export function drawBitmap(context, bitmap, area, matrix) {
  context.imageSmoothingEnabled = matrix.scale * area.width / bitmap.width < CRISP_SCALE;
  context.imageSmoothingQuality = 'medium';
  context.drawImage(bitmap, area.x * matrix.scale + matrix.x, area.y * matrix.scale + matrix.y, lengthOnScreen(area.width, matrix), lengthOnScreen(area.height, matrix));
}
