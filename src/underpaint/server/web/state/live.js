// @ts-check
/** What the server says by itself, into the signals. */
import * as store from './store.js';
import { EventStream } from '../api/events.js';
import { api, clientId } from '../api/client.js';
import { autosave } from './saving.js';
import { noticeDeletion } from './deleted.js';
import { putJob, putJobs, putOrder, putProgress, putQueue, putResult } from './jobs.js';
import { refreshDraft, refreshProject } from './loading.js';
import { attempt } from './actions/page.js';
/** @import { EngineState, Problem } from '../api/api.d.ts' */
/** @import { Handlers } from '../api/events.js' */

/** @param {string | null} client */
const isEcho = (client) => client === clientId;

/** @param {EngineState} state @param {Problem | null} problem */
function putEngine(state, problem) {
  store.engineState.value = state;
  store.engineProblem.value = problem;
}

/** @type {Handlers} */
const handlers = {
  snapshot: ({ queue, engine, engine_problem: engineProblem, project }) => {
    putEngine(engine, engineProblem);
    putQueue(queue);
    if (project && project.id === store.project.value?.id) void attempt(refreshProject);
  },
  job: putJob,
  progress: ({ job_id: id, progress }) => putProgress(id, progress),
  result: ({ job_id: id, result }) => putResult(id, result),
  queue: ({ is_paused: isPaused, order }) => {
    store.isQueuePaused.value = isPaused;
    putOrder(order);
  },
  project: ({ project_id: id, client }) => {
    if (!isEcho(client) && id === store.project.value?.id) void attempt(refreshProject);
  },
  draft: ({ node_id: nodeId, layers, has_settings: hasSettings, client }) => {
    if (!isEcho(client) && !store.isProjectDeleted.value) void attempt(() => refreshDraft(nodeId, layers, hasSettings));
  },
  engine: ({ state, problem }) => {
    putEngine(state, problem);
    if (!store.status.value?.device) void attempt(async () => { store.status.value = await api.status(); });
  },
};

/** @param {boolean} isOpen @param {number | null} retryAt */
function onState(isOpen, retryAt) {
  const wasOffline = store.connection.value === 'offline';
  store.connection.value = isOpen ? 'online' : 'offline';
  store.retryAt.value = retryAt;
  if (isOpen && wasOffline) void attempt(comeBack);
  if (!isOpen) void noticeDeletion(); // of a project that is gone no stream can be opened
}

/** After the server was away: what was kept here goes out, what was missed comes in. */
async function comeBack() {
  if (store.problem.value?.code === 'unreachable') store.problem.value = null;
  const hadPending = autosave.hasPending;
  await autosave.retry();
  await loadSurroundings();
  const open = store.project.value;
  if (!open || store.isProjectDeleted.value) return;
  putJobs(await api.jobs(open.id));
  if (!hadPending) await refreshDraft(open.head_id, ['mask', 'sketch'], true);
}

/** What does not belong to a project. */
export async function loadSurroundings() {
  const [status, models, controlNets, tasks, presets] = await Promise.all([
    api.status(), api.models(), api.controlNets(), api.tasks(), api.presets(),
  ]);
  store.status.value = status;
  putEngine(status.engine, status.engine_problem);
  store.models.value = models;
  store.controlNets.value = controlNets;
  store.tasks.value = tasks;
  store.presets.value = presets;
}

const stream = new EventStream(handlers, onState);

/** @param {string | null} projectId */
export const listen = (projectId) => stream.open(projectId);
export const reconnect = () => stream.retry();
