// @ts-check
/**
 * A piece of a brush stroke: everything within a radius of a line, with a soft rim. Written with + − × ÷ and sqrt only,
 * which IEEE 754 rounds the same way everywhere, so a stroke has the same bytes on every machine. Browsers' own
 * anti-aliasing of arcs does not.
 */
/** @import { Box } from '../types.js' */
import { boxBetween } from '../geometry.js';

/**
 * @typedef {object} Dab
 * @property {number} x         picture pixels
 * @property {number} y
 * @property {number} radius
 * @property {number} strength  0…1, what the middle is covered by
 */

/** Steps of the squared distance that coverage is tabled for; at the rim of a 2000-px brush a step is 0.06 px. */
const STEPS = 16384;

/** @param {number} radius @param {number} hardness @returns {{inner: number, outer: number}} fully covered up to, nothing from */
function rim(radius, hardness) {
  const outer = radius + 0.5;
  return { inner: Math.max(-0.5, Math.min(outer - 1, radius * hardness)), outer };
}

/** @param {number} d distance from the axis @param {number} inner @param {number} outer @param {number} strength @returns {number} 0…255 */
function coverage(d, inner, outer, strength) {
  if (d >= outer) return 0;
  if (d <= inner) return Math.round(255 * strength);
  const t = (d - inner) / (outer - inner);
  return Math.round(255 * strength * (1 - t * t * (3 - 2 * t)));
}

/** The brush in hand, by squared distance: a stroke asks for the same one again and again. */
const tabled = { key: '', table: new Uint8Array(STEPS + 1) };

/** @param {number} radius @param {number} hardness @param {number} strength @returns {Uint8Array} coverage at d² = i / STEPS × outer² */
function tableFor(radius, hardness, strength) {
  const key = `${radius} ${hardness} ${strength}`;
  if (tabled.key === key) return tabled.table;
  const { inner, outer } = rim(radius, hardness), table = new Uint8Array(STEPS + 1);
  for (let i = 0; i < STEPS; i++) table[i] = coverage(Math.sqrt((i + 0.5) / STEPS) * outer, inner, outer, strength);
  Object.assign(tabled, { key, table });
  return table;
}

/** Whole pixels that a piece can touch. @param {Dab} a @param {Dab} b @returns {Box | null} */
export function capsuleBox(a, b) {
  const ra = a.radius + 0.5, rb = b.radius + 0.5;
  return boxBetween(
    Math.floor(Math.min(a.x - ra, b.x - rb)), Math.floor(Math.min(a.y - ra, b.y - rb)),
    Math.ceil(Math.max(a.x + ra, b.x + rb)), Math.ceil(Math.max(a.y + ra, b.y + rb)));
}

/** Evaluates one piece row by row; radius and strength run linearly from `a` to `b`. */
export class Capsule {
  /** The columns that the last `coverRow` changed. */
  from = 0;
  to = 0;

  /**
   * @param {Dab} a @param {Dab} b @param {number} hardness 0…1
   * @param {boolean} [isContinued] a piece that ended at `a` is already covered, so the half behind `a` is left out
   */
  constructor(a, b, hardness, isContinued = false) {
    this.a = a;
    this.b = b;
    this.hardness = hardness;
    this.box = capsuleBox(a, b);
    this.dx = b.x - a.x;
    this.dy = b.y - a.y;
    this.lengthSquared = this.dx * this.dx + this.dy * this.dy;
    this.isContinued = isContinued && this.lengthSquared > 0;
    this.outer = rim(Math.max(a.radius, b.radius), hardness).outer;
    this.table = a.radius === b.radius && a.strength === b.strength ? tableFor(a.radius, hardness, a.strength) : null;
    this.full = Math.round(255 * a.strength);
    const rows = this.box?.height ?? 0, core = a.strength === b.strength ? rim(Math.min(a.radius, b.radius), hardness).inner : -1;
    this.reach = this.#spans(rows, this.outer, Math.floor, Math.ceil);
    // a pixel belongs to the core when its centre does
    this.core = this.#spans(core > 0 ? rows : 0, core, (x) => Math.ceil(x - 0.5), (x) => Math.floor(x - 0.5) + 1);
  }

