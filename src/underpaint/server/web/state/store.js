// @ts-check
/** All state that panels show. Panels read these signals and call actions; only actions and events write them. */
import { computed, signal } from '@preact/signals-core';
import { defaultSettings } from './defaults.js';
import { blockedReason, describingBlockedReason, imagesOf, latestOpenJob, stalled } from './derived.js';
/** @import {
 *   ControlNetInfo, EngineState, Frame, Inspection, Job, Layer, LayerInfo, ModelInfo, Preset, Problem, Project, ProjectSummary, ResultRef,
 *   SavedMask, Settings, Stage, Status, TaskPreset, Underpainting, Underpaintings
 * } from '../api/api.d.ts' */
/** @import { Comparing, Dialog, Toast, ToolOptions } from './types.d.ts' */

// ---- the server
/** @typedef {'connecting' | 'online' | 'offline'} Connection */
export const connection = signal(/** @type {Connection} */ ('connecting'));
/** When the next try is due while offline, as Date.now() milliseconds. */
export const retryAt = signal(/** @type {number | null} */ (null));
export const status = signal(/** @type {Status | null} */ (null));
export const engineState = signal(/** @type {EngineState} */ ('starting'));
/** Why the engine fails, while it does. */
export const engineProblem = signal(/** @type {Problem | null} */ (null));
export const models = signal(/** @type {ModelInfo[]} */ ([]));
export const controlNets = signal(/** @type {ControlNetInfo[]} */ ([]));
export const tasks = signal(/** @type {TaskPreset[]} */ ([]));
export const presets = signal(/** @type {Preset[]} */ ([]));
/** As a PNG; lasts as long as the page. */
export const copiedMask = signal(/** @type {Blob | null} */ (null));
export const savedMasks = signal(/** @type {SavedMask[]} */ ([]));
/** Null until the list has been fetched. */
export const projects = signal(/** @type {ProjectSummary[] | null} */ (null));

// ---- the project and the draft of its head
export const project = signal(/** @type {Project | null} */ (null));
/** It was deleted in another window, and can be restored. */
export const isProjectDeleted = signal(false);
/** What the panel shows; always something, so that panels need no null checks. */
export const draft = signal(/** @type {Settings} */ (defaultSettings()));
export const layers = signal(/** @type {Record<Layer, LayerInfo>} */ ({
  mask: { version: 0, tiles: 0, bounds: null, cover: 0 },
  sketch: { version: 0, tiles: 0, bounds: null, cover: 0 },
}));
/** @typedef {'saved' | 'saving' | 'unsaved'} SaveState unsaved = kept in this browser until the server answers */
export const saveState = signal(/** @type {SaveState} */ ('saved'));

// ---- what a job with these settings would do
export const inspection = signal(/** @type {Inspection | null} */ (null));
export const underpaintings = signal(/** @type {Underpaintings | null} */ (null));
/** A newer preview of the chosen underpainting is on its way; the shown one may not fit the mask any more. */
export const isPreparing = signal(false);
/** The same for all the others, which come after it. */
export const areOthersPreparing = signal(false);
/** The captioner looks at the picture. */
export const isDescribing = signal(false);
export const stage = signal(/** @type {Stage} */ ('prepared'));
/** Shown large and on the canvas while hovered or focused. */
export const peekedUnderpainting = signal(/** @type {Underpainting | null} */ (null));

// ---- jobs and results
export const jobs = signal(/** @type {ReadonlyMap<string, Job>} */ (new Map()));
export const isQueuePaused = signal(false);
/** The result that is looked at. */
export const picked = signal(/** @type {ResultRef | null} */ (null));
/** Result under the pointer, shown on the canvas. */
export const peekedResult = signal(/** @type {ResultRef | null} */ (null));
export const comparison = signal(/** @type {Comparing | null} */ (null));
/** Job whose results the tray shows although they were put aside, or an older one. */
export const shownJobId = signal(/** @type {string | null} */ (null));

