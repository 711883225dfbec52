// @ts-check
/** The whole page takes files: dropped anywhere, or pasted. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { takeFile } from '../state/incoming.js';
import { project, upload } from '../state/store.js';
import { Progress } from './parts.js';

/** Over which element a file is held; null: none. */
export function DropTarget() {
  const [isOver, setIsOver] = useState(false);
  const depth = useRef(0);
  useEffect(() => {
    /** @param {DragEvent} event */
    const isFile = (event) => event.dataTransfer?.types.includes('Files') ?? false;
    /** @param {DragEvent} event */
    const enter = (event) => {
      if (!isFile(event)) return;
      depth.current += 1;
      setIsOver(true);
    };
    const leave = () => {
      depth.current = Math.max(0, depth.current - 1);
      setIsOver(depth.current > 0);
    };
    /** @param {DragEvent} event */
    const over = (event) => { if (isFile(event)) event.preventDefault(); };
    /** @param {DragEvent} event */
    const drop = (event) => {
      depth.current = 0;
      setIsOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (!file) return;
      event.preventDefault();
      void takeFile(file);
    };
    /** @param {ClipboardEvent} event */
    const paste = (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (!file) return;
      event.preventDefault();
      void takeFile(file);
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, []);
  if (upload.value) return html`<${Uploading} name=${upload.value.name} share=${upload.value.share} />`;
  return isOver ? html`<div class="drop-veil"><b>${project.value ? 'Drop it: you choose what it is for' : 'Drop it to open it'}</b></div>` : null;
}

/** @param {{name: string, share: number}} props */
const Uploading = ({ name, share }) => html`
  <div class="toasts"><div class="toast is-upload"><span>Opening ${name}</span><${Progress} share=${share} label=${`Opening ${name}`} /></div></div>`;
