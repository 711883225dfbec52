// @ts-check
import { html } from 'htm/preact';
import '@preact/signals';
import { isPanelOpen, panel, pickedResult, view } from '../state/store.js';

/** The button that everything on the page leads to just now. @returns {{id: string, name: string} | null} */
function mainButton() {
  if (view.value === 'history') return { id: 'continue', name: 'Continue' };
  if (panel.value === 'queue' && isPanelOpen.value) return null;
  return panel.value === 'result' && pickedResult.value ? { id: 'keep', name: 'Keep' } : { id: 'generate', name: 'Generate' };
}

/** First stop of the Tab key: straight to the main button. */
export function SkipLink() {
  const target = mainButton();
  if (!target) return null;
  /** @param {Event} event */
  const skip = (event) => {
    event.preventDefault();
    document.getElementById(target.id)?.focus();
  };
  return html`<a class="skip" href=${`#${target.id}`} onClick=${skip}>Skip to ${target.name}</a>`;
}
