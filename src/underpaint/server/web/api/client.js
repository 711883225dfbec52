// @ts-check
/** Every route of the server that the page uses; shapes in api.d.ts, routes in docs/explanation/server.md. */
import { call, send, upload } from './http.js';

export { ApiError, Unreachable, clientId } from './http.js';
/** @import { BlankPicture, BlendOrder, ControlNetInfo, Description, Draft, Extension, FileSettings, Inspection, Job, JobChange, JobOrder, KeepOrder } from './api.d.ts' */
/** @import { Layer, LayerInfo, ModelInfo, Node, NodeChange, Place, Preset, PreviewOrder, Project, ProjectChange } from './api.d.ts' */
/** @import { ProjectSummary, Queue, ResultChange, SavedMask, Selection, Settings, Status, TaskPreset, Underpaintings } from './api.d.ts' */

const TILES = 'application/vnd.underpaint.tiles';
/** Smaller requests survive the closing of the tab. */
const KEEPALIVE_BYTES = 60_000;
/** @param {string} id */
const safe = (id) => encodeURIComponent(id);
/** The draft of a node, or of a project without a picture. @param {Place} place */
const draftPath = ({ nodeId, projectId }) => (nodeId ? `/nodes/${safe(nodeId)}/draft` : `/projects/${safe(projectId)}/draft`);

/** @param {Response} response */
const tiles = async (response) => ({ buffer: await response.arrayBuffer(), version: Number(response.headers.get('X-Version') ?? 0) });

/** @typedef {(share: number) => void} OnProgress */

