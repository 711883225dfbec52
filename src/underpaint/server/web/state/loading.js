// @ts-check
/**
 * Brings a project, a node and its layers onto the page. What a switch needs is fetched first and shown together; when
 * several are on their way, the last one wins.
 */
import { batch } from '@preact/signals-core';
import * as store from './store.js';
import { api, ApiError, urls } from '../api/client.js';
import { send } from '../api/http.js';
import { autosave } from './saving.js';
import { ProjectDeleted } from './deleted.js';
import { unpick } from './actions/look.js';
import { endGesture } from './actions/settings.js';
import { editor } from './context.js';
import { putJobs } from './jobs.js';
import { lastSettings } from './sticky.js';
/** @import { Draft, Layer, LayerInfo, Node, Place, Project, Settings } from '../api/api.d.ts' */
/** @import { Kept } from './autosave.js' */

/** @typedef {{buffer: ArrayBuffer, version: number}} Tiles */
/** @typedef {{from: string | null, to: string | null}} Move heads of the project before and after */
/** @typedef {{project: Project, node: Node | null, picture: Blob | null, draft: Draft, tiles: Partial<Record<Layer, Tiles>>, kept: Kept | null}} Fetched */

/** @type {Layer[]} */
const LAYERS = ['mask', 'sketch'];

// ---- one switch after the other

/** Counts the switches; only the last one shows. */
let switches = 0;
let underWay = 0;
/** @type {Promise<unknown>} */
let ends = Promise.resolve();

/** Resolves when no switch is under way. */
export async function switched() {
  while (underWay > 0) await ends;
}

/** @template T @param {() => Promise<T>} verb @returns {Promise<T>} */
async function whileSwitching(verb) {
  underWay += 1;
  store.isSwitching.value = true;
  const run = verb();
  ends = Promise.allSettled([ends, run]).then(() => undefined);
  try {
    return await run;
  } finally {
    underWay -= 1;
    store.isSwitching.value = underWay > 0;
  }
}

/**
 * Shows the head of the project that `ask` brings, with mask, sketch and settings; for steps of the history.
 * @param {() => Promise<Project>} ask
 * @returns {Promise<Move | null>} null: a later switch was faster
 */
export const switchNow = (ask) => whileSwitching(async () => {
  switches += 1;
  const number = switches;
  const project = await ask();
  if (number !== switches) return null;
  if (isShown(project)) {
    store.project.value = project;
    return { from: project.head_id, to: project.head_id };
  }
  const fetched = await stateOf(project);
  await saveAll();
  if (number !== switches) return null;
  const from = store.project.value?.head_id ?? null;
  await show(fetched);
  return { from, to: project.head_id };
});

/** @param {Project} project */
const isShown = ({ id, head_id: headId }) => store.project.value?.id === id && store.project.value.head_id === headId;

/** The same, when no step of the history is being undone or redone. @param {() => Promise<Project>} ask */
export const switchTo = (ask) => whileSwitching(async () => {
  await editor().history.settled();
  return switchNow(ask);
});

/** Sends what is pending. @returns {Promise<boolean>} false: some of it stays here: the server refused it, and autosave has said so,
 *  or the project is deleted */
async function save() {
  try {
    await autosave.flush();
    return true;
  } catch (error) {
    if (error instanceof ApiError || error instanceof ProjectDeleted) return false;
    throw error;
  }
}

/** Ends what is being done and sends all of it; what the server refuses must not keep anybody from leaving. */
async function saveAll() {
  let isSaved;
  do {
    await editor().history.whenReady();
    endGesture();
    isSaved = await save();
  } while (isSaved && (editor().isBusy || autosave.hasPending));
}

// ---- fetching and showing

/** @param {Project} project @returns {Promise<Fetched>} */
async function stateOf(project) {
  const node = project.nodes.find((known) => known.id === project.head_id) ?? null;
  const place = placeOf(project);
  const [picture, draft, mask, sketch, kept] = await Promise.all([
    node && pictureBlob(node.picture.sha256), api.draft(place), node && api.tiles(node.id, 'mask'), node && api.tiles(node.id, 'sketch'), autosave.left(place),
  ]);
  return { project, node, picture, draft, kept, tiles: mask && sketch ? { mask, sketch } : {} };
}

