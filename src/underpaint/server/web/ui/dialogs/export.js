// @ts-check
import { html } from 'htm/preact';
import '@preact/signals';
import { closeDialog, exportLayer, exportProject, saveNode, saveResult } from '../../state/actions.js';
import { fileFormat, hasFileMetadata } from '../../state/results.js';
import { hasSketch, headNode, maskBounds, picked } from '../../state/store.js';
import { FileChoice } from '../inspector.js';
import { Button } from '../parts.js';
import { Dialog } from './dialog.js';

/** Saves the picture, a picked result, a layer or the whole project as a file. */
export function Export() {
  const node = headNode.value;
  const result = picked.value;
  const save = () => {
    if (result) saveResult(result, fileFormat.value, hasFileMetadata.value);
    else if (node) saveNode(node.id, fileFormat.value, hasFileMetadata.value);
  };
  return html`
    <${Dialog} title="Save as a file" onClose=${closeDialog}>
      <div class="dlg-body">
        ${(node || result) && html`<section><h3>${result ? `Result ${result.index + 1}` : node?.name}</h3><${FileChoice} onSave=${save} /></section>`}
        ${node && html`<section><h3>Layers</h3><div class="step-acts">
          <${Button} icon="download" disabled=${maskBounds.value === null} onClick=${() => exportLayer('mask')}>Mask as PNG<//>
          <${Button} icon="download" disabled=${!hasSketch.value} onClick=${() => exportLayer('sketch')}>Sketch as PNG<//></div></section>`}
        <section><h3>Project</h3>
          <p class="step-meta">All steps, results, masks and settings in one zip file. Open it here or on another machine.</p>
          <${Button} icon="download" onClick=${() => exportProject()}>Save the project<//></section>
      </div>
    <//>`;
}
