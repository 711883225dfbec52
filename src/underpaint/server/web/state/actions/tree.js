// @ts-check
/** Verbs for the history: the tree of pictures. */
import * as store from '../store.js';
import { api, urls } from '../../api/client.js';
import { autosave } from '../saving.js';
import { refreshProject } from '../loading.js';
import { moveHead } from './heads.js';
import { attempt, toast } from './page.js';
import { download } from './download.js';
import { showSettings } from './settings.js';
import { defaultRequest } from '../defaults.js';
import { isSettingsLike } from '../settings.js';
import { fitted } from '../sticky.js';
/** @import { Extension, Node, Project } from '../../api/api.d.ts' */

/** Makes an older picture the one that is worked on; a new branch begins by itself. @param {string} nodeId @returns whether it is */
export const continueFrom = (nodeId) => attempt(async () => {
  const project = store.project.value;
  const head = project?.head_id;
  const isThere = !project || !head || (head === nodeId && !store.isSwitching.value)
    || await moveHead('Continue from here', () => api.changeProject(project.id, { head_id: nodeId }));
  if (isThere) store.view.value = 'studio';
  return isThere;
});

/**
 * A new node from the server becomes the head; one undo step.
 * @param {string} label
 * @param {(nodeId: string) => Promise<Node>} make
 * @returns whether it is
 */
const withNewHead = (label, make) => attempt(async () => {
  const project = store.project.value;
  const from = project?.head_id;
  if (!project || !from) return false;
  return moveHead(label, async () => {
    await autosave.flush();
    const { id } = await make(from);
    return api.changeProject(project.id, { head_id: id });
  });
});

/** @param {Extension} extension */
export const extend = (extension) => withNewHead('Extend', (nodeId) => api.extend(nodeId, extension));

/** Mixes the picture with another of the tree. @param {string} withId @param {number} opacity of this one @param {boolean} usesMask */
export const blend = (withId, opacity, usesMask) =>
  withNewHead('Blend', (nodeId) => api.blend(nodeId, { with_id: withId, opacity, uses_mask: usesMask }));

/** Another picture in this project. @param {File | Blob} file */
export const addPicture = (file) => attempt(async () => {
  const project = store.project.value;
  if (!project) return;
  const node = await uploaded(project, file);
  if (store.project.value?.id === project.id) await moveHead('Add picture', () => api.changeProject(project.id, { head_id: node.id }));
});

/** @param {Project} project @param {File | Blob} file @returns {Promise<Node>} */
async function uploaded({ id }, file) {
  try {
    return await api.addNode(id, file, (share) => { store.upload.value = { name: 'picture', share }; });
  } finally {
    store.upload.value = null;
  }
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

/** Removes a picture and everything below it; the toast brings all back. @param {string} nodeId @returns whether it is gone */
export const deleteNode = (nodeId) => attempt(async () => {
  const removed = await api.deleteNode(nodeId);
  await refreshProject();
  toast(removed.length === 1 ? 'Picture removed' : `${removed.length} pictures removed`, async () => {
    await api.restoreNode(nodeId);
    await refreshProject();
  });
  return true;
});

/** Fills the panel with the settings that a picture was made with. @param {string} nodeId */
export function loadRecipe(nodeId) {
  const node = store.project.value?.nodes.find((known) => known.id === nodeId);
  const job = node?.kept_from ? store.jobs.value.get(node.kept_from.job_id) : undefined;
  if (job) showSettings({ request: job.request, underpainting: job.underpainting, task: job.task });
  else if (isSettingsLike(node?.recipe)) {
    const request = fitted(defaultRequest(), node.recipe.request); // a recipe may be older than some settings
    showSettings({ request, underpainting: request.canvas.content, task: 'custom' });
  } else return;
  toast('Settings of this picture loaded');
}

/** @param {string} nodeId @param {'png' | 'jpeg' | 'webp'} [format] @param {boolean} [hasMetadata] */
export const saveNode = (nodeId, format = 'png', hasMetadata = true) => download(urls.nodeFile(nodeId, format, hasMetadata));
