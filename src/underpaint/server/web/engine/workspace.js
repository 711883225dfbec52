// @ts-check
/** @import { BrushSettings, Combine, EditorEvents, LayerName, PaintSettings, PressureTo, ToolName, ViewPoint, DocPoint, WandSettings } from './types.js' */
/** @import { PictureDocument } from './document.js' */
/** @import { Renderer } from './render/renderer.js' */
/** @import { Stage } from './stage.js' */
/** @import { WorkerClient } from './worker-client.js' */
import { context2d } from './render/mask-view.js';
import { TILE } from './tiles.js';

/**
 * One position of the pointer.
 * @typedef {object} Sample
 * @property {DocPoint} point
 * @property {ViewPoint} at
 * @property {number} pressure   0…1; 1 for mouse and finger
 * @property {boolean} isAlt     Alt, or the pen's barrel button
 * @property {boolean} isShift
 * @property {boolean} isEraser  the pen's eraser end
 * @property {'mouse' | 'pen' | 'touch'} pointer
 */

/**
 * A tool: a gesture runs down, move…, up, or cancel instead of up. `down` may refuse with false.
 * @typedef {object} Tool
 * @property {string} cursor                               CSS
 * @property {(sample: Sample) => void | false} down
 * @property {(samples: Sample[]) => void} [move]          all positions since the last call, in order
 * @property {(sample: Sample) => void} [up]
 * @property {() => void} [cancel]
 * @property {(sample: Sample | null) => void} [hover]     null: the pointer has left
 * @property {(sample: Sample) => void} [doubleClick]
 * @property {(key: string) => boolean} [key]              Enter, Backspace, Escape outside a gesture; whether it was used
 * @property {(context: CanvasRenderingContext2D) => void} [draw]  CSS pixels
 * @property {() => void} [leave]                          another tool is chosen
 * @property {() => void} [finish]                         completes what was left to do after a gesture
 * @property {() => void} [viewChanged]
 */

/** What tools work with: the parts of the editor and the settings of all tools. */
export class Workspace {
  /** @type {BrushSettings} */ brush = { size: 64, hardness: 0.8 };
  /** @type {PaintSettings} */ paint = { size: 42, hardness: 0.9, opacity: 1, colour: '#5c8038' };
  /** @type {WandSettings} */ wand = { tolerance: 32, isContiguous: true };
  /** @type {PressureTo} */ pressureTo = 'size';
  /** @type {Combine} */ combine = 'add';
  /** The layer that the eraser works on. @type {LayerName} */ activeLayer = 'mask';
  /** @type {ToolName} */ tool = 'brush';

  /**
   * @param {PictureDocument} picture @param {Stage} stage @param {Renderer} renderer @param {WorkerClient} worker
   * @param {EventTarget} target fires the events
   */
  constructor(picture, stage, renderer, worker, target) {
    this.document = picture;
    this.stage = stage;
    this.renderer = renderer;
    this.worker = worker;
    this.target = target;
  }

  #pixel = context2d(new OffscreenCanvas(1, 1));
  /** Worker commands run one after the other. @type {Promise<unknown>} */ #turn = Promise.resolve();
  #running = 0;

  get viewport() { return this.stage.viewport; }
  get isBusy() { return this.#running > 0; }

  /** @template {keyof EditorEvents} Name @param {Name} name @param {EditorEvents[Name]} detail */
  emit(name, detail) { this.target.dispatchEvent(new CustomEvent(name, { detail })); }

  /** Runs after the commands before it; strokes wait meanwhile. @template T @param {() => Promise<T>} command @returns {Promise<T>} */
  inTurn(command) {
    if (this.#running++ === 0) this.emit('busy', { isBusy: true });
    const done = this.#turn.then(command).finally(() => {
      if (--this.#running === 0) this.emit('busy', { isBusy: false });
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Resolves when no command runs. */
  async idle() {
    while (this.#running > 0) await this.#turn;
  }

  /** Add, subtract or intersect for this gesture. @param {Sample} sample @returns {Combine} */
  combineFor({ isAlt, isShift, isEraser }) {
    if (isAlt && isShift) return 'intersect';
    return isAlt || isEraser ? 'subtract' : this.combine;
  }

  /** Picture and sketch of one 256-px tile, RGBA. @param {number} key @returns {Uint8Array} */
  pixelTile(key) {
    const { x, y } = this.document.mask.area(key), { renderer } = this, context = context2d(new OffscreenCanvas(TILE, TILE));
    renderer.pyramid?.draw(context, { scale: 1, x: -x, y: -y }, { x: 0, y: 0, width: TILE, height: TILE });
    if (renderer.isSketchShown) renderer.sketchView.draw(context, { scale: 1, x: -x, y: -y }, { x: 0, y: 0, width: TILE, height: TILE });
    return new Uint8Array(context.getImageData(0, 0, TILE, TILE).data.buffer);
  }

  /** Colour on screen without mask and frame. @param {DocPoint} point @returns {readonly [number, number, number] | null} null outside the picture */
  colourAt(point) {
    const x = Math.floor(point.x), y = Math.floor(point.y), { width, height } = this.document.size;
    if (x < 0 || y < 0 || x >= width || y >= height) return null;
    const context = this.#pixel, matrix = { scale: 1, x: -x, y: -y }, one = { x: 0, y: 0, width: 1, height: 1 };
    context.clearRect(0, 0, 1, 1);
    if (this.renderer.result) context.drawImage(this.renderer.result, x, y, 1, 1, 0, 0, 1, 1);
    else this.renderer.pyramid?.draw(context, matrix, one);
    if (!this.renderer.result && this.renderer.isSketchShown) this.renderer.sketchView.draw(context, matrix, one);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b];
  }
}
