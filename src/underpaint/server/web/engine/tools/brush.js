// @ts-check
/** @import { LayerName } from '../types.js' */
/** @import { Edit } from '../edit.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { drawBrush } from '../render/chrome.js';
import { rgbOf } from '../raster/paint.js';
import { Stroke, dabAt, maskInk, sketchInk } from '../stroke.js';
import { docPoint } from '../types.js';
import { Eyedropper } from './eyedropper.js';

const LABELS = { brush: 'Mask brush', eraser: 'Eraser', paint: 'Sketch brush' };

/** Mask brush, eraser and sketch brush. Alt held over the sketch picks a colour instead. @implements {Tool} */
export class BrushTool {
  cursor = 'none';
  /** @type {{stroke: Stroke, edit: Edit, layer: LayerName, last: Sample} | null} */ #active = null;
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
    const stroke = new Stroke(this.#ink(edit, layer, sample), this.#settings().hardness);
    this.workspace.activeLayer = layer;
    this.#active = { stroke, edit, layer, last: sample };
    if (sample.isShift && this.#end?.layer === layer) stroke.to(this.#dab(this.#end.sample), true);
    stroke.to(this.#dab(sample), true);
    this.hover(sample);
  }

  /** @param {Sample[]} samples */
  move(samples) {
    if (this.#isPicking) return this.#eyedropper.move(samples);
    if (!this.#active) return;
    for (const sample of samples) {
      this.#active.stroke.to(this.#dab(sample));
      this.#active.last = sample;
    }
    this.hover(samples[samples.length - 1]);
  }

  /** @param {Sample} sample */
  up(sample) {
    if (this.#isPicking) {
      this.#isPicking = false;
      return this.#eyedropper.up(sample);
    }
    if (!this.#active) return;
    const { stroke, edit, layer, last } = this.#active;
    stroke.to(this.#dab(last), true);
    this.#active = null;
    this.#end = { sample: last, layer };
    this.workspace.document.commit(layer, edit, LABELS[this.kind]);
  }

  cancel() {
    if (this.#isPicking) this.#eyedropper.cancel();
    this.#isPicking = false;
    this.#active?.edit.cancel();
    this.#active = null;
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

  /** A single touch of the brush, without a pointer. @param {Sample} sample */
  dab(sample) {
    this.down(sample);
    this.up(sample);
  }

  /** @returns {LayerName} */
  #layer() {
    if (this.kind === 'eraser') return this.workspace.activeLayer;
    return this.kind === 'paint' ? 'sketch' : 'mask';
  }

  #settings() { return this.#layer() === 'sketch' ? this.workspace.paint : this.workspace.brush; }

  /** @param {Edit} edit @param {LayerName} layer @param {Sample} sample */
  #ink(edit, layer, sample) {
    const isAway = this.kind === 'eraser' || sample.isEraser, { paint } = this.workspace;
    if (layer === 'sketch') return sketchInk(edit, isAway ? null : rgbOf(paint.colour), isAway ? 1 : paint.opacity);
    return maskInk(edit, isAway ? 'subtract' : this.workspace.combineFor(sample));
  }

  /** @param {Sample} sample */
  #dab({ point, pressure }) {
    const { pressureTo } = this.workspace, { size } = this.#settings();
    return dabAt(docPoint(point.x, point.y), pressureTo === 'size' ? Math.max(1, size * pressure) : size, pressureTo === 'opacity' ? pressure : 1);
  }
}
