// @ts-check

/**
 * What was asked about each job, for one version of its layers. A question that failed can be asked again.
 * @template T
 */
export class Answers {
  /** @type {Map<string, {version: string, answer: Promise<T | null>}>} */ #known = new Map();

  /** @param {string} id @param {string} version @returns {Promise<T | null> | null} null: not asked yet */
  get(id, version) {
    const known = this.#known.get(id);
    return known?.version === version ? known.answer : null;
  }

  /** @param {string} id @param {string} version @param {Promise<T | null>} asked @returns {Promise<T | null>} null where it fails */
  put(id, version, asked) {
    const answer = asked.catch(() => {
      if (this.#known.get(id)?.answer === answer) this.#known.delete(id);
      return null;
    });
    this.#known.set(id, { version, answer });
    return answer;
  }

  /** Forgets all other jobs. @param {{has(id: string): boolean}} ids */
  keep(ids) { keepOnly(this.#known, ids); }
}

/** @template T @param {Map<string, T>} map @param {{has(id: string): boolean}} ids */
export function keepOnly(map, ids) {
  for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
}