export const api = {
  /** @returns {Promise<Status>} */ status: () => call('GET', '/status'),
  /** @returns {Promise<void>} */ restartEngine: () => call('POST', '/engine/restart'),
  /** @returns {Promise<ModelInfo[]>} */ models: () => call('GET', '/models'),
  /** @returns {Promise<ModelInfo[]>} */ rescanModels: () => call('POST', '/models/rescan'),
  /** @returns {Promise<ControlNetInfo[]>} */ controlNets: () => call('GET', '/controlnets'),
  /** @returns {Promise<TaskPreset[]>} */ tasks: () => call('GET', '/tasks'),

  // ---- projects and nodes
  /** @returns {Promise<ProjectSummary[]>} */ projects: () => call('GET', '/projects'),
  /** @param {string} id @returns {Promise<Project>} */ project: (id) => call('GET', `/projects/${safe(id)}`),
  /** @param {File | Blob} file @param {string} [name] @param {OnProgress} [onProgress] @returns {Promise<Project>} */
  createProject: (file, name, onProgress) => upload('POST', '/projects', file, name ? { name } : {}, onProgress),
  /** @returns {Promise<Project>} */ createSample: () => call('POST', '/projects/sample'),
  /** @param {BlankPicture} blank @returns {Promise<Project>} */
  createBlank: (blank) => call('POST', '/projects/blank', { json: blank }),
  /** @param {string} [name] @returns {Promise<Project>} */
  createEmpty: (name) => call('POST', '/projects/empty', { json: name ? { name } : {} }),
  /** @param {File} file @param {OnProgress} [onProgress] @returns {Promise<Project>} */
  importProject: (file, onProgress) => upload('POST', '/projects/import', file, {}, onProgress),
  /** @param {string} id @param {ProjectChange} change @returns {Promise<Project>} */
  changeProject: (id, change) => call('PATCH', `/projects/${safe(id)}`, { json: change, keepalive: true }),
  /** @param {string} id @returns {Promise<void>} */ deleteProject: (id) => call('DELETE', `/projects/${safe(id)}`),
  /** @param {string} id @returns {Promise<Project>} */ restoreProject: (id) => call('POST', `/projects/${safe(id)}/restore`),
  /** @param {string} id @param {File | Blob} file @param {OnProgress} [onProgress] @returns {Promise<Node>} */
  addNode: (id, file, onProgress) => upload('POST', `/projects/${safe(id)}/nodes`, file, {}, onProgress),
  /** @param {string} id @param {NodeChange} change @returns {Promise<Node>} */
  changeNode: (id, change) => call('PATCH', `/nodes/${safe(id)}`, { json: change }),
  /** @param {string} id @returns {Promise<string[]>} */ deleteNode: (id) => call('DELETE', `/nodes/${safe(id)}`),
  /** @param {string} id @returns {Promise<Node[]>} */ restoreNode: (id) => call('POST', `/nodes/${safe(id)}/restore`),
  /** @param {string} id @param {Extension} extension @returns {Promise<Node>} */
  extend: (id, extension) => call('POST', `/nodes/${safe(id)}/extend`, { json: extension }),
  /** @param {string} id @param {BlendOrder} blend @returns {Promise<Node>} */
  blend: (id, blend) => call('POST', `/nodes/${safe(id)}/blend`, { json: blend }),

  // ---- drafts and layers
  /** @param {Place} place @returns {Promise<Draft>} */ draft: (place) => call('GET', draftPath(place)),
  /** @param {Place} place @param {Partial<Settings>} change @returns {Promise<Draft>} */
  changeDraft: (place, change) => call('PATCH', draftPath(place), { json: change, keepalive: true }),
  /** @param {string} nodeId @param {Layer} layer */
  tiles: async (nodeId, layer) => tiles(await send('GET', `/nodes/${safe(nodeId)}/tiles/${layer}`)),
  /**
   * @param {string} nodeId
   * @param {Layer} layer
   * @param {ArrayBuffer} buffer
   * @param {boolean} [replace]
   * @returns {Promise<LayerInfo>}
   */
  putTiles: (nodeId, layer, buffer, replace = false) =>
    call('PUT', `/nodes/${safe(nodeId)}/tiles/${layer}?replace=${replace}`, {
      body: buffer, type: TILES, keepalive: buffer.byteLength < KEEPALIVE_BYTES,
    }),
  /** @param {string} nodeId @param {Layer} layer @returns {Promise<Blob>} */
  layer: async (nodeId, layer) => (await send('GET', `/nodes/${safe(nodeId)}/layers/${layer}.png`)).blob(),
  /** @param {string} nodeId @param {File | Blob} file @returns {Promise<LayerInfo>} */
  putMask: (nodeId, file) => upload('PUT', `/nodes/${safe(nodeId)}/layers/mask.png`, file),
  /** @param {string} nodeId @param {Selection} selection @returns {Promise<ArrayBuffer>} */
  select: async (nodeId, selection) => (await send('POST', `/nodes/${safe(nodeId)}/selection`, { json: selection })).arrayBuffer(),

  // ---- what a job would do
  /** @param {string} nodeId @param {Settings} settings @param {AbortSignal} [signal] @returns {Promise<Inspection>} */
  inspect: (nodeId, settings, signal) => call('POST', `/nodes/${safe(nodeId)}/inspect`, { json: settings, ...(signal && { signal }) }),
  /** @param {string} nodeId @param {PreviewOrder} wish @param {AbortSignal} [signal] @returns {Promise<Underpaintings>} */
  underpaintings: (nodeId, wish, signal) => call('POST', `/nodes/${safe(nodeId)}/underpaintings`, { json: wish, ...(signal && { signal }) }),
  /** @param {string} nodeId @returns {Promise<Description>} */ describe: (nodeId) => call('POST', `/nodes/${safe(nodeId)}/describe`),

  // ---- jobs
  /** @param {string} projectId @param {JobOrder} job @returns {Promise<Job>} */
  createJob: (projectId, job) => call('POST', `/projects/${safe(projectId)}/jobs`, { json: job }),
  /** @param {string} projectId @returns {Promise<Job[]>} */ jobs: (projectId) => call('GET', `/jobs?project_id=${safe(projectId)}`),
  /** @param {string} id @returns {Promise<Job>} */ job: (id) => call('GET', `/jobs/${safe(id)}`),
  /** @param {string} id @param {JobChange} change @returns {Promise<Job>} */
  changeJob: (id, change) => call('PATCH', `/jobs/${safe(id)}`, { json: change }),
  /** @param {string} id @param {'cancel' | 'skip' | 'retry' | 'pause' | 'resume'} verb @returns {Promise<Job>} */
  steerJob: (id, verb) => call('POST', `/jobs/${safe(id)}/${verb}`),
  /** @param {string} id @param {string | null} beforeId @returns {Promise<Queue>} */
  moveJob: (id, beforeId) => call('POST', `/jobs/${safe(id)}/move`, { json: { before_id: beforeId } }),
  /** @returns {Promise<Queue>} */ queue: () => call('GET', '/queue'),
  /** @param {'pause' | 'resume'} verb @returns {Promise<Queue>} */ steerQueue: (verb) => call('POST', `/queue/${verb}`),
  /** @param {string} id @param {number} index @param {ResultChange} change @returns {Promise<Job>} */
  changeResult: (id, index, change) => call('PATCH', `/jobs/${safe(id)}/results/${index}`, { json: change }),
  /** @param {string} id @param {number} index @param {KeepOrder} how @returns {Promise<Project>} */
  keep: (id, index, how) => call('POST', `/jobs/${safe(id)}/results/${index}/keep`, { json: how }),
  /** @param {string} id @param {number} index @returns {Promise<LayerInfo>} */
  toSketch: (id, index) => call('POST', `/jobs/${safe(id)}/results/${index}/to-sketch`),

  // ---- things around
  /** @returns {Promise<Preset[]>} */ presets: () => call('GET', '/presets'),
  /** @param {string} name @param {Settings} settings @returns {Promise<Preset>} */
  savePreset: (name, settings) => call('PUT', `/presets/${safe(name)}`, { json: { name, ...settings } }),
  /** @param {string} name @returns {Promise<void>} */ deletePreset: (name) => call('DELETE', `/presets/${safe(name)}`),
  /** @returns {Promise<SavedMask[]>} */ masks: () => call('GET', '/masks'),
  /** @param {string} nodeId @param {string} name @returns {Promise<SavedMask>} */
  saveMask: (nodeId, name) => call('POST', '/masks', { json: { node_id: nodeId, name } }),
  /** @param {string} id @returns {Promise<void>} */ deleteMask: (id) => call('DELETE', `/masks/${safe(id)}`),
  /** @param {string} id @param {string} nodeId @returns {Promise<LayerInfo>} */
  applyMask: (id, nodeId) => call('POST', `/masks/${safe(id)}/apply`, { json: { node_id: nodeId } }),
  /** @param {File} file @returns {Promise<FileSettings>} */ settingsFromFile: (file) => upload('POST', '/settings-from-file', file),
};

