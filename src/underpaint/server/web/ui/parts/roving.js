// @ts-check
import { useRef } from 'preact/hooks';
import { nextIndex } from './next-index.js';

/**
 * One tab stop for a group: arrows move the focus between its children that match `selector`.
 * @param {{selector?: string, axis?: 'horizontal' | 'vertical' | 'both', onMove?: (element: HTMLElement) => void}} [options]
 *   onMove: for radiogroups, where moving is choosing
 */
export function useRoving({ selector = 'button', axis = 'both', onMove } = {}) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const items = [...(ref.current?.querySelectorAll(selector) ?? [])].filter(/** @return {item is HTMLElement} */ (item) =>
      item instanceof HTMLElement && !item.matches(':disabled'));
    const at = items.findIndex((item) => item === document.activeElement);
    const next = at < 0 ? null : nextIndex(event.key, at, items.length, axis);
    const item = next === null ? undefined : items[next];
    if (!item) return;
    event.preventDefault();
    event.stopPropagation();
    item.focus();
    onMove?.(item);
  };
  return { ref, onKeyDown };
}
