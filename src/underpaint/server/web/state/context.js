// @ts-check
/** The editor that actions work on. The page sets it once; tests set their own. */
/** @import { Editor } from '../engine/editor.js' */

/** @type {Editor | null} */
let current = null;

/** @param {Editor | null} editor */
export const setEditor = (editor) => { current = editor; };

/** @returns {Editor} */
export function editor() {
  if (!current) throw new Error('The canvas is not there yet.');
  return current;
}

/**
 * Adds a step to the one undo list of the project.
 * @param {string} label
 * @param {() => void | Promise<void>} undo
 * @param {() => void | Promise<void>} redo
 */
export function record(label, undo, redo) {
  current?.history.push({ label, undo, redo, bytes: 512 });
}
