// @ts-check
/**
 * Saves what is being prepared on a node: settings shortly after a change, strokes as tiles when they end. One request
 * is on its way at a time. What the server did not take stays here, and in the browser's own storage, until it does.
 */
/** @import { Layer, LayerInfo, Place, ProjectView, Settings } from '../api/api.d.ts' */

/**
 * @typedef {object} Parts what autosave works with; tests bring their own
 * @property {{
 *   changeDraft(place: Place, change: Partial<Settings>): Promise<unknown>,
 *   putTiles(nodeId: string, layer: Layer, buffer: ArrayBuffer): Promise<LayerInfo>,
 *   changeProject(id: string, change: {view: ProjectView}): Promise<unknown>,
 * }} client
 * @property {{
 *   takeDirtyTiles(layer: Layer): Promise<ArrayBuffer | null>,
 *   returnDirtyTiles(layer: Layer, buffer: ArrayBuffer): void,
 * }} tiles
 * @property {{put(key: string, value: Kept): Promise<void>, get(key: string): Promise<Kept | null>, remove(key: string): Promise<void>}} storage
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {(timer: unknown) => void} forget
 * @property {(error: unknown) => boolean} isUnreachable
 * @property {(state: 'saved' | 'saving' | 'unsaved') => void} onState
 * @property {(layer: Layer, info: LayerInfo) => void} onLayer
 * @property {(error: unknown) => void} onFailure the server said no
 */
/** @typedef {{settings: Partial<Settings> | null, mask: ArrayBuffer | null, sketch: ArrayBuffer | null, at: number}} Kept */

const SETTINGS_DELAY_MS = 300;
const VIEW_DELAY_MS = 1500;
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
/** @type {Layer[]} */
const LAYERS = ['mask', 'sketch'];

/** @param {Place} place */
const keyOf = (place) => place.nodeId ?? `project ${place.projectId}`;

export class Autosave {
  #parts;
  /** @type {Place | null} */ #place = null;
  /** @type {Partial<Settings> | null} */ #settings = null;
  /** @type {ProjectView | null} */ #view = null;
  /** @type {Set<Layer>} */ #layers = new Set();
  /** @type {Promise<void> | null} */ #running = null;
  /** @type {unknown} */ #timer = null;
  /** @type {unknown} */ #viewTimer = null;
  /** Tries in a row that the server did not answer. */ #failures = 0;
  /** It refused the last one: nothing goes out by itself until something changes. */ #isRefused = false;

