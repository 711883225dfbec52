// @ts-check
/** @import { DocPoint, ViewPoint } from '../types.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { boundsOf, distance, intersection, roundedOut } from '../geometry.js';
import { drawHandle, drawPath } from '../render/chrome.js';
import { context2d } from '../render/mask-view.js';
import { paintOver } from '../raster/paint.js';
import { TILE } from '../tiles.js';
import { docPoint, viewPoint } from '../types.js';

const HANDLE_REACH = 14; // CSS pixels
const TURN_ARM = 28;     // CSS pixels between the top edge and the handle that turns
const SNAP = Math.PI / 12;

/** A bitmap lying on the picture: its middle, its size there, its turn. @typedef {{x: number, y: number, width: number, height: number, angle: number}} Placement */

/** The floating piece above the sketch: move inside, corners scale (Shift: free), the round handle turns (Shift: 15°). @implements {Tool} */
export class TransformTool {
  cursor = 'move';
  /** @type {ImageBitmap | null} */ #bitmap = null;
  /** @type {Placement} */ #place = { x: 0, y: 0, width: 1, height: 1, angle: 0 };
  /** @type {{grip: 'move' | 'turn' | 'scale', from: DocPoint, place: Placement} | null} */ #drag = null;

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  get isActive() { return this.#bitmap !== null; }

  /** Lays a bitmap on the middle of the picture, no larger than it. @param {ImageBitmap} bitmap owned from here on */
  float(bitmap) {
    this.cancelTransform();
    const { width, height } = this.workspace.document.size, scale = Math.min(1, width / bitmap.width, height / bitmap.height);
    this.#bitmap = bitmap;
    this.#place = { x: width / 2, y: height / 2, width: bitmap.width * scale, height: bitmap.height * scale, angle: 0 };
    this.#changed();
    this.workspace.emit('transform', { isActive: true });
  }

  /** Paints the piece onto the sketch. */
  commit() {
    const bitmap = this.#bitmap, { document } = this.workspace;
    if (!bitmap) return;
    const bounds = boundsOf(this.#corners()), area = bounds && intersection(roundedOut(bounds), { x: 0, y: 0, ...document.size });
    const edit = document.begin('sketch');
    if (area) {
      for (const key of document.sketch.keysIn(area)) {
        const tile = document.sketch.area(key), pixels = this.#pixels(bitmap, tile.x, tile.y);
        const before = edit.before(key), below = typeof before === 'number' ? edit.write(key).slice() : before, out = edit.write(key);
        for (let y = 0; y < tile.height; y++) {
          for (let i = y * TILE; i < y * TILE + tile.width; i++) {
            if (pixels[i * 4 + 3]) paintOver(out, below, i, pixels[i * 4], pixels[i * 4 + 1], pixels[i * 4 + 2], pixels[i * 4 + 3]);
          }
        }
        document.sketch.touch(key, tile);
      }
    }
    document.commit('sketch', edit, 'Paste');
    this.workspace.activeLayer = 'sketch';
    this.cancelTransform();
  }

  cancelTransform() {
    if (!this.#bitmap) return;
    this.#bitmap.close();
    this.#bitmap = null;
    this.#changed();
    this.workspace.emit('transform', { isActive: false });
  }

  /** @param {Sample} sample */
  down(sample) {
    if (!this.#bitmap) return false;
    const { viewport } = this.workspace;
    const isAt = (/** @type {ViewPoint} */ p) => distance(p, sample.at) <= HANDLE_REACH;
    const grip = isAt(this.#turnHandle()) ? 'turn' : this.#corners().some((corner) => isAt(viewport.toView(corner))) ? 'scale' : 'move';
    if (grip === 'move' && !this.#covers(sample.point)) return false;
    this.#drag = { grip, from: sample.point, place: this.#place };
  }

  /** @param {Sample[]} samples */
  move(samples) {
    if (!this.#drag) return;
    const { grip, from, place } = this.#drag, { point, isShift } = samples[samples.length - 1];
    this.#place = DRAGS[grip](place, from, point, isShift);
    this.#changed();
  }

  up() { this.#drag = null; }

  cancel() {
    if (this.#drag) this.#place = this.#drag.place;
    this.#drag = null;
    this.#changed();
  }

  doubleClick() { this.commit(); }

  /** @param {string} key */
  key(key) {
    if (!this.#bitmap) return false;
    if (key === 'Enter') this.commit();
    else this.cancelTransform();
    return true;
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (!this.#bitmap) return;
    const { viewport } = this.workspace, { x, y } = viewport.toView(docPoint(this.#place.x, this.#place.y));
    context.save();
    context.translate(x, y);
    context.scale(viewport.zoom, viewport.zoom);
    drawPlaced(context, this.#bitmap, { ...this.#place, x: 0, y: 0 });
    context.restore();
    drawPath(context, viewport, this.#corners(), true);
    for (const corner of this.#corners()) drawHandle(context, viewport.toView(corner));
    drawHandle(context, this.#turnHandle(), true);
  }

  /** The piece as it lies on one tile. @param {ImageBitmap} bitmap @param {number} x @param {number} y */
  #pixels(bitmap, x, y) {
    const context = context2d(new OffscreenCanvas(TILE, TILE));
    context.translate(-x, -y);
    drawPlaced(context, bitmap, this.#place);
    return context.getImageData(0, 0, TILE, TILE).data;
  }

  /** @returns {DocPoint[]} */
  #corners() {
    const { width, height } = this.#place;
    return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([sx, sy]) => fromPiece(this.#place, sx * width / 2, sy * height / 2));
  }

  /** @returns {ViewPoint} */
  #turnHandle() {
    const { viewport } = this.workspace, top = viewport.toView(fromPiece(this.#place, 0, -this.#place.height / 2));
    return viewPoint(top.x + Math.sin(this.#place.angle) * TURN_ARM, top.y - Math.cos(this.#place.angle) * TURN_ARM);
  }

  /** @param {DocPoint} point */
  #covers(point) {
    const { x, y } = toPiece(this.#place, point);
    return Math.abs(x) <= this.#place.width / 2 && Math.abs(y) <= this.#place.height / 2;
  }

  #changed() { this.workspace.stage.invalidate(); }
}

/** @type {Record<'move' | 'turn' | 'scale', (place: Placement, from: DocPoint, to: DocPoint, isShift: boolean) => Placement>} */
const DRAGS = {
  move: (place, from, to) => ({ ...place, x: place.x + to.x - from.x, y: place.y + to.y - from.y }),
  turn(place, from, to, isShift) {
    const turned = place.angle + Math.atan2(to.y - place.y, to.x - place.x) - Math.atan2(from.y - place.y, from.x - place.x);
    return { ...place, angle: isShift ? Math.round(turned / SNAP) * SNAP : turned };
  },
  scale(place, from, to, isShift) {
    const grip = toPiece(place, from), sx = Math.sign(grip.x) || 1, sy = Math.sign(grip.y) || 1;
    const fixed = fromPiece(place, -sx * place.width / 2, -sy * place.height / 2), now = toPiece({ ...place, x: fixed.x, y: fixed.y }, to);
    let width = Math.max(4, now.x * sx), height = Math.max(4, now.y * sy);
    if (!isShift) {
      const scale = Math.max(width / place.width, height / place.height);
      [width, height] = [place.width * scale, place.height * scale];
    }
    const { x, y } = fromPiece({ ...place, x: fixed.x, y: fixed.y }, sx * width / 2, sy * height / 2);
    return { ...place, x, y, width, height };
  },
};

/** @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context @param {ImageBitmap} bitmap @param {Placement} place */
function drawPlaced(context, bitmap, { x, y, width, height, angle }) {
  context.translate(x, y);
  context.rotate(angle);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, -width / 2, -height / 2, width, height);
}

/** @param {Placement} place @param {number} x @param {number} y from the piece's middle, before it is turned */
function fromPiece(place, x, y) {
  const c = Math.cos(place.angle), s = Math.sin(place.angle);
  return docPoint(place.x + x * c - y * s, place.y + x * s + y * c);
}

/** @param {Placement} place @param {DocPoint} point */
function toPiece(place, point) {
  const c = Math.cos(place.angle), s = Math.sin(place.angle), x = point.x - place.x, y = point.y - place.y;
  return { x: x * c + y * s, y: y * c - x * s };
}
