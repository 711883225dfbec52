// @ts-check
/** The menu of a layer, opened from its card or on the canvas. */
import { html } from 'htm/preact';
import {
  clearMask, clearSketch, copyMask, exportLayer, featherMask, fillMaskHoles, fillMaskWith, growMaskToSketch, importMask, invertMask, openDialog,
  pasteMask, pasteOntoSketch,
} from '../state/actions.js';
import { copiedMask, hasSketch, layerMenu, maskBounds, sketchOpacity } from '../state/store.js';
import { pickFile } from './files.js';
import { MenuList } from './parts/menu.js';
/** @import { MenuItem } from './parts/menu.js' */
/** @import { Layer } from '../api/api.d.ts' */

/** Only how it looks; what is painted stays opaque. @param {number} opacity @returns {MenuItem} */
const opacityItem = (opacity) => ({
  label: `Show at ${opacity * 100} %`, isChecked: sketchOpacity.value === opacity, run: () => { sketchOpacity.value = opacity; },
});

/** @param {Layer | 'picture'} layer @returns {MenuItem[]} */
function itemsOf(layer) {
  const hasMask = maskBounds.value !== null;
  if (layer === 'mask') {
    return [
      { label: 'Import mask …', icon: 'upload', run: () => pickFile('picture', importMask) },
      { label: 'Saved masks …', icon: 'folder', run: () => openDialog({ name: 'masks' }) },
      { label: 'Export as PNG', icon: 'download', run: () => exportLayer('mask'), isDisabled: !hasMask },
      { label: 'Copy', keys: 'Ctrl Shift C', run: copyMask, isDisabled: !hasMask },
      { label: 'Paste', keys: 'Ctrl Shift V', run: pasteMask, isDisabled: !copiedMask.value },
      'line',
      { label: 'Invert', icon: 'invert', keys: 'Ctrl I', run: invertMask },
      { label: 'Fill holes', run: fillMaskHoles, isDisabled: !hasMask },
      { label: 'Soften the edge 4 px', run: () => featherMask(4), isDisabled: !hasMask },
      { label: 'Cover the sketch', run: growMaskToSketch, isDisabled: !hasSketch.value },
      'line',
      { label: 'Clear', icon: 'trash', keys: 'Del', run: clearMask, isDisabled: !hasMask },
    ];
  }
  if (layer === 'sketch') {
    return [
      { label: 'Paste photo …', icon: 'paste', run: () => pickFile('picture', pasteOntoSketch) },
      { label: 'Fill the mask with the paint colour', icon: 'bucket', run: () => fillMaskWith(), isDisabled: !hasMask },
      { label: 'Export as PNG', icon: 'download', run: () => exportLayer('sketch'), isDisabled: !hasSketch.value },
      'line',
      ...[1, 0.75, 0.5, 0.25].map(opacityItem),
      'line',
      { label: 'Clear', icon: 'trash', run: clearSketch, isDisabled: !hasSketch.value },
    ];
  }
  return [
    { label: 'Save picture …', icon: 'download', keys: 'Ctrl S', run: () => openDialog({ name: 'export' }) },
    { label: 'Extend the picture …', icon: 'extend', run: () => openDialog({ name: 'extend' }) },
  ];
}

export function LayerMenu() {
  const open = layerMenu.value;
  if (!open) return null;
  return html`<${MenuList} label=${`Layer ${open.layer}`} items=${itemsOf(open.layer)} at=${open} onClose=${() => { layerMenu.value = null; }} />`;
}
