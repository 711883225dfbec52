// @ts-check
/** @import { Box, DocPoint, Size, View, ViewPoint } from './types.js' */
import { box, clamp } from './geometry.js';
import { docPoint, viewPoint } from './types.js';

export const MIN_ZOOM = 0.05; // or less, where that shows the whole of a very large picture
export const MAX_ZOOM = 32;
const MOST_PX = 65536;     // no picture is wider or higher
const FIT_MARGIN = 16;   // CSS pixels kept free around a fitted picture
const KEEP_VISIBLE = 48; // CSS pixels of the picture that cannot be moved out of sight

/**
 * Where the picture lies in the element: screen = picture × zoom + (x, y), in CSS pixels. The device pixel ratio only
 * enters `deviceMatrix`. Positions are kept on whole device pixels, so that pixels stay sharp and moving the view only
 * shifts what is drawn.
 */
export class Viewport {
  zoom = 1;
  x = 0;
  y = 0;
  /** of the element, CSS pixels @type {Size} */ element = { width: 1, height: 1 };
  /** @type {Size} */ picture = { width: 0, height: 0 };
  dpr = 1;
  /** Side by side shows the picture twice: each half is a window on the middle of the same view. */
  isSplit = false;

  /** @returns {View} */
  get view() { return { zoom: this.zoom, x: this.x, y: this.y }; }

  /** @param {ViewPoint} p @returns {DocPoint} */
  toImage(p) { return docPoint((p.x - this.x) / this.zoom, (p.y - this.y) / this.zoom); }

  /** @param {DocPoint} p @returns {ViewPoint} */
  toView(p) { return viewPoint(p.x * this.zoom + this.x, p.y * this.zoom + this.y); }

  /** @param {Box} b in picture pixels @returns {Box} in CSS pixels */
  boxToView(b) { return box(b.x * this.zoom + this.x, b.y * this.zoom + this.y, b.width * this.zoom, b.height * this.zoom); }

  /** Device pixel = picture × scale + (x, y). */
  get deviceMatrix() { return { scale: this.zoom * this.dpr, x: this.x * this.dpr, y: this.y * this.dpr }; }

  /** @param {View} view @returns {boolean} whether anything changed */
  set(view) {
    const zoom = this.#allowed(view.zoom);
    const x = this.#keptInSight(view.x, this.picture.width * zoom, this.element.width);
    const y = this.#keptInSight(view.y, this.picture.height * zoom, this.element.height);
    const changed = zoom !== this.zoom || x !== this.x || y !== this.y;
    Object.assign(this, { zoom, x, y });
    return changed;
  }

  /** The view with another zoom in which `at` shows the same picture point. @param {number} zoom @param {ViewPoint} at @returns {View} */
  zoomedAt(zoom, at) {
    const kept = this.toImage(at), z = this.#allowed(zoom);
    return { zoom: z, x: at.x - kept.x * z, y: at.y - kept.y * z };
  }

  /** The view that shows the whole picture. @returns {View} */
  fitted() {
    const { width, height } = this.picture, zoom = this.#fittedZoom;
    return { zoom, x: (this.element.width - width * zoom) / 2, y: (this.element.height - height * zoom) / 2 };
  }

  /** The mask is drawn in device pixels, or in twice as large ones on dense screens, where that is sharp enough. */
  get overlayPixel() { return this.dpr >= 2 ? 2 : 1; }

  /** How far each half is moved when split, CSS pixels. */
  get splitShift() { return this.isSplit ? this.element.width / 4 : 0; }

  /** A point of the element as a point of the unsplit view. @param {number} x @param {number} y @returns {ViewPoint} */
  unsplit(x, y) { return viewPoint(x < this.element.width / 2 ? x + this.splitShift : x - this.splitShift, y); }

  /** The part of the picture's plane that is in sight. @returns {Box} */
  get seen() {
    const { x, y } = this.toImage(viewPoint(0, 0)), { width, height } = this.element;
    return box(x, y, width / this.zoom, height / this.zoom);
  }

  get middle() { return viewPoint(this.element.width / 2, this.element.height / 2); }

  get #fittedZoom() {
    const { width, height } = this.picture, room = this.isSplit ? this.element.width / 2 : this.element.width;
    return clamp(Math.min((room - 2 * FIT_MARGIN) / width, (this.element.height - 2 * FIT_MARGIN) / height), 1 / MOST_PX, MAX_ZOOM);
  }

  /** @param {number} zoom */
  #allowed(zoom) { return clamp(zoom, Math.min(MIN_ZOOM, this.#fittedZoom), MAX_ZOOM); }

  /** @param {number} offset @param {number} length of the picture on screen @param {number} room */
  #keptInSight(offset, length, room) {
    const keep = Math.min(KEEP_VISIBLE, length, room);
    const step = this.overlayPixel / this.dpr;
    return Math.round(clamp(offset, keep - length, room - keep) / step) * step;
  }
}
