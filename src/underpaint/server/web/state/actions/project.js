// @ts-check
/** Verbs for projects: open, make, name, remove. */
import * as store from '../store.js';
import { api, urls } from '../../api/client.js';
import { isMissing } from '../deleted.js';
import { putJobs } from '../jobs.js';
import { loadProject, refreshProject, unloadProject } from '../loading.js';
import { attempt, showProblem, toast } from './page.js';
import { download } from './download.js';
import { showSettings } from './settings.js';
/** @import { Project } from '../../api/api.d.ts' */

/** @param {File | Blob} file @param {(onProgress: (share: number) => void) => Promise<Project>} send @param {boolean} [isNew]
 *  @returns whether it is open */
async function openUploaded(file, send, isNew = true) {
  store.upload.value = { name: file instanceof File ? file.name : 'picture', share: 0 };
  const isOpen = await attempt(async () => {
    const project = await send((share) => { if (store.upload.value) store.upload.value = { ...store.upload.value, share }; });
    if (!(await loadProject(async () => project, { isNew }))) return false;
    const notes = project.nodes[0]?.picture.notes ?? [];
    if (notes.length) toast(notes.join(' '));
    return true;
  });
  store.upload.value = null;
  return isOpen;
}

/** A new project from a picture. @param {File | Blob} file */
export const openPicture = (file) => openUploaded(file, (onProgress) =>
  api.createProject(file, file instanceof File ? file.name.replace(/\.[^.]+$/, '') : undefined, onProgress));

/** A project from its exported zip. @param {File} file */
export const importProject = (file) => openUploaded(file, (onProgress) => api.importProject(file, onProgress), false);

export const openSample = () => attempt(async () => loadProject(() => api.createSample(), { isNew: true }));

/** @param {{width: number, height: number, colour: string, name?: string}} blank */
export const openBlank = (blank) => attempt(async () => loadProject(() => api.createBlank(blank), { isNew: true }));

/** Text-to-image: a project whose first picture is generated. @param {string} [name] @returns whether it is open */
export const openEmpty = (name) => attempt(async () => loadProject(() => api.createEmpty(name), { isNew: true }));

/** @param {string} id */
export const openProject = (id) => attempt(async () => {
  const isOpen = await loadProject(() => api.project(id)).catch(unlessMissing);
  if (isOpen === null) showProblem({ code: 'not-found', message: 'This project was deleted.', field: null });
  return isOpen ?? false;
});

/** @param {unknown} error @returns {null} */
function unlessMissing(error) {
  if (isMissing(error)) return null;
  throw error;
}

/** Brings back the open project, which was deleted in another window, and sends what was not saved. */
export const restoreOpenProject = () => attempt(async () => {
  const open = store.project.value;
  if (!open) return;
  if (await api.restoreProject(open.id).catch(unlessMissing)) {
    await refreshProject();
    putJobs(await api.jobs(open.id));
  } else showProblem({ code: 'not-found', message: 'It is too late to restore this project.', field: null });
});

/** Back to the list of projects. Everything is saved already. */
export const closeProject = () => attempt(async () => {
  await unloadProject();
  await listProjects();
});

export const listProjects = () => attempt(async () => { store.projects.value = await api.projects(); });

/** @param {string} name @param {string} [id] default: the open one */
export const renameProject = (name, id = store.project.value?.id ?? '') => attempt(async () => {
  const changed = await api.changeProject(id, { name });
  if (store.project.value?.id === id) store.project.value = changed;
  else await listProjects();
});

/** @param {string} id */
export const deleteProject = (id) => attempt(async () => {
  if (store.project.value?.id === id) await unloadProject();
  await api.deleteProject(id);
  await listProjects();
  toast('Project removed', async () => {
    await api.restoreProject(id);
    await listProjects();
  });
});

/** @param {string} [id] default: the open one */
export function exportProject(id = store.project.value?.id) {
  if (id) download(urls.projectFile(id));
}

/** Settings of a result file, into the panel. @param {File} file */
export const openSettingsFile = (file) => attempt(async () => {
  const found = await api.settingsFromFile(file);
  const { request } = found;
  const underpainting = request.canvas.content;
  showSettings({ request, underpainting, task: 'custom' });
  toast(found.notes.length ? `Settings read. ${found.notes.join(' ')}` : 'Settings read');
  return found;
});