/** @param {Project} project @returns {Place} */
const placeOf = ({ id, head_id: headId }) => ({ nodeId: headId, projectId: id });

/** @param {string} sha256 */
export const pictureBlob = async (sha256) => (await send('GET', urls.picture(sha256).replace('/api', ''))).blob();

/** Everything at once: from the first line on, changes belong to the new picture. The canvas follows in its own turn,
 *  and lets nobody draw until it has. @param {Fetched} fetched */
async function show(fetched) {
  const { project, node, picture, draft: { mask, sketch, ...draft }, tiles, kept } = fetched;
  if (store.project.value?.id !== project.id) leave();
  autosave.moveTo(placeOf(project));
  batch(() => {
    if (store.project.value?.head_id !== project.head_id) putAside();
    store.draft.value = { ...settingsOf(draft), ...kept?.settings };
    store.layers.value = {
      mask: { ...mask, version: tiles.mask?.version ?? mask.version }, sketch: { ...sketch, version: tiles.sketch?.version ?? sketch.version },
    };
    store.inspection.value = null;
    store.underpaintings.value = null;
    store.project.value = project;
  });
  if (kept?.settings) autosave.settings(kept.settings);
  if (node && picture) await showPicture(node, picture, fetched);
  else editor().clearPicture();
  for (const layer of LAYERS) mirrorLayers(layer);
}

/** @param {Node} node @param {Blob} picture @param {Fetched} fetched */
async function showPicture({ id, picture: { width, height } }, picture, { tiles, kept }) {
  const canvas = editor();
  const steps = [canvas.setPicture(picture, { width, height })];
  for (const layer of LAYERS) {
    const { [layer]: fresh } = tiles;
    if (fresh) steps.push(canvas.writeTiles(layer, fresh.buffer, { replace: true }));
    if (kept?.[layer]) steps.push(canvas.writeTiles(layer, kept[layer]));
  }
  await Promise.all(steps);
  if (store.project.value?.head_id !== id) return;
  for (const layer of LAYERS) if (kept?.[layer]) resend(layer, kept[layer]);
}

/** Sends what an earlier visit could not. @param {Layer} layer @param {ArrayBuffer} buffer */
function resend(layer, buffer) {
  editor().returnDirtyTiles(layer, buffer);
  autosave.layer(layer);
}

/** @param {Settings} draft @returns {Settings} */
const settingsOf = ({ request, underpainting, task }) => ({ request, underpainting, task });

/** Results looked at belong to the picture before. */
function putAside() {
  unpick();
  store.shownJobId.value = null;
}

/** Signals that follow the pixels. @param {Layer} layer */
export function mirrorLayers(layer) {
  const canvas = editor();
  store.maskBounds.value = canvas.hasPicture ? canvas.maskBounds() : null;
  store.maskShare.value = canvas.maskShare;
  store.hasSketch.value = canvas.hasPicture && !canvas.isSketchEmpty;
  store.layerEdits.value = { ...store.layerEdits.value, [layer]: store.layerEdits.value[layer] + 1 };
}

// ---- projects

/**
 * Opens a project as it was left; a new one starts with the settings used last.
 * @param {() => Promise<Project>} ask
 * @param {{isNew?: boolean}} [how]
 * @returns {Promise<boolean>} false: another one was opened meanwhile
 */
export async function loadProject(ask, { isNew = false } = {}) {
  if (!(await switchTo(ask))) return false;
  const project = store.project.value;
  if (!project) return false;
  editor().fit();
  applyView(project);
  if (isNew) {
    store.draft.value = lastSettings(store.draft.value, store.tasks.value);
    autosave.settings(store.draft.value);
  }
  history.replaceState(null, '', `#${project.id}`);
  putJobs(await api.jobs(project.id));
  return true;
}

