// @ts-check
/** Grow, shrink and feather on an 8-bit plane. Each returns a new plane; what lies outside the plane counts as 0. */

/** @typedef {{width: number, height: number, data: Uint8Array}} Plane */

/**
 * The largest value within `px` (Euclidean) of each pixel, so a soft edge moves outwards and stays soft.
 * Row by row: for each row distance dy the disc is a run of pixels, whose maximum slides along in constant time
 * (van Herk 1992, Gil and Werman 1993).
 * @param {Plane} plane @param {number} px @returns {Plane}
 */
export function grown(plane, px) {
  const { width, height, data } = plane, out = data.slice(), reach = Math.floor(px);
  const run = new Uint8Array(width), scratch = new SlidingMaximum(width, reach);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    if (isZero(row)) continue;
    let lastHalf = -1;
    // from the farthest row inwards, the runs get longer: equal lengths follow each other and are computed once
    for (let dy = reach; dy >= 0; dy--) {
      if (y - dy < 0 && y + dy >= height) continue;
      const half = Math.floor(Math.sqrt(px * px - dy * dy));
      if (half !== lastHalf) scratch.into(run, row, half);
      lastHalf = half;
      if (y - dy >= 0) raise(out, run, (y - dy) * width);
      if (dy > 0 && y + dy < height) raise(out, run, (y + dy) * width);
    }
  }
  return { width, height, data: out };
}

/** The smallest value within `px` of each pixel; the plane's outside does not eat into it. @param {Plane} plane @param {number} px @returns {Plane} */
export const shrunk = (plane, px) => negative(grown(negative(plane), px));

/** @param {Plane} plane @returns {Plane} */
export function negative({ width, height, data }) {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = 255 - data[i];
  return { width, height, data: out };
}

/**
 * Gaussian blur with standard deviation `sigma`, cut off at 3 sigma. Weights are whole numbers, so that sums are exact
 * and the same everywhere.
 * @param {Plane} plane @param {number} sigma @returns {Plane}
 */
export function feathered(plane, sigma) {
  if (sigma <= 0) return { ...plane, data: plane.data.slice() };
  const weights = gaussianWeights(sigma);
  const across = blurredRows(plane, weights);
  return transposed(blurredRows(transposed(across), weights));
}

/** Half a kernel: weights[0] is the middle; the whole kernel sums to 65536. @param {number} sigma @returns {Int32Array} */
export function gaussianWeights(sigma) {
  const reach = Math.max(1, Math.ceil(3 * sigma)), shape = Array.from({ length: reach + 1 }, (_, i) => Math.exp(-i * i / (2 * sigma * sigma)));
  const total = shape.reduce((sum, value, i) => sum + (i ? 2 : 1) * value, 0);
  const weights = Int32Array.from(shape, (value) => Math.round(value / total * 65536));
  weights[0] += 65536 - weights.reduce((sum, value, i) => sum + (i ? 2 : 1) * value, 0);
  return weights;
}

/** @param {Plane} plane @param {Int32Array} weights @returns {Plane} */
function blurredRows({ width, height, data }, weights) {
  const out = new Uint8Array(data.length), reach = weights.length - 1, padded = new Uint8Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    if (isZero(row)) continue;
    padded.set(row, reach);
    for (let x = 0; x < width; x++) {
      const middle = x + reach;
      let sum = weights[0] * padded[middle] + 32768;
      for (let i = 1; i <= reach; i++) sum += weights[i] * (padded[middle - i] + padded[middle + i]);
      out[y * width + x] = sum >>> 16;
    }
  }
  return { width, height, data: out };
}

/** @param {Plane} plane @returns {Plane} */
function transposed({ width, height, data }) {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = data[y * width + x];
  return { width: height, height: width, data: out };
}

/** Maximum of the pixels within `half` along a row. */
class SlidingMaximum {
  /** @param {number} width @param {number} reach the largest `half` */
  constructor(width, reach) {
    this.width = width;
    this.forward = new Uint8Array(width + 4 * reach + 2);
    this.backward = new Uint8Array(width + 4 * reach + 2);
    this.padded = new Uint8Array(width + 4 * reach + 2);
  }

  /** @param {Uint8Array} out @param {Uint8Array} row @param {number} half */
  into(out, row, half) {
    if (half === 0) return void out.set(row);
    const { width, forward, backward, padded } = this, size = 2 * half + 1, length = width + 2 * half;
    padded.fill(0, 0, length);
    padded.set(row, half);
    for (let i = 0; i < length; i++) {
      forward[i] = i % size === 0 ? padded[i] : Math.max(forward[i - 1], padded[i]);
    }
    for (let i = length - 1; i >= 0; i--) {
      backward[i] = i === length - 1 || i % size === size - 1 ? padded[i] : Math.max(backward[i + 1], padded[i]);
    }
    for (let x = 0; x < width; x++) out[x] = Math.max(backward[x], forward[x + size - 1]);
  }
}

/** @param {Uint8Array} out @param {Uint8Array} row @param {number} at */
function raise(out, row, at) {
  for (let x = 0; x < row.length; x++) if (row[x] > out[at + x]) out[at + x] = row[x];
}

/** @param {Uint8Array} row */
function isZero(row) {
  for (let i = 0; i < row.length; i++) if (row[i] !== 0) return false;
  return true;
}