  /** @param {Parts} parts */
  constructor(parts) { this.#parts = parts; }

  get hasPending() { return this.#settings !== null || this.#layers.size > 0; }
  /** Settings that the server does not have yet. */
  get pendingSettings() { return this.#settings; }
  /** @param {Layer} layer */
  isPending(layer) { return this.#layers.has(layer); }

  /** From here on changes belong to this draft. Flush before. @param {Place | null} place */
  moveTo(place) {
    this.#place = place;
    this.#settings = null;
    this.#layers.clear();
    this.#failures = 0;
    this.#isRefused = false;
    this.#parts.forget(this.#timer);
    this.#parts.onState('saved');
  }

  /** @param {Partial<Settings>} change */
  settings(change) {
    if (!this.#place) return;
    this.#settings = { ...this.#settings, ...change };
    this.#isRefused = false;
    this.#parts.onState(this.#failures ? 'unsaved' : 'saving');
    if (!this.#failures) this.#schedule(SETTINGS_DELAY_MS);
  }

  /** Pixels of a layer changed. @param {Layer} layer */
  layer(layer) {
    if (!this.#place?.nodeId) return;
    this.#layers.add(layer);
    this.#isRefused = false;
    this.#parts.onState(this.#failures ? 'unsaved' : 'saving');
    if (!this.#failures) this.#schedule(0);
  }

  /** What the page keeps with the project; losing it costs nothing. @param {ProjectView} change */
  view(change) {
    if (!this.#place) return;
    this.#view = { ...this.#view, ...change };
    this.#parts.forget(this.#viewTimer);
    this.#viewTimer = this.#parts.later(() => { void this.#saveView(); }, VIEW_DELAY_MS);
  }

  /** Tries again now, after the server came back. */
  async retry() {
    this.#failures = 0;
    if (this.hasPending) await this.#run().catch(() => undefined);
  }

  /** Resolves when the server has everything; throws when it could not be reached or said no. */
  async flush() {
    this.#parts.forget(this.#timer);
    await this.#running?.catch(() => undefined);
    while (this.hasPending) await this.#run();
    await this.#saveView();
  }

  /** Changes of this draft that an earlier visit could not send. @param {Place} place */
  async left(place) { return this.#parts.storage.get(keyOf(place)); }

  /** @param {number} ms */
  #schedule(ms) {
    this.#parts.forget(this.#timer);
    this.#timer = this.#parts.later(() => { void this.#run().catch(() => undefined); }, ms);
  }

  /** One at a time; a change that comes meanwhile gets a run of its own. */
  #run() {
    this.#running ??= this.#save().finally(() => {
      this.#running = null;
      if (this.hasPending && !this.#failures && !this.#isRefused) this.#schedule(0);
    });
    return this.#running;
  }

  async #save() {
    const place = this.#place;
    if (!place || !this.hasPending) return;
    this.#parts.onState('saving');
    const settings = this.#settings;
    this.#settings = null;
    try {
      if (settings) await this.#parts.client.changeDraft(place, settings);
    } catch (error) {
      if (this.#parts.isUnreachable(error)) this.#settings = { ...settings, .../** @type {Partial<Settings> | null} */ (this.#settings) };
      await this.#failed(place, error);
    }
    for (const layer of LAYERS) if (this.#layers.has(layer) && place.nodeId) await this.#saveLayer(place, place.nodeId, layer);
    if (this.hasPending) return;
    this.#failures = 0;
    await this.#parts.storage.remove(keyOf(place));
    this.#parts.onState('saved');
  }

  /** @param {Place} place @param {string} nodeId @param {Layer} layer */
  async #saveLayer(place, nodeId, layer) {
    this.#layers.delete(layer);
    const buffer = await this.#parts.tiles.takeDirtyTiles(layer);
    if (!buffer) return;
    try {
      this.#parts.onLayer(layer, await this.#parts.client.putTiles(nodeId, layer, buffer));
    } catch (error) {
      this.#parts.tiles.returnDirtyTiles(layer, buffer);
      this.#layers.add(layer);
      await this.#failed(place, error, { [layer]: buffer });
    }
  }

  /** Keeps what was not sent in this browser, and plans the next try. @param {Place} place @param {unknown} error
   *  @param {Partial<Record<Layer, ArrayBuffer>>} [unsent] @returns {Promise<never>} */
  async #failed(place, error, unsent = {}) {
    const isAway = this.#parts.isUnreachable(error);
    this.#failures = isAway ? this.#failures + 1 : 0;
    this.#isRefused = !isAway;
    this.#parts.onState('unsaved');
    const kept = (await this.#parts.storage.get(keyOf(place))) ?? { settings: null, mask: null, sketch: null, at: 0 };
    if (isAway || unsent.mask || unsent.sketch) {
      await this.#parts.storage.put(keyOf(place), { ...kept, ...unsent, settings: this.#settings ?? kept.settings, at: Date.now() });
    }
    if (isAway) this.#schedule(RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1] ?? 15_000);
    else this.#parts.onFailure(error);
    throw error;
  }

  async #saveView() {
    const view = this.#view;
    const place = this.#place;
    this.#parts.forget(this.#viewTimer);
    if (!view || !place) return;
    this.#view = null;
    await this.#parts.client.changeProject(place.projectId, { view }).catch(() => undefined);
  }
}
