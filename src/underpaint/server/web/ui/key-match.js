// @ts-check
/** From key events to names such as "Ctrl Shift Z", and back to words. Pure. */

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean}} Press */

/** Keys that another layout, Alt or Shift turns into something else; they go by their place on the keyboard.
 *  @type {Record<string, string>} */
const BY_PLACE = { Comma: ',', Period: '.', BracketLeft: '[', BracketRight: ']' };
/** @type {Record<string, string>} */
const NAMES = { ' ': 'Space', Escape: 'Esc', Delete: 'Del', Enter: '↵', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** @param {Press} press @returns {string} */
export function pressName({ key, code = '', ctrlKey = false, metaKey = false, altKey = false, shiftKey = false }) {
  const isLetter = /^[a-z]$/i.test(key);
  const isMoved = altKey || (shiftKey && ['Comma', 'Period'].includes(code));
  const place = isMoved ? BY_PLACE[code] ?? /^Digit(\d)$/.exec(code)?.[1] : undefined;
  const name = place ?? NAMES[key] ?? (isLetter ? key.toUpperCase() : key);
  const isShiftSaid = shiftKey && (isLetter || name.length > 1 || place !== undefined || '←→↑↓↵'.includes(name));
  return [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', isShiftSaid ? 'Shift' : '', name].filter(Boolean).join(' ');
}

/** Whether a press is text or steps inside a field. @param {string} name */
export const isPlain = (name) => !name.startsWith('Ctrl') && !/^F\d/.test(name);

/** Keys for this platform. @param {string} name @param {boolean} [isMac] */
export const keyText = (name, isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')) =>
  (isMac ? name.replace('Ctrl', '⌘').replace('Alt', '⌥').replace('Shift', '⇧') : name);
