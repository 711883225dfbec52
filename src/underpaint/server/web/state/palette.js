// @ts-check
/** The colours that a picture is made of. */

const COUNT = 8;
const ROUNDS = 8;

/** @typedef {[number, number, number]} Rgb */

/** @param {Rgb} one @param {Rgb} other */
const distance = (one, other) => (one[0] - other[0]) ** 2 * 0.3 + (one[1] - other[1]) ** 2 * 0.59 + (one[2] - other[2]) ** 2 * 0.11;

/** @param {Rgb} colour */
const hexOf = (colour) => `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

/** @param {Rgb} colour */
const lightness = ([red, green, blue]) => red * 0.3 + green * 0.59 + blue * 0.11;

/** Representative colours, dark to light: k-means from starting points as far apart as possible, so that small bright
 *  things count too. Pure. @param {Rgb[]} pixels @param {number} [count] @returns {Rgb[]} */
export function mainColours(pixels, count = COUNT) {
  if (!pixels.length) return [];
  /** @type {Rgb[]} */
  let centres = [pixels[0] ?? [0, 0, 0]];
  while (centres.length < count) {
    let farthest = pixels[0];
    let most = 0;
    for (const pixel of pixels) {
      const nearest = Math.min(...centres.map((centre) => distance(pixel, centre)));
      if (nearest > most) [farthest, most] = [pixel, nearest];
    }
    if (!farthest || most < 40) break;
    centres.push(farthest);
  }
  for (let round = 0; round < ROUNDS; round += 1) centres = moved(pixels, centres);
  return centres.sort((a, b) => lightness(a) - lightness(b));
}

/** @param {Rgb[]} pixels @param {Rgb[]} centres @returns {Rgb[]} */
function moved(pixels, centres) {
  const sums = centres.map(() => [0, 0, 0, 0]);
  for (const pixel of pixels) {
    let best = 0;
    centres.forEach((centre, index) => { if (distance(pixel, centre) < distance(pixel, centres[best] ?? centre)) best = index; });
    const sum = sums[best];
    if (sum) [0, 1, 2].forEach((channel) => { sum[channel] = (sum[channel] ?? 0) + (pixel[channel] ?? 0); });
    if (sum) sum[3] = (sum[3] ?? 0) + 1;
  }
  return centres.map((centre, index) => {
    const [red = 0, green = 0, blue = 0, number = 0] = sums[index] ?? [];
    return number ? [red / number, green / number, blue / number] : centre;
  });
}

/** @param {ImageBitmap} bitmap @returns {string[]} as #rrggbb */
export function paletteOf(bitmap) {
  const side = 32;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return [];
  context.drawImage(bitmap, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  /** @type {Rgb[]} */
  const pixels = [];
  for (let at = 0; at < data.length; at += 4) if ((data[at + 3] ?? 0) > 127) pixels.push([data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]);
  return mainColours(pixels).map(hexOf);
}