/** Addresses of pictures; immutable, so that the browser may keep them. */
export const urls = {
  /** @param {string} sha256 */ picture: (sha256) => `/api/pictures/${sha256}`,
  /** @param {string} sha256 @param {number} [px] longest side */
  thumbnail: (sha256, px = 256) => `/api/pictures/${sha256}/thumbnail?px=${px}`,
  /** Of the running image. @param {string} jobId @param {number} version of `progress.preview` */
  preview: (jobId, version) => `/api/jobs/${safe(jobId)}/preview?v=${version}`,
  /** @param {string} nodeId @param {Layer} layer */ layer: (nodeId, layer) => `/api/nodes/${safe(nodeId)}/layers/${layer}.png`,
  /** @param {string} nodeId @param {'png' | 'jpeg' | 'webp'} format @param {boolean} [hasMetadata] */
  nodeFile: (nodeId, format, hasMetadata = true) => `/api/nodes/${safe(nodeId)}/file?format=${format}&metadata=${hasMetadata}`,
  /** @param {string} jobId @param {number} index @param {'png' | 'jpeg' | 'webp'} format @param {boolean} [hasMetadata] */
  resultFile: (jobId, index, format, hasMetadata = true) =>
    `/api/jobs/${safe(jobId)}/results/${index}/file?format=${format}&metadata=${hasMetadata}`,
  /** @param {string} projectId */ projectFile: (projectId) => `/api/projects/${safe(projectId)}/export`,
};
