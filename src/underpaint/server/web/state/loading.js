// @ts-check
/** Brings a project, a node and its layers onto the page. */
import * as store from './store.js';
import { api, urls } from '../api/client.js';
import { send } from '../api/http.js';
import { autosave } from './saving.js';
import { ProjectDeleted } from './deleted.js';
import { editor } from './context.js';
import { putJobs } from './jobs.js';
import { lastSettings } from './sticky.js';
/** @import { Draft, Layer, Node, Project } from '../api/api.d.ts' */

/** @type {Layer[]} */
const LAYERS = ['mask', 'sketch'];

/**
 * Opens a project as it was left; a new one starts with the settings used last.
 * @param {Project} project
 * @param {{isNew?: boolean}} [how]
 */
export async function loadProject(project, { isNew = false } = {}) {
  await unloadProject();
  await switchTo(project, true);
  applyView(project);
  if (isNew) {
    store.draft.value = lastSettings(store.draft.value, store.tasks.value);
    autosave.settings(store.draft.value);
  }
  history.replaceState(null, '', `#${project.id}`);
  putJobs(await api.jobs(project.id));
}

/** Leaves the project; the first screen shows. */
export async function unloadProject() {
  await autosave.flush().catch(unlessKept);
  autosave.moveTo(null);
  store.project.value = null;
  store.isProjectDeleted.value = false;
  store.picked.value = null;
  store.comparison.value = null;
  store.shownJobId.value = null;
  store.inspection.value = null;
  store.underpaintings.value = null;
  store.problem.value = null;
  store.fieldErrors.value = new Map();
  editor().clearPicture();
  editor().history.clear();
  history.replaceState(null, '', location.pathname);
}

/** Changes of a deleted project stay in this browser. @param {unknown} error */
function unlessKept(error) {
  if (!(error instanceof ProjectDeleted)) throw error;
}

/**
 * Shows this state of the project: its head, with mask, sketch and settings.
 * @param {Project} project
 * @param {boolean} [isFirst] opened just now
 */
export async function switchTo(project, isFirst = false) {
  const node = project.nodes.find((known) => known.id === project.head_id) ?? null;
  const place = { nodeId: node?.id ?? null, projectId: project.id };
  const [picture, draft] = await Promise.all([node ? pictureOf(node) : null, api.draft(place)]);
  autosave.moveTo(place);
  if (node && picture) {
    await editor().setPicture(picture, { width: node.picture.width, height: node.picture.height });
    await Promise.all(LAYERS.map((layer) => loadLayer(node.id, layer)));
  } else editor().clearPicture();
  takeDraft(draft);
  store.inspection.value = null;
  store.underpaintings.value = null;
  store.project.value = project;
  if (isFirst) editor().fit();
  await resend(place);
}

/** @param {Node} node */
const pictureOf = async (node) => (await send('GET', urls.picture(node.picture.sha256).replace('/api', ''))).blob();

/** @param {Draft} draft */
function takeDraft({ request, underpainting, task, mask, sketch }) {
  store.draft.value = { request, underpainting, task };
  store.layers.value = { mask, sketch };
}

/** Fetches a layer as the server has it. @param {string} nodeId @param {Layer} layer */
export async function loadLayer(nodeId, layer) {
  const { buffer, version } = await api.tiles(nodeId, layer);
  await editor().writeTiles(layer, buffer, { replace: true });
  const known = store.layers.value[layer];
  store.layers.value = { ...store.layers.value, [layer]: { ...known, version, bounds: layer === 'mask' ? editor().maskBounds() : known.bounds } };
  mirrorLayers(layer);
}

/** Signals that follow the pixels. @param {Layer} layer */
export function mirrorLayers(layer) {
  const canvas = editor();
  store.maskBounds.value = canvas.hasPicture ? canvas.maskBounds() : null;
  store.maskShare.value = canvas.maskShare;
  store.hasSketch.value = canvas.hasPicture && !canvas.isSketchEmpty;
  store.layerEdits.value = { ...store.layerEdits.value, [layer]: store.layerEdits.value[layer] + 1 };
}

/** Sends what an earlier visit could not. @param {{nodeId: string | null, projectId: string}} place */
async function resend(place) {
  const kept = await autosave.left(place);
  if (!kept) return;
  for (const layer of LAYERS) {
    const buffer = kept[layer];
    if (!buffer || !place.nodeId) continue;
    await editor().writeTiles(layer, buffer);
    editor().returnDirtyTiles(layer, buffer);
    mirrorLayers(layer);
    autosave.layer(layer);
  }
  if (kept.settings) {
    store.draft.value = { ...store.draft.value, ...kept.settings };
    autosave.settings(kept.settings);
  }
}

/** Fetches the open project again: names, stars, nodes; another head is shown. */
export async function refreshProject() {
  const open = store.project.value;
  if (!open) return;
  const fresh = await api.project(open.id);
  if (store.project.value?.id !== fresh.id) return;
  if (store.isProjectDeleted.value) await sendAfterDeletion();
  if (fresh.head_id !== store.project.value.head_id) await switchTo(fresh);
  else store.project.value = fresh;
}

/** The project was restored, here or elsewhere. */
async function sendAfterDeletion() {
  store.isProjectDeleted.value = false;
  await autosave.retry();
}

/** Fetches what another tab changed in the draft. @param {Layer[]} layers @param {boolean} hasSettings */
export async function refreshDraft(layers, hasSettings) {
  const open = store.project.value;
  if (!open) return;
  const nodeId = open.head_id;
  if (hasSettings) {
    const draft = await api.draft({ nodeId, projectId: open.id });
    if (store.project.value?.head_id === nodeId) {
      takeDraft(draft);
      store.draft.value = { ...store.draft.value, ...autosave.pendingSettings };
    }
  }
  for (const layer of layers) if (nodeId && !autosave.isPending(layer)) await loadLayer(nodeId, layer);
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
