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
 * @property {(error: unknown) => Fate} fateOf
 * @property {(state: 'saved' | 'saving' | 'unsaved') => void} onState
 * @property {(layer: Layer, info: LayerInfo) => void} onLayer
 * @property {(error: unknown) => void} onFailure
 */
/**
 * What becomes of changes that were not taken. `again`: nothing is wrong with them, they are tried again by themselves;
 * `wait`: they are kept until there is a reason to try; `refused`: settings are given up, strokes go with the next ones.
 * @typedef {'again' | 'wait' | 'refused'} Fate
 */
/** @typedef {{settings: Partial<Settings> | null, mask: ArrayBuffer | null, sketch: ArrayBuffer | null}} Kept */

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
  /** Tries in a row that failed, everything being kept. */ #failures = 0;
  /** The last one was refused for good: nothing goes out by itself until something changes. */ #isRefused = false;

  /** @param {Parts} parts */
  constructor(parts) { this.#parts = parts; }

  get hasPending() { return this.#settings !== null || this.#layers.size > 0; }
  /** Settings that the server does not have yet. */
  get pendingSettings() { return this.#settings; }
  /** @param {Layer} layer */
  isPending(layer) { return this.#layers.has(layer); }

  /** From here on changes belong to this draft. Flush before. @param {Place | null} place */
  moveTo(place) {
    if (place?.projectId !== this.#place?.projectId) this.#view = null;
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
    this.#tellUnderWay();
    this.#schedule(SETTINGS_DELAY_MS);
  }

  /** Pixels of a layer changed. @param {Layer} layer */
  layer(layer) {
    if (!this.#place?.nodeId) return;
    this.#layers.add(layer);
    this.#isRefused = false;
    this.#tellUnderWay();
    this.#schedule(0);
  }

  /** What the page keeps with the project; losing it costs nothing. @param {ProjectView} change */
  view(change) {
    if (!this.#place) return;
    this.#view = { ...this.#view, ...change };
    this.#parts.forget(this.#viewTimer);
    this.#viewTimer = this.#parts.later(() => { void this.#saveView(); }, VIEW_DELAY_MS);
  }

  /** Tries again now, after the server or the project came back. */
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

  /** A further try after one that failed is no reason to hope yet. */
  #tellUnderWay() { this.#parts.onState(this.#failures ? 'unsaved' : 'saving'); }

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
    this.#tellUnderWay();
    await this.#saveSettings(place);
    for (const layer of LAYERS) if (this.#isAt(place) && this.#layers.has(layer) && place.nodeId) await this.#saveLayer(place, place.nodeId, layer);
    if (!this.#isAt(place)) return;
    this.#failures = 0;
    if (this.hasPending) return;
    await this.#parts.storage.remove(keyOf(place));
    this.#parts.onState('saved');
  }

  /** Whether changes still belong to the draft that a request is about. @param {Place} place */
  #isAt(place) { return place === this.#place; }

  /** @param {Place} place */
  async #saveSettings(place) {
    const settings = this.#settings;
    if (!settings) return;
    this.#settings = null;
    try {
      await this.#parts.client.changeDraft(place, settings);
    } catch (error) {
      if (this.#isAt(place) && this.#parts.fateOf(error) !== 'refused') this.#settings = { ...settings, .../** @type {Partial<Settings> | null} */ (this.#settings) };
      await this.#failed(place, error);
    }
  }

  /** @param {Place} place @param {string} nodeId @param {Layer} layer */
  async #saveLayer(place, nodeId, layer) {
    this.#layers.delete(layer);
    const buffer = await this.#parts.tiles.takeDirtyTiles(layer);
    if (!buffer) return;
    try {
      this.#parts.onLayer(layer, await this.#parts.client.putTiles(nodeId, layer, buffer));
    } catch (error) {
      if (this.#isAt(place)) {
        this.#parts.tiles.returnDirtyTiles(layer, buffer);
        this.#layers.add(layer);
      }
      await this.#failed(place, error);
    }
  }

  /** Keeps what was not sent in this browser, and plans the next try. @param {Place} place @param {unknown} error @returns {Promise<never>} */
  async #failed(place, error) {
    if (!this.#isAt(place)) throw error;
    const fate = this.#parts.fateOf(error);
    this.#isRefused = fate === 'refused';
    this.#failures = this.#isRefused ? 0 : this.#failures + 1;
    this.#parts.onState('unsaved');
    this.#parts.onFailure(error);
    if (this.hasPending) await this.#keep(place);
    if (fate === 'again') this.#schedule(RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1] ?? 15_000);
    throw error;
  }

  /** Puts all that the server does not have into the browser's own storage. @param {Place} place */
  async #keep(place) {
    const tiles = await this.#unsentTiles();
    const kept = (await this.#parts.storage.get(keyOf(place))) ?? { settings: null, mask: null, sketch: null };
    await this.#parts.storage.put(keyOf(place), { ...kept, ...tiles, settings: this.#settings ?? kept.settings });
  }

  /** They stay changed, so that the next try has them. @returns {Promise<Partial<Record<Layer, ArrayBuffer>>>} */
  async #unsentTiles() {
    /** @type {Partial<Record<Layer, ArrayBuffer>>} */ const tiles = {};
    for (const layer of this.#layers) {
      const buffer = await this.#parts.tiles.takeDirtyTiles(layer);
      if (!buffer) continue;
      this.#parts.tiles.returnDirtyTiles(layer, buffer);
      tiles[layer] = buffer;
    }
    return tiles;
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
