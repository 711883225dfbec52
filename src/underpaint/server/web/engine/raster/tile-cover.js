// @ts-check
/** How far a stroke covers the pixels of one tile: the largest coverage over all its pieces. */
/** @import { Box } from '../types.js' */
/** @import { Capsule } from './capsule.js' */
import { boxBetween } from '../geometry.js';
import { coverage, rim, tabledAt } from './falloff.js';

/** For so many pixels at a time it is asked which pieces matter: of those that wait, most are hidden under nearer ones. */
const BLOCK = 64;
const SLACK_PX = 0.1; // more than rounding amounts to

/** What a piece covers a block by, at least and at most. */
const range = { least: 0, most: 0 };

export class TileCover {
  /** Pieces that are not part of `pixels` yet. @type {Capsule[]} */ waiting = [];
  /** 0…255, `side` to a row. */ pixels;
  /** The columns of each row that the last `settle` changed: from, to, from, to, … */ changed;
  /** What all pixels of a block are covered by. @type {Uint8Array} */ #least;
  /** The pieces that matter to the block in hand. @type {number[]} */ #most = [];

  /** @param {Box} area what the tile covers, pixels of its grid @param {number} side of the tile */
  constructor(area, side) {
    this.area = area;
    this.side = side;
    this.pixels = new Uint8Array(side * side);
    this.changed = new Int16Array(2 * side);
    this.#least = new Uint8Array(Math.ceil(side / BLOCK) ** 2);
  }

  /** Covers what the waiting pieces cover. The order in which pieces come is without meaning. @returns {Box | null} what changed, in the tile */
  settle() {
    const { side, area, changed, waiting } = this;
    this.waiting = [];
    for (let y = 0; y < side; y++) { changed[2 * y] = side; changed[2 * y + 1] = 0; }
    for (let y = 0, block = 0; y < side; y += BLOCK) {
      for (let x = 0; x < side; x += BLOCK, block++) {
        const width = Math.min(BLOCK, area.width - x), height = Math.min(BLOCK, area.height - y);
        if (width > 0 && height > 0) this.#settleBlock(waiting, block, area.x + x, area.y + y, width, height);
      }
    }
    return this.#changedBox();
  }

  /** @param {Capsule[]} pieces @param {number} block @param {number} x @param {number} y @param {number} width @param {number} height */
  #settleBlock(pieces, block, x, y, width, height) {
    const most = this.#most, half = Math.sqrt((width - 1) * (width - 1) + (height - 1) * (height - 1)) / 2;
    let least = this.#least[block];
    for (let i = 0; i < pieces.length; i++) {
      measure(pieces[i], x + width / 2, y + height / 2, half);
      most[i] = range.most;
      if (range.least > least) least = range.least;
    }
    if (least > this.#least[block]) this.#raise(least, x, y, width, height);
    this.#least[block] = least;
    for (let i = 0; i < pieces.length; i++) if (most[i] > least) this.#cover(pieces[i], x, y, width, height);
  }

  /** @param {Capsule} piece @param {number} x @param {number} y @param {number} width @param {number} height */
  #cover(piece, x, y, width, height) {
    const { area, side, pixels } = this, reach = /** @type {Box} */ (piece.box);
    const x0 = Math.max(x, reach.x), x1 = Math.min(x + width, reach.x + reach.width);
    const y0 = Math.max(y, reach.y), y1 = Math.min(y + height, reach.y + reach.height);
    for (let row = y0; row < y1; row++) {
      if (piece.coverRow(pixels, (row - area.y) * side - area.x, x0, x1, row)) this.#note(row - area.y, piece.from - area.x, piece.to - area.x);
    }
  }

  /** All pixels of a block are covered by this much. @param {number} least @param {number} x @param {number} y @param {number} width @param {number} height */
  #raise(least, x, y, width, height) {
    const { area, side, pixels } = this, left = x - area.x, right = left + width;
    for (let row = y - area.y; row < y - area.y + height; row++) {
      if (least === 255) pixels.fill(255, row * side + left, row * side + right);
      else for (let i = row * side + left; i < row * side + right; i++) if (pixels[i] < least) pixels[i] = least;
      this.#note(row, left, right);
    }
  }

  /** @param {number} row @param {number} from @param {number} to */
  #note(row, from, to) {
    const { changed } = this;
    if (from < changed[2 * row]) changed[2 * row] = from;
    if (to > changed[2 * row + 1]) changed[2 * row + 1] = to;
  }

  #changedBox() {
    const { changed, side } = this;
    let left = side, right = 0, top = side, bottom = 0;
    for (let y = 0; y < side; y++) {
      if (changed[2 * y] >= changed[2 * y + 1]) continue;
      left = Math.min(left, changed[2 * y]);
      right = Math.max(right, changed[2 * y + 1]);
      top = Math.min(top, y);
      bottom = y + 1;
    }
    return boxBetween(left, top, right, bottom);
  }
}

/** Sets `range` for a block, by the distance of its middle from the piece's axis. @param {Capsule} piece @param {number} x @param {number} y @param {number} half its diagonal */
function measure(piece, x, y, half) {
  const { a, dx, dy, length } = piece, qx = x - a.x, qy = y - a.y;
  const along = length > 0 ? (qx * dx + qy * dy) / length : 0, u = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
  const ex = qx - u * dx, ey = qy - u * dy, distance = Math.sqrt(ex * ex + ey * ey), nearest = distance - half - SLACK_PX;
  range.least = range.most = 0;
  // of a continued piece only what lies ahead of `a` counts, and a little more
  if (nearest >= piece.outer || piece.isContinued && along + half < -2) return;
  range.most = mostAt(piece, Math.max(0, nearest));
  if (!piece.isContinued || along > half) range.least = leastAt(piece, distance + half + SLACK_PX);
}

/** @param {Capsule} piece @param {number} distance or farther */
function mostAt(piece, distance) {
  const { a, b, hardness, outer, falloff } = piece;
  if (distance <= piece.inner) return piece.full;
  if (falloff) return tabledAt(falloff, distance);
  const { inner } = rim(Math.max(a.radius, b.radius), hardness);
  return coverage(distance, inner, outer, Math.max(a.strength, b.strength));
}

/** @param {Capsule} piece @param {number} distance or nearer */
function leastAt(piece, distance) {
  const { a, b, hardness, falloff } = piece;
  if (distance <= piece.inner) return piece.full;
  if (falloff) return tabledAt(falloff, distance);
  const narrow = rim(Math.min(a.radius, b.radius), hardness);
  return coverage(distance, narrow.inner, narrow.outer, Math.min(a.strength, b.strength));
}
