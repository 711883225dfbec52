// @ts-check
/** A sheet from below that rests at three heights; dragged by its handle, closed by pulling it down. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clamp, settledDetent } from '../compare-maths.js';

const DETENTS = [0, 0.45, 0.75, 1];
const SPEED_WINDOW_MS = 80;

/**
 * @param {object} props
 * @param {string} props.label
 * @param {() => void} props.onClose
 * @param {number} [props.initial]   detent it opens at
 * @param {import('preact').ComponentChildren} [props.head]
 * @param {import('preact').ComponentChildren} [props.foot]
 * @param {import('preact').ComponentChildren} [props.children]
 */
export function Sheet({ label, onClose, initial = 0.75, head, foot, children }) {
  const [height, setHeight] = useState(initial);
  const [isDragged, setIsDragged] = useState(false);
  const sheet = useRef(/** @type {HTMLElement | null} */ (null));
  const drag = useRef(/** @type {{y: number, height: number, trail: {y: number, at: number}[]} | null} */ (null));
  useEffect(() => {
    const opener = document.activeElement;
    sheet.current?.querySelector('button')?.focus({ preventScroll: true });
    return () => { if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true }); };
  }, []);

  /** @param {number} detent */
  const settle = (detent) => (detent === 0 ? onClose() : setHeight(detent));
  /** @param {PointerEvent} event */
  const start = (event) => {
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    drag.current = { y: event.clientY, height, trail: [{ y: event.clientY, at: event.timeStamp }] };
    setIsDragged(true);
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const now = drag.current;
    if (!now) return;
    now.trail = [...now.trail.filter(({ at }) => event.timeStamp - at < SPEED_WINDOW_MS), { y: event.clientY, at: event.timeStamp }];
    setHeight(clamp(now.height + (now.y - event.clientY) / innerHeight, 0.1, 1));
  };
  const release = () => {
    const now = drag.current;
    drag.current = null;
    setIsDragged(false);
    if (!now) return;
    const [first, last] = [now.trail[0], now.trail.at(-1)];
    const seconds = first && last ? (last.at - first.at) / 1000 : 0;
    const speed = first && last && seconds > 0 ? (first.y - last.y) / innerHeight / seconds : 0;
    settle(settledDetent(height, speed, DETENTS));
  };
  /** @param {KeyboardEvent} event */
  const onHandleKey = (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    settle(settledDetent(height, event.key === 'ArrowUp' ? 1 : -1, DETENTS));
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  return html`
    <section class=${`sheet ${isDragged ? 'is-dragged' : ''} ${height === 1 ? 'is-full' : ''}`} role="dialog" aria-label=${label} ref=${sheet}
      style=${{ height: `${height * 100}dvh` }} onKeyDown=${onKey}>
      <button type="button" class="grab" aria-label=${`${label}: drag, or arrows to resize`} onPointerDown=${start} onPointerMove=${follow}
        onPointerUp=${release} onPointerCancel=${release} onKeyDown=${onHandleKey}></button>
      ${head ?? html`<h2 class="visually-hidden">${label}</h2>`}
      <div class="sheet-body">${children}</div>
      ${foot}
    </section>`;
}
