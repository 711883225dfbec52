// @ts-check
/** Decoded pictures for the canvas, the last few kept. Addresses of pictures never change what they show. */

const KEPT = 12;
/** @type {Map<string, Promise<ImageBitmap>>} */
const bitmaps = new Map();

/** @param {string} url @returns {Promise<ImageBitmap>} */
export function bitmapOf(url) {
  const known = bitmaps.get(url);
  if (known) {
    bitmaps.delete(url);
    bitmaps.set(url, known);
    return known;
  }
  const bitmap = fetch(url).then(async (response) => {
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    return createImageBitmap(await response.blob());
  });
  bitmaps.set(url, bitmap);
  bitmap.catch(() => bitmaps.delete(url));
  const oldest = bitmaps.keys().next().value;
  if (bitmaps.size > KEPT && oldest) bitmaps.delete(oldest);
  return bitmap;
}

/**
 * Keeps only the newest of a row of asynchronous values.
 * @returns {<T>(value: Promise<T> | T, use: (value: T) => void) => Promise<void>}
 */
export function newest() {
  let number = 0;
  return async (value, use) => {
    number += 1;
    const mine = number;
    const settled = await Promise.resolve(value).catch(() => undefined);
    if (mine === number && settled !== undefined) use(settled);
  };
}