/** Leaves the project; the first screen shows. */
export async function unloadProject() {
  switches += 1;
  await editor().history.settled();
  await saveAll();
  leave();
  history.replaceState(null, '', location.pathname);
}

function leave() {
  autosave.moveTo(null);
  store.project.value = null;
  store.isProjectDeleted.value = false;
  putAside();
  store.inspection.value = null;
  store.underpaintings.value = null;
  store.problem.value = null;
  store.fieldErrors.value = new Map();
  editor().clearPicture();
  editor().history.clear();
}

/** Zoom, tool, colours as they were. @param {Project} project */
function applyView({ view }) {
  const options = store.toolOptions.value;
  const { brush = options.brush, paint = options.paint, colours = options.colours } = view;
  store.toolOptions.value = { ...options, brush, paint, colours };
  store.hiddenAdvice.value = new Set(view.hidden_advice ?? []);
  if (view.open_sections) store.openSections.value = new Set(view.open_sections);
  if (view.place) editor().setView(view.place);
}

// ---- what changed elsewhere

/** Fetches the open project again: names, stars, nodes. Another head is shown; what could be undone belongs to the one before. */
export async function refreshProject() {
  const open = store.project.value;
  if (!open) return;
  const fresh = await freshProject(open.id);
  if (store.project.value?.id !== fresh.id) return;
  if (store.isProjectDeleted.value) await sendAfterDeletion();
  if (isShown(fresh)) store.project.value = fresh;
  else if (await switchTo(async () => fresh)) editor().history.clear();
}

/** The project was restored, here or elsewhere. */
async function sendAfterDeletion() {
  store.isProjectDeleted.value = false;
  await autosave.retry();
}

/** An answer that a switch overtook says nothing of the head. @param {string} id */
async function freshProject(id) {
  for (;;) {
    await switched();
    const number = switches;
    const fresh = await api.project(id);
    if (number === switches) return fresh;
  }
}

/**
 * Fetches what another tab changed in a draft, if it is still shown. What was changed here goes out first: the answer
 * holds both, unless something is changed while it comes.
 * @param {string | null} nodeId @param {Layer[]} layers @param {boolean} hasSettings
 */
export async function refreshDraft(nodeId, layers, hasSettings) {
  for (;;) {
    await switched();
    await save();
    const open = store.project.value;
    if (!open || open.head_id !== nodeId || autosave.hasPending) return;
    const before = { draft: store.draft.value, edits: store.layerEdits.value, number: switches };
    const [draft, ...tiles] = await Promise.all([
      hasSettings ? api.draft(placeOf(open)) : null, ...layers.map(async (layer) => (nodeId ? api.tiles(nodeId, layer) : null)),
    ]);
    if (isChangedSince(before)) continue;
    if (draft) store.draft.value = settingsOf(draft);
    await Promise.all(layers.map(async (layer, at) => { if (tiles[at]) await showLayer(layer, tiles[at]); }));
    return;
  }
}

/** Whether something was changed here, is being changed, or is on its way to the server. @param {{draft: Settings, edits: object, number: number}} before */
const isChangedSince = ({ draft, edits, number }) => draft !== store.draft.value || edits !== store.layerEdits.value || number !== switches
  || editor().isBusy || autosave.hasPending || store.saveState.value === 'saving';

/** A layer as the server has it, unless it is known better. @param {string} nodeId @param {Layer} layer */
export async function loadLayer(nodeId, layer) {
  await showLayer(layer, await api.tiles(nodeId, layer));
}

/** @param {Layer} layer @param {Tiles} tiles */
async function showLayer(layer, { buffer, version }) {
  if (version < store.layers.value[layer].version) return;
  changeInfo(layer, { version });
  await editor().writeTiles(layer, buffer, { replace: true });
  if (layer === 'mask') changeInfo(layer, { bounds: editor().maskBounds() });
  mirrorLayers(layer);
}

/** @param {Layer} layer @param {Partial<LayerInfo>} change */
export function changeInfo(layer, change) {
  store.layers.value = { ...store.layers.value, [layer]: { ...store.layers.value[layer], ...change } };
}
