// @ts-check
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../../api/client.js';
import { applySavedMask, closeDialog, deleteSavedMask, importMask, listMasks, openDialog, saveMask } from '../../state/actions.js';
import { headNode, maskBounds, savedMasks } from '../../state/store.js';
import { Button, IconButton, TextField } from '../parts.js';
import { dayText } from '../time-words.js';
import { Dialog } from './dialog.js';
/** @import { SavedMask } from '../../api/api.d.ts' */

/** The mask library: keep this mask under a name, use an older one, import one from a file. */
export function Masks() {
  useEffect(() => { void listMasks(); }, []);
  const file = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {{currentTarget: HTMLInputElement}} event */
  const onFile = async ({ currentTarget }) => {
    const [chosen] = currentTarget.files ?? [];
    if (!chosen) return;
    closeDialog();
    await importMask(chosen);
  };
  const saved = savedMasks.value;
  const foot = html`
    <input class="visually-hidden" type="file" accept="image/*" tabindex="-1" aria-label="Mask file" ref=${file} onChange=${onFile} />
    <${Button} icon="upload" disabled=${!headNode.value} onClick=${() => file.current?.click()}>Import a mask file<//>`;
  return html`
    <${Dialog} title="Masks" onClose=${closeDialog} foot=${foot}>
      <div class="dlg-body">
        <${SaveForm} />
        ${saved.length === 0
          ? html`<p>No mask saved yet. A saved mask fits any picture: it is scaled to its size.</p>`
          : html`<ul class="rows">${saved.map((mask) => html`<${MaskRow} key=${mask.id} mask=${mask} />`)}</ul>`}
      </div>
    <//>`;
}

function SaveForm() {
  const [name, setName] = useState('');
  const canSave = maskBounds.value !== null && headNode.value !== null;
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    if (!canSave || !name.trim()) return;
    await saveMask(name.trim());
    setName('');
  };
  return html`
    <form class="save-file" onSubmit=${save}>
      <div class="grow"><${TextField} label="Name of the mask" placeholder=${canSave ? 'Name for the present mask' : 'Nothing is masked now'} value=${name} onInput=${setName} maxLength=${200} /></div>
      <${Button} type="submit" icon="save" disabled=${!canSave || !name.trim()}>Save this mask<//>
    </form>`;
}

/** @param {{mask: SavedMask}} props */
function MaskRow({ mask }) {
  const use = async () => {
    closeDialog();
    await applySavedMask(mask.id);
  };
  const remove = () => openDialog({
    name: 'confirm', title: 'Delete this mask?', text: `"${mask.name}" is removed from the library. Pictures that used it stay as they are.`,
    action: 'Delete', run: async () => { await deleteSavedMask(mask.id); openDialog({ name: 'masks' }); },
  });
  return html`
    <li class="row">
      <img class="mask-picture" src=${urls.picture(mask.picture.sha256)} alt="" loading="lazy" />
      <div class="row-text"><b>${mask.name}</b><small>${mask.picture.width} × ${mask.picture.height}, ${dayText(mask.created_at, new Date())}</small></div>
      <${Button} disabled=${!headNode.value} onClick=${use}>Use<//>
      <${IconButton} icon="trash" label=${`Delete ${mask.name}`} size=${16} onClick=${remove} />
    </li>`;
}
