// @ts-check
/** @import { Renderer } from './renderer.js' */
/** @import { Stage } from '../stage.js' */

const ANTS_MS = 125, BLINK_MS = 700;
const ANT_STEP = 22; // of 256 per dash pair

/** What moves by itself: the ants and the blinking comparison. Nothing runs while the page is hidden. */
export class Ticker {
  #still = matchMedia('(prefers-reduced-motion: reduce)');
  #ants;
  #blink;

  /** @param {Renderer} renderer @param {Stage} stage */
  constructor(renderer, stage) {
    this.#ants = setInterval(() => {
      const { mask, comparison } = renderer, area = comparison ? null : mask.outlineBox;
      if (this.#still.matches || document.hidden || !area || !renderer.isMaskShown) return;
      mask.look.step = (mask.look.step + ANT_STEP) & 255;
      mask.march();
      stage.invalidate(area);
    }, ANTS_MS);
    this.#blink = setInterval(() => {
      if (renderer.comparison?.mode !== 'blink') return;
      renderer.isOtherTurn = !renderer.isOtherTurn;
      stage.invalidate();
    }, BLINK_MS);
  }

  close() {
    clearInterval(this.#ants);
    clearInterval(this.#blink);
  }
}
