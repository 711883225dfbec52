// @ts-check
/** Polygons as 8-bit coverage: exact across each of four lines per pixel row, non-zero winding, closed by itself. */
/** @import { Box } from '../types.js' */
import { boundsOf, intersection, roundedOut } from '../geometry.js';

const LINES = 4;

/**
 * Yields the rows of a polygon inside `clip`; the same array is yielded again and again.
 * @param {readonly {x: number, y: number}[]} points @param {Box} clip whole pixels
 * @returns {Generator<{x: number, y: number, cover: Uint8Array}>} cover starts at pixel (x, y)
 */
export function* polygonRows(points, clip) {
  const bounds = boundsOf(points), area = bounds && intersection(roundedOut(bounds), clip);
  if (!area) return;
  const edges = edgesOf(points);
  const sums = new Float64Array(area.width + 1), cover = new Uint8Array(area.width);
  let next = 0;
  /** @type {Edge[]} */ let active = [];
  for (let row = 0; row < area.height; row++) {
    const y = area.y + row;
    sums.fill(0);
    for (; next < edges.length && edges[next].top < y + 1; next++) active.push(edges[next]);
    active = active.filter((edge) => edge.bottom > y);
    for (let line = 0; line < LINES; line++) addLine(active, y + (line + 0.5) / LINES, area.x, sums, area.width);
    let sum = 0;
    for (let i = 0; i < area.width; i++) {
      // sums holds slopes: a running total gives the coverage of each pixel
      sum += sums[i];
      cover[i] = Math.max(0, Math.min(255, Math.round(255 * sum / LINES)));
    }
    yield { x: area.x, y, cover };
  }
}

/** @typedef {{top: number, bottom: number, x: number, slope: number, winding: number}} Edge */

/** @param {readonly {x: number, y: number}[]} points @returns {Edge[]} sorted by top, without level ones */
function edgesOf(points) {
  /** @type {Edge[]} */ const edges = [];
  points.forEach((p, i) => {
    const q = points[(i + 1) % points.length];
    if (p.y === q.y) return;
    const [upper, lower, winding] = p.y < q.y ? [p, q, 1] : [q, p, -1];
    const slope = (lower.x - upper.x) / (lower.y - upper.y);
    edges.push({ top: upper.y, bottom: lower.y, x: upper.x, slope, winding });
  });
  return edges.sort((a, b) => a.top - b.top);
}

/** @param {Edge[]} edges @param {number} y @param {number} left @param {Float64Array} sums @param {number} width */
function addLine(edges, y, left, sums, width) {
  const crossings = edges
    .filter((edge) => edge.top <= y && y < edge.bottom)
    .map((edge) => ({ x: edge.x + (y - edge.top) * edge.slope - left, winding: edge.winding }))
    .sort((a, b) => a.x - b.x);
  let winding = 0, from = 0;
  for (const crossing of crossings) {
    if (winding === 0) from = crossing.x;
    winding += crossing.winding;
    if (winding === 0) addStep(sums, from, 1, width), addStep(sums, crossing.x, -1, width);
  }
}

/** Adds `by` to everything right of x, the pixel that x lies in by its share. @param {Float64Array} sums @param {number} x @param {number} by @param {number} width */
function addStep(sums, x, by, width) {
  const at = Math.max(0, Math.min(width, x)), i = Math.floor(at), share = i + 1 - at;
  sums[i] += by * share;
  if (i < width) sums[i + 1] += by * (1 - share);
}
