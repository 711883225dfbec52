// @ts-check
/** @import { Command } from './types.js' */

const BUDGET_BYTES = 256 * 1024 * 1024;
const UNPACKED_BYTES = 48 * 1024 * 1024;
const LEEWAY = 1.5; // while packing is under way

/**
 * Undo and redo without a limit on steps, but on bytes: older commands are packed, and when all together still cost more
 * than the budget, the oldest are forgotten. Undo and redo run one after the other, so that an asynchronous command
 * finishes first. Fires 'change'.
 */
export class History extends EventTarget {
  /** @type {Command[]} */ #done = [];
  /** @type {Command[]} */ #undone = [];
  #budget;
  #unpackedBudget;
  /** @type {WeakSet<Command>} */ #packed = new WeakSet();
  /** @type {Promise<void> | null} */ #packing = null;
  /** @type {Promise<unknown>} */ #running = Promise.resolve();
  /** What has to end before a step back or forth: a stroke, a command at work. @type {() => Promise<void>} */
  whenReady = async () => {};

  /** @param {number} [budget] in bytes @param {number} [unpackedBudget] of those that are not packed */
  constructor(budget = BUDGET_BYTES, unpackedBudget = UNPACKED_BYTES) {
    super();
    this.#budget = budget;
    this.#unpackedBudget = unpackedBudget;
  }

  get canUndo() { return this.#done.length > 0; }
  get canRedo() { return this.#undone.length > 0; }
  get undoLabel() { return this.#done.at(-1)?.label ?? null; }
  get redoLabel() { return this.#undone.at(-1)?.label ?? null; }
  get bytes() { return bytesOf(this.#done) + bytesOf(this.#undone); }
  get length() { return this.#done.length; }

  /** Records a command that has already been carried out. @param {Command} command */
  push(command) {
    this.#undone = [];
    this.#done.push(command);
    this.#pack();
    this.#forget(this.#packing ? this.#budget * LEEWAY : this.#budget);
    this.#changed();
  }

  /** @returns {Promise<string | null>} the label of what was undone */
  undo() { return this.#inTurn(() => this.#move('undo')); }

  /** @returns {Promise<string | null>} the label of what was redone */
  redo() { return this.#inTurn(() => this.#move('redo')); }

  clear() {
    this.#done = [];
    this.#undone = [];
    this.#changed();
  }

  /** Resolves when no undo or redo is running, and nothing is being packed. */
  async settled() {
    await this.#running;
    await this.#packing;
  }

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
    this.#packed.delete(command);
    (verb === 'undo' ? this.#undone : this.#done).push(command);
    this.#pack();
    this.#changed();
    return command.label;
  }

  /** Forgets the oldest. @param {number} budget in bytes */
  #forget(budget) {
    for (let bytes = this.bytes; bytes > budget && this.#done.length > 1;) bytes -= /** @type {Command} */ (this.#done.shift()).bytes;
  }

  #pack() {
    if (!this.#packing && this.#nextToPack()) this.#packing = this.#packAll().finally(() => { this.#packing = null; });
  }

  /** Packs those that will be needed last, one at a time, until the rest is small. */
  async #packAll() {
    for (let next = this.#nextToPack(); next; next = this.#nextToPack()) {
      this.#packed.add(next);
      await next.pack?.();
    }
    this.#forget(this.#budget);
    this.#changed();
  }

  #nextToPack() {
    const unpacked = [...this.#undone, ...this.#done].filter((command) => command.pack && !this.#packed.has(command));
    return bytesOf(unpacked) > this.#unpackedBudget ? unpacked[0] : null;
  }

  /** @template T @param {() => Promise<T>} step @returns {Promise<T>} */
  #inTurn(step) {
    const turn = this.#running.then(step);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  #changed() { this.dispatchEvent(new Event('change')); }
}

/** @param {readonly Command[]} commands */
const bytesOf = (commands) => commands.reduce((sum, { bytes }) => sum + bytes, 0);
