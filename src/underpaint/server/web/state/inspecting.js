// @ts-check
/** Asks the server what a job would do, shortly after something changed; answers that come too late are dropped. */
/** @import { Layer, Settings, Stage, Underpaintings } from '../api/api.d.ts' */

/** @typedef {{nodeId: string, settings: Settings, stage: Stage, versions: Record<Layer, number>}} Question */

/** Everything that an inspection depends on. @param {Question} question */
export const inspectionKey = ({ nodeId, settings, versions }) => JSON.stringify([nodeId, settings, versions.mask, versions.sketch]);

/** Everything that the previews depend on; prompt, CFG and batch are not seen in them. @param {Question} question */
export function previewKey({ nodeId, settings: { request }, stage, versions }) {
  const { model, mask, canvas: { content: _content, ...canvas }, sampling, noise, rules, soft_inpainting: soft } = request;
  const noised = stage === 'first-step' ? [sampling.denoising_strength, sampling.steps, sampling.sampler, sampling.scheduler, noise] : noise.seed;
  return JSON.stringify([nodeId, versions.mask, versions.sketch, model, mask, canvas, rules, soft.enabled, noised, stage]);
}

/**
 * Newer previews over those that are shown.
 * @param {Underpaintings | null} shown
 * @param {Underpaintings} newer
 * @returns {Underpaintings}
 */
export function withPreviews(shown, newer) {
  const isNew = new Set(newer.previews.map((preview) => preview.underpainting));
  return { ...newer, previews: [...(shown?.previews.filter((preview) => !isNew.has(preview.underpainting)) ?? []), ...newer.previews] };
}

/**
 * Runs the newest of a row of requests: waits until no new one came for a while, aborts the one under way, and lets
 * through only the answer to the last.
 * @template Q, A
 */
export class Newest {
  #ask;
  #take;
  #fail;
  #waitMs;
  #number = 0;
  /** @type {AbortController | null} */ #underWay = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {string | null} */ #key = null;

  /** @param {{ask: (question: Q, signal: AbortSignal) => Promise<A>, take: (answer: A, question: Q) => void, fail: (error: unknown) => void, waitMs: number}} parts */
  constructor({ ask, take, fail, waitMs }) {
    this.#ask = ask;
    this.#take = take;
    this.#fail = fail;
    this.#waitMs = waitMs;
  }

  /** Asks unless the same was asked last. @param {Q} question @param {string} key @returns {boolean} whether an answer will come */
  request(question, key) {
    if (key === this.#key) return false;
    this.#key = key;
    this.#number += 1;
    const number = this.#number;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { void this.#run(question, number); }, this.#waitMs);
    return true;
  }

  /** Forgets what was asked; no answer comes any more. */
  cancel() {
    this.#number += 1;
    this.#key = null;
    clearTimeout(this.#timer);
    this.#underWay?.abort();
  }

  /** @param {Q} question @param {number} number */
  async #run(question, number) {
    this.#underWay?.abort();
    const controller = new AbortController();
    this.#underWay = controller;
    try {
      const answer = await this.#ask(question, controller.signal);
      if (number === this.#number) this.#take(answer, question);
    } catch (error) {
      if (number !== this.#number || controller.signal.aborted) return;
      this.#key = null;
      this.#fail(error);
    }
  }
}
