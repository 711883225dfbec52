// @ts-check
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { copyText } from '../state/result-verbs.js';

const SHOWN_MS = 2000;

/** Copies a text and says so in its own place. @param {{text: () => string, label: string, class: string}} props */
export function CopyButton({ text, label, class: look }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    await copyText(text(), 'Copied');
    setIsCopied(true);
  };
  return html`<button type="button" class=${look} onClick=${copy}>${isCopied ? 'Copied' : label}</button>`;
}
