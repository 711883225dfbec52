// @ts-check
/** Verbs for tools, mask and sketch. */
import * as store from '../store.js';
import { api, urls } from '../../api/client.js';
import { autosave } from '../saving.js';
import { editor, record } from '../context.js';
import { changeInfo, loadLayer, mirrorLayers } from '../loading.js';
import { attempt, toast } from './page.js';
import { download } from './download.js';
import { unpick } from './look.js';
/** @import { Layer, Selection } from '../../api/api.d.ts' */
/** @import { ToolName } from '../../engine/types.js' */
/** @import { ToolOptions } from '../types.d.ts' */

/** Takes a tool in hand; from a result it leads back to the mask. @param {ToolName} name */
export function setTool(name) {
  unpick();
  editor().tool = name;
  store.tool.value = name;
}

/** @param {Partial<ToolOptions>} change */
export function setToolOptions(change) {
  store.toolOptions.value = { ...store.toolOptions.value, ...change };
  const { brush, paint, colours } = store.toolOptions.value;
  autosave.view({ brush, paint, colours });
}

/** Paints with this colour from now on. @param {string} colour */
export function setColour(colour) {
  const { paint, colours } = store.toolOptions.value;
  setToolOptions({ paint: { ...paint, colour }, colours: [colour, ...colours.filter((known) => known !== colour)].slice(0, 8) });
}

export const invertMask = () => attempt(() => editor().invert());
export const clearMask = () => attempt(() => editor().clearMask());
export const clearSketch = () => attempt(() => editor().clearSketch());
/** @param {number} px negative shrinks */
export const growMask = (px) => attempt(() => (px < 0 ? editor().shrink(-px) : editor().grow(px)));
/** @param {number} px */
export const featherMask = (px) => attempt(() => editor().feather(px));
export const fillMaskHoles = () => attempt(() => editor().fillHoles());
export const growMaskToSketch = () => attempt(() => editor().growToSketch());
/** The masked region of the sketch, in one colour. @param {string} [colour] */
export const fillMaskWith = (colour = store.toolOptions.value.paint.colour) => attempt(() => editor().fillMask(colour));

/** Shows or hides a layer on the canvas; it stays in use. @param {Layer | 'picture'} layer @param {boolean} isShown */
export function showLayer(layer, isShown) {
  const shown = { mask: store.isMaskShown, sketch: store.isSketchShown, picture: store.isPictureShown }[layer];
  shown.value = isShown;
}

/** Puts a picture onto the sketch, with handles. @param {Blob} blob */
export const pasteOntoSketch = (blob) => attempt(async () => editor().paste(await createImageBitmap(blob)));

/** Selects what is under a point, in a box or inside an edge; combined with the mask as the tool says. @param {Selection} selection */
export const select = (selection) => attempt(async () => {
  const node = store.headNode.value;
  if (node) await editor().applySelection(await api.select(node.id, selection));
});

/**
 * Replaces a layer on the server by `change`, as one undo step.
 * @param {string} label
 * @param {Layer} layer
 * @param {(nodeId: string) => Promise<unknown>} change
 * @returns whether it is replaced
 */
export const replaceLayer = (label, layer, change) => attempt(async () => {
  const node = store.headNode.value;
  if (!node) return false;
  await autosave.flush();
  const before = await editor().readTiles(layer);
  await change(node.id);
  await loadLayer(node.id, layer);
  const after = await editor().readTiles(layer);
  /** @param {ArrayBuffer} buffer */
  const put = async (buffer) => {
    await autosave.flush();
    const info = await api.putTiles(node.id, layer, buffer, true);
    await editor().writeTiles(layer, buffer, { replace: true });
    changeInfo(layer, info);
    mirrorLayers(layer);
  };
  record(label, () => put(before), () => put(after));
  return true;
});

/** @param {File | Blob} file grey or with alpha; another size is scaled */
export const importMask = (file) => replaceLayer('Import mask', 'mask', (nodeId) => api.putMask(nodeId, file));

/** Keeps the mask for other pictures, of this project or another. */
export const copyMask = () => attempt(async () => {
  const node = store.headNode.value;
  if (!node || !store.maskBounds.value) return;
  await autosave.flush();
  store.copiedMask.value = await api.layer(node.id, 'mask');
  toast('Mask copied');
});

export async function pasteMask() {
  const copied = store.copiedMask.value;
  if (!copied) return toast('No mask was copied yet');
  await replaceLayer('Paste mask', 'mask', (nodeId) => api.putMask(nodeId, copied));
}

/** @param {string} id of the library */
export const applySavedMask = (id) => replaceLayer('Use saved mask', 'mask', (nodeId) => api.applyMask(id, nodeId));

export const listMasks = () => attempt(async () => { store.savedMasks.value = await api.masks(); });

/** @param {string} name */
export const saveMask = (name) => attempt(async () => {
  const node = store.headNode.value;
  if (!node) return;
  await autosave.flush();
  const saved = await api.saveMask(node.id, name);
  store.savedMasks.value = [saved, ...store.savedMasks.value];
  toast(`Mask "${name}" saved`);
});

/** @param {string} id */
export const deleteSavedMask = (id) => attempt(async () => {
  await api.deleteMask(id);
  store.savedMasks.value = store.savedMasks.value.filter((mask) => mask.id !== id);
});

/** @param {Layer} layer */
export const exportLayer = (layer) => attempt(async () => {
  const node = store.headNode.value;
  if (!node) return;
  await autosave.flush();
  download(urls.layer(node.id, layer), `${layer}.png`);
});
