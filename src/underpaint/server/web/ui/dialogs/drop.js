// @ts-check
import { html } from 'htm/preact';
import '@preact/signals';
import { addPicture, closeDialog, importMask, openPicture, openSettingsFile, pasteOntoSketch } from '../../state/actions.js';
import { headNode } from '../../state/store.js';
import { Icon } from '../parts.js';
import { Dialog } from './dialog.js';
/** @import { IconName } from '../icons.js' */

/** @typedef {{icon: IconName, name: string, note: string, run: (file: File) => Promise<unknown>}} Choice */

/** @type {Choice} */
const NEW_PROJECT = { icon: 'image', name: 'New project', note: 'Work on this picture', run: openPicture };
/** @type {Choice[]} */
const FOR_OPEN_PROJECT = [
  NEW_PROJECT,
  { icon: 'paint', name: 'Sketch layer', note: 'Place it, then paint over it', run: pasteOntoSketch },
  { icon: 'brush', name: 'Mask', note: 'White or opaque is repainted', run: importMask },
  { icon: 'branch', name: 'Another start', note: 'A second root in this history', run: addPicture },
];
/** @type {Choice} */
const SETTINGS = { icon: 'tune', name: 'Its settings', note: 'Fill the panel from this file', run: openSettingsFile };

/** A picture came while a project is open: what is it for? @param {{file: File}} props */
export const Drop = ({ file }) => html`
  <${Dialog} title=${file.name || 'Pasted picture'} onClose=${closeDialog}>
    <div class="dlg-body"><${Choices} file=${file} choices=${headNode.value ? FOR_OPEN_PROJECT : [NEW_PROJECT, ...FOR_OPEN_PROJECT.slice(3)]} /></div>
  <//>`;

/** A result file was opened: it carries its settings. @param {{file: File}} props */
export const SettingsFile = ({ file }) => html`
  <${Dialog} title=${file.name} onClose=${closeDialog}>
    <div class="dlg-body">
      <p>This file says how it was made.</p>
      <${Choices} file=${file} choices=${headNode.value ? [SETTINGS, ...FOR_OPEN_PROJECT] : [SETTINGS, NEW_PROJECT]} />
    </div>
  <//>`;

/** @param {{file: File, choices: Choice[]}} props */
function Choices({ file, choices }) {
  /** @param {Choice} choice */
  const take = async (choice) => {
    closeDialog();
    await choice.run(file);
  };
  return html`<div class="choices">${choices.map((choice) => html`
    <button key=${choice.name} type="button" class="choice" onClick=${() => take(choice)}>
      <${Icon} name=${choice.icon} size=${20} /><b>${choice.name}</b><small>${choice.note}</small>
    </button>`)}</div>`;
}
