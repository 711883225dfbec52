// @ts-check
/** @import { Plane } from './morphology.js' */

const HALF = 128;

/**
 * Fills everything that the plane's border cannot reach without crossing the mask (values of at least half; steps to
 * four neighbours). The soft rim of a hole goes with it.
 * @param {Plane} plane @returns {Plane}
 */
export function withoutHoles(plane) {
  const { width, height, data } = plane, isOutside = outside(plane), out = data.slice();
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const isHole = data[i] < HALF && !isOutside[i];
      if (!isHole) continue;
      out[i] = 255;
      if (x > 0 && data[i - 1] >= HALF) out[i - 1] = 255;
      if (x < width - 1 && data[i + 1] >= HALF) out[i + 1] = 255;
      if (y > 0 && data[i - width] >= HALF) out[i - width] = 255;
      if (y < height - 1 && data[i + width] >= HALF) out[i + width] = 255;
    }
  }
  return { width, height, data: out };
}

/** What the border reaches, span by span. @param {Plane} plane @returns {Uint8Array} 1 = reached */
function outside({ width, height, data }) {
  const reached = new Uint8Array(data.length);
  /** @type {number[]} */ const stack = [];
  const isOpen = (/** @type {number} */ i) => reached[i] === 0 && data[i] < HALF;
  for (let x = 0; x < width; x++) stack.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) stack.push(y * width, y * width + width - 1);
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    if (!isOpen(i)) continue;
    const row = i - i % width;
    let from = i, to = i + 1;
    while (from > row && isOpen(from - 1)) from--;
    while (to < row + width && isOpen(to)) to++;
    reached.fill(1, from, to);
    for (const step of [-width, width]) {
      if (from + step < 0 || from + step >= data.length) continue;
      // one entry for each open run next to the span
      for (let j = from; j < to; j++) if (isOpen(j + step) && (j === from || !isOpen(j + step - 1))) stack.push(j + step);
    }
  }
  return reached;
}
