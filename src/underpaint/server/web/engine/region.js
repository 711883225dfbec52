// @ts-check
/** @import { Box } from './types.js' */
import { intersection, union } from './geometry.js';

const MOST = 6;

/** Boxes to work on. Those that lie together become one, so that two small changes far apart are not one large one. */
export class Region {
  /** @type {Box[]} */ #boxes = [];

  get isEmpty() { return this.#boxes.length === 0; }

  /** @param {Box} added */
  add(added) {
    let box = added;
    for (let i = 0; i < this.#boxes.length; i++) {
      const both = /** @type {Box} */ (union(box, this.#boxes[i]));
      if (area(both) > area(box) + area(this.#boxes[i])) continue;
      this.#boxes.splice(i, 1);
      box = both;
      i = -1; // now it may lie together with one that was passed
    }
    this.#boxes.push(box);
    if (this.#boxes.length > MOST) this.#boxes = [/** @type {Box} */ (this.#boxes.reduce((/** @type {Box | null} */ all, one) => union(all, one), null))];
  }

  /** The boxes inside `clip`; nothing is left. @param {Box} clip @returns {Box[]} */
  take(clip) {
    const boxes = this.#boxes;
    this.#boxes = [];
    return boxes.flatMap((box) => intersection(box, clip) ?? []);
  }
}

/** @param {Box} box */
const area = ({ width, height }) => width * height;
