// @ts-check
/** @import { Jobs } from './worker.js' */

/** The page's side of worker.js: `run(name, job)` resolves with the job's result. */
export class WorkerClient {
  #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  /** @type {Map<number, {resolve: (value: unknown) => void, reject: (reason: Error) => void}>} */ #waiting = new Map();
  /** @type {((value?: unknown) => void)[]} */ #whenAnswered = [];
  #nextId = 1;
  /** Gives the pixels of a 256-px tile that a flood fill asks for. @type {(key: number) => Uint8Array} */
  pixelTile = () => { throw new Error('There is no picture to read from'); };

  constructor() {
    this.#worker.addEventListener('message', ({ data }) => this.#onMessage(data));
    this.#worker.addEventListener('error', (event) => this.#failAll(new Error(event.message || 'The worker could not be started')));
  }

  /**
   * @template {keyof Jobs} Name
   * @param {Name} name @param {Parameters<Jobs[Name]>[0]} job @param {Transferable[]} [transfer]
   * @returns {ReturnType<Jobs[Name]>}
   */
  run(name, job, transfer = []) {
    const id = this.#nextId++;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#worker.postMessage({ id, name, job }, transfer);
    return /** @type {ReturnType<Jobs[Name]>} */ (answer);
  }

  get isIdle() { return this.#waiting.size === 0; }

  /** Resolves when no job is running. */
  async idle() {
    while (!this.isIdle) await new Promise((resolve) => this.#whenAnswered.push(resolve));
  }

  /** Jobs under way are given up: their promises stay open, and who waits for `idle` goes on. */
  close() {
    this.#worker.terminate();
    this.#waiting.clear();
    this.#wake();
  }

  /** @param {{ask: number} | {id: number, result?: unknown, error?: string}} message */
  #onMessage(message) {
    if ('ask' in message) {
      const pixels = this.pixelTile(message.ask);
      this.#worker.postMessage({ key: message.ask, pixels }, [pixels.buffer]);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.result);
    this.#wake();
  }

  #wake() {
    for (const resolve of this.#whenAnswered.splice(0)) resolve();
  }

  /** @param {Error} error */
  #failAll(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#wake();
  }
}
