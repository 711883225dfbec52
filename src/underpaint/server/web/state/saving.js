// @ts-check
/** The autosave of this page. */
import * as store from './store.js';
import { api, Unreachable } from '../api/client.js';
import { Autosave } from './autosave.js';
import { editor } from './context.js';
import { showFailure } from './actions/page.js';
import { unsent } from './storage.js';

export const autosave = new Autosave({
  client: {
    changeDraft: api.changeDraft,
    putTiles: api.putTiles,
    changeProject: async (id, { view }) => {
      const open = store.project.value;
      if (open?.id !== id) return;
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
  isUnreachable: (error) => error instanceof Unreachable,
  onState: (state) => { store.saveState.value = state; },
  onLayer: (layer, info) => { store.layers.value = { ...store.layers.value, [layer]: info }; },
  onFailure: (error) => showFailure(error),
});