  /**
   * Raises `cover` to the coverage of this piece along one row of pixels; values only ever grow.
   * @param {Uint8Array} cover @param {number} base index of the pixel (0, y) @param {number} x0 @param {number} x1 @param {number} y
   * @returns {boolean} whether anything changed, then `from` and `to` tell where
   */
  coverRow(cover, base, x0, x1, y) {
    const row = 2 * (y - /** @type {Box} */ (this.box).y);
    let left = Math.max(x0, this.reach[row]), right = Math.min(x1, this.reach[row + 1]);
    if (this.isContinued) {
      const { dx, dy, a } = this, ahead = -(y + 0.5 - a.y) * dy; // only where (x − a.x) × dx > ahead
      if (dx > 0) left = Math.max(left, Math.floor(ahead / dx + a.x) - 1);
      else if (dx < 0) right = Math.min(right, Math.ceil(ahead / dx + a.x) + 1);
      else if (ahead > 0) return false;
    }
    if (left >= right) return false;
    const hasCore = row < this.core.length;
    const coreLeft = hasCore ? Math.min(right, Math.max(left, this.core[row])) : right;
    const coreRight = hasCore ? Math.max(coreLeft, Math.min(right, this.core[row + 1])) : right;
    this.from = x1;
    this.to = x0;
    this.#coverRim(cover, base, left, coreLeft, y + 0.5);
    this.#coverCore(cover, base, coreLeft, coreRight);
    this.#coverRim(cover, base, coreRight, right, y + 0.5);
    return this.from < this.to;
  }

