// @ts-check
/** Commands on whole layers; each is one step of the history. */
/** @import { Combine } from './types.js' */
/** @import { TileMap } from './tiles.js' */
/** @import { Workspace } from './workspace.js' */
import { grown, intersection } from './geometry.js';
import { alphaSelection, combineSelection, inverted } from './selection.js';
import { paintSelection } from './tools/fills.js';

/** How: label, and how far away a pixel can matter. */
const MORPHS = {
  grow: { label: 'Grow mask', reach: (/** @type {number} */ px) => Math.ceil(px) },
  shrink: { label: 'Shrink mask', reach: (/** @type {number} */ px) => Math.ceil(px) },
  feather: { label: 'Feather mask', reach: (/** @type {number} */ px) => Math.ceil(3 * px) },
};

/** @param {Workspace} workspace @param {keyof typeof MORPHS} how @param {number} px */
export const morph = ({ document, worker }, how, px) => async () => {
  const { label, reach } = MORPHS[how];
  document.replace('mask', await worker.run('morph', { how, px, reach: reach(px), tiles: tilesOf(document.mask), size: document.size }), label);
};

/** @param {Workspace} workspace */
export const fillHoles = ({ document, worker }) => async () => {
  const { size } = document, bounds = document.mask.bounds();
  const area = bounds && intersection(grown(bounds, 1), { x: 0, y: 0, ...size });
  if (area) document.replace('mask', await worker.run('fillHoles', { tiles: tilesOf(document.mask), size, area }), 'Fill holes');
};

/** @param {Workspace} workspace */
export const invert = ({ document }) => async () => document.replace('mask', inverted(document.mask), 'Invert mask');

/** @param {Workspace} workspace @param {TileMap} selection @param {Combine} how @param {string} label */
export function select({ document }, selection, how, label) {
  const edit = document.begin('mask');
  combineSelection(edit, selection, how);
  document.commit('mask', edit, label);
}

/** @param {Workspace} workspace */
export const growToSketch = (workspace) => async () => select(workspace, alphaSelection(workspace.document.sketch), 'add', 'Grow mask to sketch');

/** @param {Workspace} workspace @param {string} colour */
export const fillMask = (workspace, colour) => async () => paintSelection(workspace, tilesOf(workspace.document.mask), colour, 1, 'Fill masked area');

/** @param {import('./tiles.js').TileLayer} layer @returns {TileMap} what is not empty */
export const tilesOf = (layer) => new Map(layer.usedKeys().map((key) => [key, layer.tile(key)]));
