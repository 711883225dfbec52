// @ts-check
/** @import { LayerName, ToolName } from '../types.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { BrushTool } from './brush.js';
import { Eyedropper } from './eyedropper.js';
import { FillTool, SelectTool, WandTool } from './fills.js';
import { FramePress } from './frame-press.js';
import { FrameGrip, WipeGrip } from './grips.js';
import { LassoTool, PolygonTool, RectangleTool } from './shapes.js';
import { TransformTool } from './transform.js';

/** Picks who gets a gesture: a grip under the pointer, else the tool. */
export class Toolbox {
  /** @type {Tool | null} */ #active = null;
  /** The grip under the pointer. @type {FrameGrip | WipeGrip | null} */ #hovered = null;
  /** @type {ToolName} */ #name = 'brush';

  /** @param {Workspace} workspace */
  constructor(workspace) {
    this.workspace = workspace;
    this.transform = new TransformTool(workspace);
    this.brush = new BrushTool(workspace, 'brush');
    this.eyedropper = new Eyedropper(workspace);
    this.frame = new FrameGrip(workspace);
    this.framePress = new FramePress((samples, isClick) => this.#passOn(samples, isClick));
    this.wipe = new WipeGrip(workspace);
    /** @type {Record<ToolName, Tool>} */
    this.tools = {
      brush: this.brush,
      eraser: new BrushTool(workspace, 'eraser'),
      paint: new BrushTool(workspace, 'paint'),
      lasso: new LassoTool(workspace),
      polygon: new PolygonTool(workspace),
      rectangle: new RectangleTool(workspace),
      wand: new WandTool(workspace),
      fill: new FillTool(workspace),
      select: new SelectTool(workspace),
      eyedropper: this.eyedropper,
      transform: this.transform,
      pan: { cursor: 'grab', down: () => false },
    };
  }

  get name() { return this.#name; }

  /** @param {ToolName} name */
  set name(name) {
    if (!(name in this.tools)) throw new RangeError(`There is no tool "${name}"; there are ${Object.keys(this.tools).join(', ')}`);
    if (name === this.#name) return;
    this.cancel();
    this.tools[this.#name].leave?.();
    this.#name = name;
    if (name !== 'transform') this.transform.commit();
    this.workspace.stage.canvas.style.cursor = this.tool.cursor;
    this.workspace.stage.invalidate();
  }

  get tool() { return this.tools[this.#name]; }

  /** The tool that paints or selects, or null while nothing may: no picture, a comparison, a running command. */
  get #usable() {
    const { document, renderer, isBusy } = this.workspace;
    return document.isEmpty || renderer.comparison || renderer.result || isBusy && !this.#active ? null : this.tool;
  }

  /** @param {Sample} sample @returns {boolean} false: nobody wants it */
  down(sample) {
    this.finish();
    if (this.#active) return false; // another pointer is at work
    const taker = this.#gripAt(sample) ?? (this.#usable && this.frame.isOnLine(sample) ? this.framePress : this.#usable);
    if (taker !== this.framePress) this.framePress.finish();
    if (!taker || taker.down(sample) === false) return false;
    this.#active = taker;
    return true;
  }

  /** @param {Sample} sample */
  #gripAt(sample) {
    if (this.wipe.isAt(sample)) return this.wipe;
    return this.#name !== 'pan' && this.frame.isAt(sample) ? this.frame : null;
  }

  /** From the frame's line to the tool. @param {Sample[]} samples @param {boolean} isClick */
  #passOn([first, ...rest], isClick) {
    const tool = this.#usable;
    this.#active = tool && tool.down(first) !== false ? tool : null;
    if (rest.length) this.move(rest);
    if (isClick) this.up(rest.at(-1) ?? first);
  }

  /** @param {Sample[]} samples */
  move(samples) { this.#active?.move?.(samples); }

  /** @param {Sample} sample */
  up(sample) {
    const tool = this.#active;
    this.#active = null;
    tool?.up?.(sample);
  }

  /** @returns {boolean} whether there was a gesture */
  cancel() {
    this.finishAll();
    const tool = this.#active;
    this.#active = null;
    tool?.cancel?.();
    return tool !== null;
  }

  /** Whether a corner of the frame is held or under the pointer. */
  get isAtFrame() { return this.#active === this.frame || !this.#active && this.#hovered === this.frame; }

  /** Completes what a tool still has to do after its gesture. */
  finish() { for (const tool of Object.values(this.tools)) tool.finish?.(); }

  /** The same, when something happens elsewhere. */
  finishAll() {
    this.framePress.finish();
    this.finish();
  }

  viewChanged() { for (const tool of Object.values(this.tools)) tool.viewChanged?.(); }

  /** @param {Sample | null} sample */
  hover(sample) {
    const { canvas } = this.workspace.stage;
    const grip = this.#hovered = sample && this.#gripAt(sample);
    const usable = this.#usable;
    canvas.style.cursor = grip?.cursor ?? usable?.cursor ?? (this.workspace.document.isEmpty ? '' : 'grab');
    this.tool.hover?.(grip || !usable ? null : sample);
  }

  /** @param {Sample} sample */
  doubleClick(sample) {
    if (this.wipe.isAt(sample)) this.wipe.doubleClick();
    else if (this.frame.isOnLine(sample)) this.workspace.emit('area-toggle', {});
    else this.#usable?.doubleClick?.(sample);
  }

  /** @param {string} key @returns {boolean} */
  key(key) { return this.tool.key?.(key) ?? false; }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (this.#name !== 'transform') this.transform.draw(context);
    if (this.#usable || this.#active) this.tool.draw?.(context);
  }

  /** The layer whose menu a long press opens. @returns {LayerName} */
  get layer() { return this.#name === 'paint' || this.#name === 'fill' ? 'sketch' : 'mask'; }
}