  /** @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} y */
  #coverRim(cover, base, first, last, y) {
    if (first >= last) return;
    if (this.table) this.#coverTabled(this.table, cover, base, first, last, y);
    else this.#coverTapered(cover, base, first, last, y);
  }

  /** @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last */
  #coverCore(cover, base, first, last) {
    const { full } = this;
    while (first < last && cover[base + first] >= full) first++;
    while (last > first && cover[base + last - 1] >= full) last--;
    if (first >= last) return;
    if (full === 255) cover.fill(255, base + first, base + last);
    else for (let i = base + first; i < base + last; i++) if (cover[i] < full) cover[i] = full;
    this.#note(first, last);
  }

  /**
   * One radius, one strength. The row is cut where the nearest point of the axis stops being `a`, and where it becomes `b`.
   * @param {Uint8Array} table @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} y
   */
  #coverTabled(table, cover, base, first, last, y) {
    const { a, b, dx, dy, lengthSquared } = this, scale = STEPS / (this.outer * this.outer), qy = y - a.y;
    const behind = -qy * dy, ahead = lengthSquared - qy * dy; // (x − a.x) × dx at the two cuts
    const isAscending = dx > 0 || dx === 0 && behind < 0;
    const [start, end] = isAscending ? [a, b] : [b, a];
    const cuts = dx === 0 ? [behind > 0 ? last : first, ahead > 0 ? last : first]
      : [behind, ahead].map((cut) => Math.min(last, Math.max(first, Math.ceil(cut / dx + a.x - 0.5))));
    const [from, to] = cuts[0] <= cuts[1] ? cuts : [cuts[1], cuts[0]];
    this.#coverDisc(table, cover, base, first, from, start.x - 0.5, (y - start.y) * (y - start.y), scale);
    if (lengthSquared > 0) this.#coverBand(table, cover, base, from, to, qy, scale / lengthSquared);
    this.#coverDisc(table, cover, base, lengthSquared > 0 ? to : from, last, end.x - 0.5, (y - end.y) * (y - end.y), scale);
  }

  /** By distance from a point. @param {Uint8Array} table @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} cx @param {number} yy @param {number} scale */
  #coverDisc(table, cover, base, first, last, cx, yy, scale) {
    let from = last, to = first;
    for (let x = first; x < last; x++) {
      const old = cover[base + x];
      if (old === 255) continue;
      const ex = x - cx, step = (ex * ex + yy) * scale;
      if (step >= STEPS) continue;
      const value = table[step | 0];
      if (value <= old) continue;
      cover[base + x] = value;
      if (from === last) from = x;
      to = x + 1;
    }
    this.#note(from, to);
  }

  /** By distance from the axis. @param {Uint8Array} table @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} qy @param {number} scale */
  #coverBand(table, cover, base, first, last, qy, scale) {
    const { dy } = this, ax = this.a.x - 0.5, other = qy * this.dx;
    let from = last, to = first;
    for (let x = first; x < last; x++) {
      const old = cover[base + x];
      if (old === 255) continue;
      const cross = (x - ax) * dy - other, step = cross * cross * scale;
      if (step >= STEPS) continue;
      const value = table[step | 0];
      if (value <= old) continue;
      cover[base + x] = value;
      if (from === last) from = x;
      to = x + 1;
    }
    this.#note(from, to);
  }

  /** Radius or strength change along the way. @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} y */
  #coverTapered(cover, base, first, last, y) {
    const { a, b, dx, dy, hardness } = this, qy = y - a.y, perLength = this.lengthSquared > 0 ? 1 / this.lengthSquared : 0;
    let from = last, to = first;
    for (let x = first; x < last; x++) {
      const old = cover[base + x];
      if (old === 255) continue;
      const qx = x + 0.5 - a.x;
      let u = (qx * dx + qy * dy) * perLength;
      u = u < 0 ? 0 : u > 1 ? 1 : u;
      const ex = qx - u * dx, ey = qy - u * dy, radius = a.radius + u * (b.radius - a.radius), outer = radius + 0.5;
      const inner = Math.max(-0.5, Math.min(outer - 1, radius * hardness));
      const value = coverage(Math.sqrt(ex * ex + ey * ey), inner, outer, a.strength + u * (b.strength - a.strength));
      if (value <= old) continue;
      cover[base + x] = value;
      if (x < from) from = x;
      to = x + 1;
    }
    this.#note(from, to);
  }

  /** @param {number} from @param {number} to */
  #note(from, to) {
    if (from >= to) return;
    if (from < this.from) this.from = from;
    if (to > this.to) this.to = to;
  }

  /**
   * Where each row of pixel centres cuts the set of points within `radius` of the axis: left, right, left, right, …
   * @param {number} rows @param {number} radius @param {(x: number) => number} toLeft @param {(x: number) => number} toRight @returns {Int32Array}
   */
  #spans(rows, radius, toLeft, toRight) {
    const { a, b } = this, spans = new Int32Array(2 * rows), top = this.box?.y ?? 0, squared = radius * radius;
    const length = Math.sqrt(this.lengthSquared), nx = length > 0 ? -this.dy / length * radius : 0, ny = length > 0 ? this.dx / length * radius : 0;
    for (let row = 0; row < rows; row++) {
      const y = top + row + 0.5, ha = y - a.y, hb = y - b.y;
      let left = Infinity, right = -Infinity;
      if (ha * ha <= squared) {
        const w = Math.sqrt(squared - ha * ha);
        left = a.x - w;
        right = a.x + w;
      }
      if (hb * hb <= squared) {
        const w = Math.sqrt(squared - hb * hb);
        if (b.x - w < left) left = b.x - w;
        if (b.x + w > right) right = b.x + w;
      }
      for (let side = -1; side <= 1 && this.dy !== 0; side += 2) {
        // the straight flank on this side
        const along = (ha - side * ny) / this.dy;
        if (along < 0 || along > 1) continue;
        const x = a.x + side * nx + along * this.dx;
        if (x < left) left = x;
        if (x > right) right = x;
      }
      if (left <= right) {
        spans[2 * row] = toLeft(left);
        spans[2 * row + 1] = toRight(right);
      }
    }
    return spans;
  }
}
