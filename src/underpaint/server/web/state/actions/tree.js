// @ts-check
/** Verbs for the history: the tree of pictures. */
import * as store from '../store.js';
import { api, urls } from '../../api/client.js';
import { autosave } from '../saving.js';
import { record } from '../context.js';
import { refreshProject, switchTo } from '../loading.js';
import { attempt, toast } from './page.js';
import { unpick } from './pick.js';
import { download } from './download.js';
import { showSettings } from './settings.js';
import { isSettingsLike } from '../settings.js';
/** @import { Extension, Project } from '../../api/api.d.ts' */

/** @param {string} nodeId */
async function goTo(nodeId) {
  const project = store.project.value;
  if (!project) return;
  await autosave.flush();
  unpick();
  store.shownJobId.value = null;
  await switchTo(await api.changeProject(project.id, { head_id: nodeId }));
}

/** Makes an older picture the one that is worked on; a new branch begins by itself. @param {string} nodeId */
export const continueFrom = (nodeId) => attempt(async () => {
  const before = store.project.value?.head_id;
  if (!before || before === nodeId) {
    store.view.value = 'studio';
    return;
  }
  await goTo(nodeId);
  store.view.value = 'studio';
  record('Continue from here', () => goTo(before), () => goTo(nodeId));
});

/**
 * A new node from the server becomes the head; one undo step.
 * @param {string} label
 * @param {(nodeId: string) => Promise<unknown>} make
 */
const withNewHead = (label, make) => attempt(async () => {
  const project = store.project.value;
  const from = project?.head_id;
  if (!project || !from) return;
  await autosave.flush();
  await make(from);
  const after = await api.project(project.id);
  unpick();
  await switchTo(after);
  const to = after.head_id;
  if (to && to !== from) record(label, () => goTo(from), () => goTo(to));
});

/** @param {Extension} extension */
export const extend = (extension) => withNewHead('Extend', async (nodeId) => {
  const node = await api.extend(nodeId, extension);
  await ensureHead(node.id);
});

/** Mixes the picture with another of the tree. @param {string} withId @param {number} opacity of this one @param {boolean} usesMask */
export const blend = (withId, opacity, usesMask) => withNewHead('Blend', async (nodeId) => {
  const node = await api.blend(nodeId, { with_id: withId, opacity, uses_mask: usesMask });
  await ensureHead(node.id);
});

/** Another picture in this project. @param {File | Blob} file */
export const addPicture = (file) => attempt(async () => {
  const project = store.project.value;
  if (!project) return;
  await autosave.flush();
  await api.addNode(project.id, file, (share) => { store.upload.value = { name: 'picture', share }; });
  store.upload.value = null;
  await switchTo(await api.project(project.id));
});

/** @param {string} nodeId */
async function ensureHead(nodeId) {
  const project = store.project.value;
  if (!project) return;
  const now = await api.project(project.id);
  if (now.head_id !== nodeId) await api.changeProject(project.id, { head_id: nodeId });
}

/** @param {string} nodeId @param {string} name */
export const renameNode = (nodeId, name) => attempt(async () => {
  await api.changeNode(nodeId, { name });
  await refreshProject();
});

/** @param {string} nodeId @param {boolean} isStarred */
export const starNode = (nodeId, isStarred) => attempt(async () => {
  await api.changeNode(nodeId, { is_starred: isStarred });
  await refreshProject();
});

/** Removes a picture and everything below it; the toast brings all back. @param {string} nodeId */
export const deleteNode = (nodeId) => attempt(async () => {
  const removed = await api.deleteNode(nodeId);
  await refreshProject();
  toast(removed.length === 1 ? 'Picture removed' : `${removed.length} pictures removed`, async () => {
    await api.restoreNode(nodeId);
    await refreshProject();
  });
});

/** Fills the panel with the settings that a picture was made with. @param {string} nodeId */
export function loadRecipe(nodeId) {
  const node = store.project.value?.nodes.find((known) => known.id === nodeId);
  const job = node?.kept_from ? store.jobs.value.get(node.kept_from.job_id) : undefined;
  if (job) showSettings({ request: job.request, underpainting: job.underpainting, task: job.task });
  else if (isSettingsLike(node?.recipe)) {
    showSettings({ request: node.recipe.request, underpainting: node.recipe.request.canvas.content, task: 'custom' });
  } else return;
  toast('Settings of this picture loaded');
}

/** @param {string} nodeId @param {'png' | 'jpeg' | 'webp'} [format] @param {boolean} [hasMetadata] */
export const saveNode = (nodeId, format = 'png', hasMetadata = true) => download(urls.nodeFile(nodeId, format, hasMetadata));

/** @param {Project} project */
export const headOf = (project) => project.nodes.find((node) => node.id === project.head_id) ?? null;