// ---- the canvas, mirrored from the editor
/** @typedef {import('../engine/types.js').ToolName} ToolName */
export const tool = signal(/** @type {ToolName} */ ('brush'));
export const toolOptions = signal(/** @type {ToolOptions} */ ({
  brush: { size: 64, hardness: 0.8 },
  paint: { size: 42, hardness: 0.9, opacity: 1, colour: '#5c8038' },
  wand: { tolerance: 32, isContiguous: true },
  combine: 'add',
  pressureTo: 'size',
  colours: ['#5c8038', '#6a4028'],
}));
export const zoom = signal(1);
/** Bounds of everything masked, as drawn. */
export const maskBounds = signal(/** @type {Frame | null} */ (null));
/** Share of the picture that is masked, as drawn. */
export const maskShare = signal(0);
export const hasSketch = signal(false);
/** Counts up with every change of a layer; thumbnails follow it. */
export const layerEdits = signal(/** @type {Record<Layer, number>} */ ({ mask: 0, sketch: 0 }));
export const isMaskShown = signal(true);
export const isSketchShown = signal(true);
export const isPictureShown = signal(true);
export const sketchOpacity = signal(1);
export const isTransforming = signal(false);
export const isCanvasBusy = signal(false);
/** Where the menu of a layer was asked for, in CSS pixels of the page. */
export const layerMenu = signal(/** @type {{x: number, y: number, layer: Layer | 'picture'} | null} */ (null));
/** Colours of the picture, for the paint tool. */
export const palette = signal(/** @type {string[]} */ ([]));
export const history = signal({ canUndo: false, canRedo: false, undoLabel: '', redoLabel: '' });

// ---- the page
export const view = signal(/** @type {'studio' | 'history'} */ ('studio'));
export const theme = signal(/** @type {'dark' | 'light'} */ ('dark'));
/** What the panel at the right shows. */
export const panel = signal(/** @type {'settings' | 'result' | 'queue'} */ ('settings'));
/** The window is narrow: the panel lies over the canvas while it is open. */
export const isDrawer = signal(false);
export const isPanelOpen = signal(true);
export const isPhone = signal(false);
export const openSections = signal(/** @type {ReadonlySet<string>} */ (new Set()));
export const dialog = signal(/** @type {Dialog | null} */ (null));
export const toasts = signal(/** @type {Toast[]} */ ([]));
/** Text for the live regions. */
export const announcement = signal({ text: '', isUrgent: false, count: 0 });
/** What went wrong last, for the advice strip; errors of a field are in fieldErrors. */
export const problem = signal(/** @type {Problem | null} */ (null));
/** By setting path, such as `sampling.steps`. */
export const fieldErrors = signal(/** @type {ReadonlyMap<string, string>} */ (new Map()));
export const hiddenAdvice = signal(/** @type {ReadonlySet<string>} */ (new Set()));
/** A file on its way to the server; share 0…1. */
export const upload = signal(/** @type {{name: string, share: number} | null} */ (null));
export const areKeysOn = signal(true);
/** True while another picture or project comes onto the page. */
export const isSwitching = signal(false);

// ---- derived
export const request = computed(() => draft.value.request);
export const headNode = computed(() => {
  const open = project.value;
  return open?.nodes.find((node) => node.id === open.head_id) ?? null;
});
/** Text-to-image: a project without a picture. */
export const isFirstPicture = computed(() => project.value !== null && headNode.value === null);
/** None of them moves while the engine fails. */
export const jobList = computed(() => {
  const all = [...jobs.value.values()];
  return engineProblem.value ? all.map(stalled) : all;
});
export const runningJob = computed(() => jobList.value.find((job) => job.state === 'running') ?? null);
export const waitingJobs = computed(() => jobList.value
  .filter((job) => job.state === 'queued' || job.state === 'paused')
  .sort((a, b) => a.position - b.position));
/** The job whose results the tray shows: asked for, else the newest of this node that was not put aside. */
export const activeJob = computed(() => {
  const asked = jobList.value.find((job) => job.id === shownJobId.value);
  return asked ?? latestOpenJob(jobList.value, project.value);
});
export const trayResults = computed(() => activeJob.value?.results ?? []);
export const pickedJob = computed(() => (picked.value ? jobs.value.get(picked.value.job_id) ?? null : null));
export const pickedResult = computed(() => pickedJob.value?.results[picked.value?.index ?? -1] ?? null);
export const imageCount = computed(() => imagesOf(request.value));
export const advice = computed(() => inspection.value?.advice.find((item) => !hiddenAdvice.value.has(item.code)) ?? null);
/** Why Generate cannot run now, or null. */
export const blocked = computed(() => blockedReason({
  project: project.value, isDeleted: isProjectDeleted.value, models: models.value, status: status.value, connection: connection.value,
  isMaskEmpty: maskBounds.value === null, request: request.value, hasPicture: headNode.value !== null,
}));
/** Why the picture cannot be described. */
export const describingBlocked = computed(() => describingBlockedReason({
  isDeleted: isProjectDeleted.value, status: status.value, connection: connection.value,
}));
export const canGenerate = computed(() => blocked.value === null);
