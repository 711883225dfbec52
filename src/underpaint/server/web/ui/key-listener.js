// @ts-check
/** From a key that is pressed to the command of the table. */
import { areKeysOn } from '../state/store.js';
import { isPlain, pressName } from './key-match.js';
import { COMMANDS } from './keys.js';
/** @import { Command } from './keys.js' */

/** Text goes into fields; letters choose in lists. @param {EventTarget | null} target */
const isTyping = (target) => target instanceof HTMLElement
  && (target.isContentEditable || target.matches('textarea, select, input:not([type=range], [type=color], [type=checkbox])'));

/** Buttons and their like take these themselves. @param {EventTarget | null} target @param {string} name */
function isTaken(target, name) {
  if (!(target instanceof HTMLElement)) return false;
  if (name === '↵') return target.matches('button:not(.card), a, summary, [role=treeitem]');
  if (['←', '→'].includes(name)) return target.matches('input[type=range], [role=radio], [role=tab], [role=slider], [role=treeitem]');
  return target.matches('[role=treeitem]') && ['Del', '*', 'L', 'R'].includes(name);
}

/** @param {KeyboardEvent} event @param {string} [name] of the keys @returns {Command | undefined} */
export function commandFor(event, name = pressName(event)) {
  if (document.querySelector('dialog[open]') || (event.target instanceof Element && event.target.closest('.pop'))) return undefined;
  if (isPlain(name) && (isTyping(event.target) || isTaken(event.target, name))) return undefined;
  if (isTyping(event.target) && ['Ctrl Z', 'Ctrl Shift Z', 'Ctrl Y', 'Ctrl I'].includes(name)) return undefined;
  if (!areKeysOn.value && /^(Shift )?\S$/u.test(name)) return undefined;
  return COMMANDS.find((command) => command.run && command.keys.includes(name) && (command.isOn?.() ?? true));
}

/** Starts listening. @returns {() => void} to stop */
export function listenForKeys() {
  /** @type {Map<string, Command>} */
  const held = new Map();
  /** @param {KeyboardEvent} event */
  const onDown = (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = pressName(event);
    const command = commandFor(event, name);
    if (!command) return;
    event.preventDefault();
    if (command.release) {
      if (event.repeat) return;
      held.set(event.code, command);
    }
    command.run?.(name);
  };
  /** @param {KeyboardEvent} event */
  const onUp = (event) => {
    held.get(event.code)?.release?.();
    held.delete(event.code);
  };
  const releaseAll = () => {
    for (const command of held.values()) command.release?.();
    held.clear();
  };
  addEventListener('keydown', onDown);
  addEventListener('keyup', onUp);
  addEventListener('blur', releaseAll);
  return () => {
    removeEventListener('keydown', onDown);
    removeEventListener('keyup', onUp);
    removeEventListener('blur', releaseAll);
  };
}
