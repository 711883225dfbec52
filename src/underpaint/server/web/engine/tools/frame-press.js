// @ts-check
/** @import { Sample, Tool } from '../workspace.js' */
import { distance } from '../geometry.js';

const STILL_PX = 4;
const DOUBLE_CLICK_MS = 350;

/**
 * A press on the frame's line. It may be the first of a double click, which is not for the tool; so the tool gets it when
 * the pointer moves on, or when no second press has come. @implements {Tool}
 */
export class FramePress {
  cursor = '';
  /** @type {Sample[]} */ #held = [];
  /** Runs after the first click. @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {(samples: Sample[], isClick: boolean) => void} pass gives the gesture so far to the tool; a click is complete */
  constructor(pass) { this.pass = pass; }

  /** @param {Sample} sample */
  down(sample) {
    const isSecond = this.#timer !== undefined && distance(this.#held[0].at, sample.at) < STILL_PX;
    if (!isSecond) this.finish();
    this.#forget();
    if (!isSecond) this.#held = [sample];
  }

  /** @param {Sample[]} samples */
  move(samples) {
    if (this.#held.length === 0) return;
    this.#held.push(...samples);
    if (distance(this.#held[0].at, samples[samples.length - 1].at) < STILL_PX) return;
    const held = this.#held;
    this.#forget();
    this.pass(held, false);
  }

  up() {
    if (this.#held.length > 0) this.#timer = setTimeout(() => this.finish(), DOUBLE_CLICK_MS);
  }

  cancel() { this.#forget(); }

  /** The click was a single one. */
  finish() {
    if (this.#timer === undefined) return;
    const held = this.#held;
    this.#forget();
    this.pass(held, true);
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = [];
  }
}
