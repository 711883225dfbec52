// @ts-check
/** @import { Command } from './types.js' */

const BUDGET_BYTES = 512 * 1024 * 1024;

/**
 * Undo and redo without a limit on steps, but on bytes: when the commands together cost more than the budget, the
 * oldest are forgotten. Undo and redo run one after the other, so that an asynchronous command finishes first.
 * Fires 'change'.
 */
export class History extends EventTarget {
  /** @type {Command[]} */ #done = [];
  /** @type {Command[]} */ #undone = [];
  #bytes = 0;
  #budget;
  /** @type {Promise<unknown>} */ #running = Promise.resolve();
  /** What has to end before a step back or forth: a stroke, a command at work. @type {() => Promise<void>} */
  whenReady = async () => {};

  /** @param {number} [budget] in bytes */
  constructor(budget = BUDGET_BYTES) {
    super();
    this.#budget = budget;
  }

  get canUndo() { return this.#done.length > 0; }
  get canRedo() { return this.#undone.length > 0; }
  get undoLabel() { return this.#done.at(-1)?.label ?? null; }
  get redoLabel() { return this.#undone.at(-1)?.label ?? null; }
  get bytes() { return this.#bytes; }
  get length() { return this.#done.length; }

  /** Records a command that has already been carried out. @param {Command} command */
  push(command) {
    for (const forgotten of this.#undone) this.#bytes -= forgotten.bytes;
    this.#undone = [];
    this.#done.push(command);
    this.#bytes += command.bytes;
    while (this.#bytes > this.#budget && this.#done.length > 1) {
      this.#bytes -= /** @type {Command} */ (this.#done.shift()).bytes;
    }
    this.#changed();
  }

  /** @returns {Promise<string | null>} the label of what was undone */
  undo() { return this.#inTurn(() => this.#move('undo')); }

  /** @returns {Promise<string | null>} the label of what was redone */
  redo() { return this.#inTurn(() => this.#move('redo')); }

  clear() {
    this.#done = [];
    this.#undone = [];
    this.#bytes = 0;
    this.#changed();
  }

  /** Resolves when no undo or redo is running. */
  async settled() { await this.#running; }

  /** @param {'undo' | 'redo'} verb */
  async #move(verb) {
    await this.whenReady();
    const command = (verb === 'undo' ? this.#done : this.#undone).pop();
    if (!command) return null;
    try {
      await command[verb]();
    } catch (error) {
      (verb === 'undo' ? this.#done : this.#undone).push(command);
      throw error;
    }
    (verb === 'undo' ? this.#undone : this.#done).push(command);
    this.#changed();
    return command.label;
  }

  /** @template T @param {() => Promise<T>} step @returns {Promise<T>} */
  #inTurn(step) {
    const turn = this.#running.then(step);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  #changed() { this.dispatchEvent(new Event('change')); }
}
