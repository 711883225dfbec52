// @ts-check
/** @import { LayerName } from '../types.js' */
/** @import { Edit } from '../edit.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { drawBrush } from '../render/chrome.js';
import { rgbOf } from '../raster/paint.js';
import { Stroke, dabAt, maskInk, sketchInk } from '../stroke.js';
import { docPoint } from '../types.js';
import { Eyedropper } from './eyedropper.js';

const WORK_MS = 4, ENDING_MS = 8; // per frame, while painting and afterwards
const LABELS = { brush: 'Mask brush', eraser: 'Eraser', paint: 'Sketch brush' };

/** @typedef {{stroke: Stroke, edit: Edit, layer: LayerName, last: Sample, zoom: number}} Going */

/** Mask brush, eraser and sketch brush. Alt held over the sketch picks a colour instead. @implements {Tool} */
export class BrushTool {
  cursor = 'none';
  /** @type {Going | null} */ #active = null;
  /** Let go of, but not complete. @type {Going | null} */ #ending = null;
  /** Where the last stroke ended, for straight lines. @type {{sample: Sample, layer: LayerName} | null} */ #end = null;
  /** @type {Sample | null} */ #hovered = null;
  #eyedropper;
  #isPicking = false;

  /** @param {Workspace} workspace @param {'brush' | 'eraser' | 'paint'} kind */
  constructor(workspace, kind) {
    this.workspace = workspace;
    this.kind = kind;
    this.#eyedropper = new Eyedropper(workspace);
  }

  /** @param {Sample} sample */
  down(sample) {
    if (this.kind === 'paint' && sample.isAlt) {
      this.#isPicking = true;
      this.#eyedropper.down(sample);
      return;
    }
    const { workspace: { document } } = this, layer = this.#layer(), edit = document.begin(layer);
    const { size, hardness } = this.#settings(), ink = this.#ink(edit, layer, sample);
    const stroke = new Stroke(ink, hardness, this.workspace.renderer.startPreview(layer, ink, size));
    this.workspace.activeLayer = layer;
    this.#active = { stroke, edit, layer, last: sample, zoom: this.workspace.viewport.zoom };
    if (sample.isShift && this.#end?.layer === layer) stroke.to(this.#dab(this.#end.sample), true);
    stroke.to(this.#dab(sample), true);
    this.#show(sample);
    this.#goOnWorking(stroke);
  }

  /** @param {Sample[]} samples */
  move(samples) {
    if (this.#isPicking) return this.#eyedropper.move(samples);
    if (!this.#active) return;
    for (const sample of samples) {
      this.#active.stroke.to(this.#dab(sample));
      this.#active.last = sample;
    }
    this.#show(samples[samples.length - 1]);
  }

  /** @param {Sample} sample */
  up(sample) {
    if (this.#isPicking) {
      this.#isPicking = false;
      return this.#eyedropper.up(sample);
    }
    if (!this.#active) return;
    const { stroke, layer, last } = this.#active;
    stroke.to(this.#dab(last), true);
    stroke.show(this.workspace.viewport.seen);
    this.#ending = this.#active;
    this.#active = null;
    this.#end = { sample: last, layer };
    if (stroke.isComplete) this.finish();
  }

  /** Completes the stroke that was let go of. */
  finish() {
    if (!this.#ending) return;
    const { stroke, edit, layer } = this.#ending;
    this.#ending = null;
    stroke.finish();
    this.workspace.document.commit(layer, edit, LABELS[this.kind]);
  }

  cancel() {
    if (this.#isPicking) this.#eyedropper.cancel();
    this.#isPicking = false;
    this.#active?.edit.cancel();
    this.#active?.stroke.cancel();
    this.#active = null;
  }

  /** Another zoom shows other tiles than those the preview is made of. */
  viewChanged() {
    const going = this.#active ?? this.#ending;
    if (!going) return;
    const { viewport } = this.workspace, { stroke, zoom } = going;
    if (viewport.zoom !== zoom) stroke.endPreview();
    stroke.show(viewport.seen);
  }

  /** @param {Sample | null} sample */
  hover(sample) {
    this.invalidateCursor();
    this.#hovered = sample;
    this.invalidateCursor();
  }

  leave() { this.hover(null); }

  invalidateCursor() {
    if (!this.#hovered) return;
    const { point } = this.#hovered, radius = this.#settings().size / 2;
    this.workspace.stage.invalidatePicture({ x: point.x - radius, y: point.y - radius, width: 2 * radius, height: 2 * radius }, 8);
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (this.#isPicking) return this.#eyedropper.draw(context);
    if (!this.#hovered || this.#hovered.pointer === 'touch' && !this.#active) return;
    const { size, hardness } = this.#settings(), { viewport } = this.workspace;
    drawBrush(context, viewport.toView(this.#hovered.point), size / 2 * viewport.zoom, hardness);
  }

  /** @param {Sample} sample */
  #show(sample) {
    this.#active?.stroke.show(this.workspace.viewport.seen);
    this.hover(sample);
  }

  /** Frame by frame, what is not shown at once. @param {Stroke} stroke */
  #goOnWorking(stroke) {
    requestAnimationFrame(() => {
      const isEnding = this.#ending?.stroke === stroke;
      if (!isEnding && this.#active?.stroke !== stroke) return;
      const isDone = stroke.work(performance.now() + (isEnding ? ENDING_MS : WORK_MS));
      if (isEnding && isDone) this.finish();
      else this.#goOnWorking(stroke);
    });
  }

  /** @returns {LayerName} */
  #layer() {
    if (this.kind === 'eraser') return this.workspace.activeLayer;
    return this.kind === 'paint' ? 'sketch' : 'mask';
  }

  #settings() { return this.kind === 'paint' ? this.workspace.paint : this.workspace.brush; }

  /** @param {Edit} edit @param {LayerName} layer @param {Sample} sample */
  #ink(edit, layer, sample) {
    const isAway = this.kind === 'eraser' || sample.isEraser, { paint } = this.workspace;
    if (layer === 'sketch') return sketchInk(edit, isAway ? null : rgbOf(paint.colour), isAway ? 1 : paint.opacity);
    return maskInk(edit, isAway ? 'subtract' : this.workspace.combineFor({ ...sample, isShift: false }));
  }

  /** @param {Sample} sample */
  #dab({ point, pressure }) {
    const { pressureTo } = this.workspace, { size } = this.#settings();
    return dabAt(docPoint(point.x, point.y), pressureTo === 'size' ? Math.max(1, size * pressure) : size, pressureTo === 'opacity' ? pressure : 1);
  }
}
