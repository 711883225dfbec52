// @ts-check
/** Toasts: only to offer a way back. They stay while the pointer or the focus is on them. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import '@preact/signals';
import { dismissToast, undoToast } from '../state/actions.js';
import { toasts } from '../state/store.js';
import { Button, IconButton } from './parts.js';
/** @import { Toast } from '../state/types.d.ts' */

const SHOWN_MS = 8000;

export function Toasts() {
  return html`<div class="toasts" role="status">${toasts.value.map((toast) => html`<${ToastRow} key=${toast.id} toast=${toast} />`)}</div>`;
}

/** @param {{toast: Toast}} props */
function ToastRow({ toast }) {
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => dismissToast(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld, toast.id]);
  const hold = () => setIsHeld(true);
  const release = () => setIsHeld(false);
  const undo = async () => {
    if (await undoToast(toast)) dismissToast(toast.id);
  };
  return html`
    <div class="toast" onMouseEnter=${hold} onMouseLeave=${release} onFocusIn=${hold} onFocusOut=${release}>
      <span>${toast.message}</span>
      ${toast.undo && html`<${Button} onClick=${undo}>Undo<//>`}
      <${IconButton} icon="x" label="Close" size=${14} onClick=${() => dismissToast(toast.id)} />
    </div>`;
}
