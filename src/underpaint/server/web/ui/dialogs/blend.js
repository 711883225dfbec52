// @ts-check
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../../api/client.js';
import { blend, closeDialog, continueFrom } from '../../state/actions.js';
import { nodes } from '../../state/results.js';
import { headNode, layerEdits, maskBounds } from '../../state/store.js';
import { Button, Slider, Switch } from '../parts.js';
import { Dialog } from './dialog.js';

/** @param {boolean} isHead @param {boolean} hasMask */
function maskNote(isHead, hasMask) {
  if (hasMask) return 'What is masked comes through, soft edges count.';
  return isHead ? 'Nothing is masked. Brush over the part that should come through first.' : 'Continue from this step and brush over the part that should come through.';
}

/** Mixes a step with its parent: everywhere by opacity, or only where the mask is. @param {{nodeId: string}} props */
export function Blend({ nodeId }) {
  const [opacity, setOpacity] = useState(0.5);
  const [usesMask, setUsesMask] = useState(false);
  const node = nodes.value.find((each) => each.id === nodeId);
  const parent = nodes.value.find((each) => each.id === node?.parent_id);
  if (!node || !parent) return null;
  const isHead = node.id === headNode.value?.id;
  const hasMask = isHead && maskBounds.value !== null;
  const go = async () => {
    closeDialog();
    if (isHead || await continueFrom(node.id)) await blend(parent.id, opacity, usesMask && hasMask);
  };
  const masked = usesMask && hasMask ? { maskImage: `url(${urls.layer(node.id, 'mask')}?v=${layerEdits.value.mask})`, maskMode: 'luminance', maskSize: '100% 100%' } : {};
  const foot = html`<${Button} onClick=${closeDialog}>Cancel<//><${Button} kind="primary" onClick=${go}>Blend<//>`;
  return html`
    <${Dialog} title=${`Blend ${node.name} with ${parent.name}`} isWide onClose=${closeDialog} foot=${foot}>
      <div class="dlg-body">
        <div class="blend-view">
          <img src=${urls.thumbnail(parent.picture.sha256, 1024)} alt=${parent.name} />
          <img src=${urls.thumbnail(node.picture.sha256, 1024)} alt=${node.name} style=${{ opacity, ...masked }} />
        </div>
        <${Slider} label=${`${node.name} over ${parent.name}`} unit="%" scale=${100} min=${0} max=${1} step=${0.01} value=${opacity} onInput=${setOpacity} />
        <${Switch} label="Only where the mask is" note=${maskNote(isHead, hasMask)}
          isOn=${usesMask && hasMask} isDisabled=${!hasMask} onChange=${setUsesMask} />
        <p>Makes a new step. Both others stay as they are.</p>
      </div>
    <//>`;
}
