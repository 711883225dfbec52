// @ts-check
/** Clicks that select or fill what looks alike, and clicks that the server answers. */
/** @import { DocPoint } from '../types.js' */
/** @import { TileMap } from '../tiles.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { boundsOf, distance } from '../geometry.js';
import { rgbOf, paintOver } from '../raster/paint.js';
import { combineSelection, div255 } from '../selection.js';
import { TILE_PIXELS, expanded } from '../tiles.js';
import { RectangleTool } from './shapes.js';

const CLICK_PX = 4;

/** @param {Workspace} workspace @param {DocPoint} point @returns {Promise<TileMap>} what looks like the pixel there */
function alike(workspace, point) {
  const { size } = workspace.document, { tolerance, isContiguous } = workspace.wand;
  return workspace.worker.run('flood', { size, seed: { x: Math.floor(point.x), y: Math.floor(point.y) }, tolerance, isContiguous });
}

/** @param {Workspace} workspace @param {DocPoint} point */
const isInside = ({ document: { size } }, point) => point.x >= 0 && point.y >= 0 && point.x < size.width && point.y < size.height;

/** Selects what looks like the clicked pixel. @implements {Tool} */
export class WandTool {
  cursor = 'crosshair';

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /** @param {Sample} sample */
  down(sample) {
    const { workspace } = this, how = sample.isShift && !sample.isAlt ? 'add' : workspace.combineFor(sample);
    if (!isInside(workspace, sample.point)) return false;
    workspace.activeLayer = 'mask';
    void workspace.inTurn(async () => {
      const selection = await alike(workspace, sample.point), edit = workspace.document.begin('mask');
      combineSelection(edit, selection, how);
      workspace.document.commit('mask', edit, 'Magic wand');
    });
  }
}

/** Fills what looks like the clicked pixel with the paint colour, on the sketch. @implements {Tool} */
export class FillTool {
  cursor = 'crosshair';

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /** @param {Sample} sample */
  down(sample) {
    const { workspace } = this, { colour, opacity } = workspace.paint;
    if (!isInside(workspace, sample.point)) return false;
    workspace.activeLayer = 'sketch';
    void workspace.inTurn(async () => paintSelection(workspace, await alike(workspace, sample.point), colour, opacity, 'Fill'));
  }
}

/** Colours a selection on the sketch, as one step. @param {Workspace} workspace @param {TileMap} selection @param {string} colour @param {number} opacity @param {string} label */
export function paintSelection({ document }, selection, colour, opacity, label) {
  const edit = document.begin('sketch'), [r, g, b] = rgbOf(colour), most = Math.round(255 * opacity);
  for (const [key, tile] of selection) {
    if (tile === 0) continue;
    const cover = expanded(tile, 1), before = expanded(edit.before(key), 4), out = edit.write(key);
    for (let i = 0; i < TILE_PIXELS; i++) if (cover[i]) paintOver(out, before, i, r, g, b, div255(cover[i] * most));
    document.sketch.touch(key, document.sketch.area(key));
  }
  document.commit('sketch', edit, label);
}

/** Click: the region there; drag: the subject in a box. The page asks the server. @implements {Tool} */
export class SelectTool extends RectangleTool {
  /** @type {Sample | null} */ #start = null;

  /** @param {Workspace} workspace */
  constructor(workspace) {
    super(workspace, (corners) => {
      const bounds = boundsOf(corners);
      if (bounds) workspace.emit('select', { kind: 'box', ...bounds });
    });
  }

  /** @override @param {Sample} sample */
  down(sample) {
    this.#start = sample;
    super.down(sample);
  }

  /** @override @param {Sample} sample */
  up(sample) {
    const start = this.#start;
    if (!start || distance(start.at, sample.at) >= CLICK_PX) return super.up(sample);
    this.cancel();
    if (isInside(this.workspace, start.point)) this.workspace.emit('select', { kind: 'region', x: Math.floor(start.point.x), y: Math.floor(start.point.y) });
  }
}
