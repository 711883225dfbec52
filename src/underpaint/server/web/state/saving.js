// @ts-check
/** The autosave of this page. */
import * as store from './store.js';
import { api, ApiError, Unreachable } from '../api/client.js';
import { Autosave } from './autosave.js';
import { editor } from './context.js';
import { isMissing, ProjectDeleted, unlessDeleted } from './deleted.js';
import { showFailure, showProblem } from './actions/page.js';
import { unsent } from './storage.js';

/** What the page tells of the server until everything is saved. @type {string | null} */
let trouble = null;

/** @param {unknown} error @returns {import('./autosave.js').Fate} */
function fateOf(error) {
  const isShutOut = error instanceof ApiError && [401, 403].includes(error.status);
  if (error instanceof ProjectDeleted || isMissing(error) || isShutOut) return 'wait';
  const isPassing = error instanceof Unreachable || (error instanceof ApiError && error.status >= 500);
  return isPassing ? 'again' : 'refused';
}

/** @param {unknown} error */
function tellFailure(error) {
  if (error instanceof Unreachable || error instanceof ProjectDeleted) return; // a banner says so
  if (fateOf(error) === 'refused') showFailure(error);
  else if (error instanceof Error && error.message !== trouble) { // once, not at every try
    trouble = error.message;
    showFailure(error);
  }
}

function forgetTrouble() {
  if (trouble !== null && store.problem.value?.message === trouble) showProblem(null);
  trouble = null;
}

export const autosave = new Autosave({
  client: {
    changeDraft: (place, change) => unlessDeleted(() => api.changeDraft(place, change)),
    putTiles: (nodeId, layer, buffer) => unlessDeleted(() => api.putTiles(nodeId, layer, buffer)),
    changeProject: async (id, { view }) => {
      const open = store.project.value;
      if (open?.id !== id || store.isProjectDeleted.value) return;
      const merged = { ...open.view, ...view };
      store.project.value = { ...open, view: merged };
      await api.changeProject(id, { view: merged });
    },
  },
  tiles: {
    takeDirtyTiles: (layer) => editor().takeDirtyTiles(layer),
    returnDirtyTiles: (layer, buffer) => editor().returnDirtyTiles(layer, buffer),
  },
  storage: unsent,
  later: (run, ms) => setTimeout(run, ms),
  forget: (timer) => clearTimeout(/** @type {number | undefined} */ (timer ?? undefined)),
  fateOf,
  onState: (state) => {
    if (state === 'saved') forgetTrouble();
    store.saveState.value = state;
  },
  onLayer: (layer, info) => { store.layers.value = { ...store.layers.value, [layer]: info }; },
  onFailure: tellFailure,
});
