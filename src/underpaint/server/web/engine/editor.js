// @ts-check
/** @import { BrushSettings, Box, Combine, Comparison, LayerName, PaintSettings, PressureTo, Size, ToolName, View, ViewPoint, WandSettings } from './types.js' */
/** @import { Packer } from './patch.js' */
/** @import { TileMap } from './tiles.js' */
import { PictureDocument } from './document.js';
import { clamp } from './geometry.js';
import { History } from './history.js';
import { KeyboardCursor } from './keyboard-cursor.js';
import { Keys } from './keys.js';
import { layerThumbnail } from './layer-thumbnail.js';
import * as commands from './mask-commands.js';
import { Pointer } from './pointer.js';
import { Pyramid } from './pyramid.js';
import { contrastingColour } from './render/mask-look.js';
import { Renderer } from './render/renderer.js';
import { Ticker } from './render/ticker.js';
import { Stage } from './stage.js';
import { Toolbox } from './tools/toolbox.js';
import { parseTiles } from './wire.js';
import { WorkerClient } from './worker-client.js';
import { Workspace } from './workspace.js';

/**
 * The picture on screen with its mask and sketch: tools, view, undo. One per page. All coordinates are picture pixels
 * unless a name says view. Fires the events listed in types.js (`EditorEvents`), each a CustomEvent.
 *
 * The canvas can be focused and has its own keys (keys.js): Space, Escape, and on the focused canvas arrows, Enter and
 * Backspace. Those it used are stopped; all others are the page's.
 */
export class Editor extends EventTarget {
  /** One list per project; the page pushes its own commands too. */
  history = new History();
  #document = new PictureDocument(this.history);
  #worker = new WorkerClient();
  /** @type {Packer} */ #packer = {
    pack: ({ columns, channels }, tiles) => this.#worker.run('pack', { tiles, columns, channels }),
    unpack: (grid, buffer) => this.#worker.run('unpack', { buffer, ...grid }),
  };
  #stage;
  #renderer;
  #workspace;
  #toolbox;
  #pointer;
  #ticker;
  #cursor;
  #keys;
  #isFitted = true;
  /** What panning in whole device pixels left over. */ #rest = { x: 0, y: 0 };

  /** @param {HTMLElement} host positioned element that the canvas fills */
  constructor(host) {
    super();
    this.#stage = new Stage(host, (context, clip) => this.#renderer.paint(context, clip));
    this.#renderer = new Renderer(this.#stage.viewport, this.#document);
    this.#workspace = new Workspace(this.#document, this.#stage, this.#renderer, this.#worker, this);
    this.#toolbox = new Toolbox(this.#workspace);
    this.#pointer = new Pointer(this.#workspace, this.#toolbox, { pan: (dx, dy) => this.#panBy(dx, dy), zoom: (factor, at) => this.zoomBy(factor, at) });
    this.#ticker = new Ticker(this.#renderer, this.#stage);
    this.#cursor = new KeyboardCursor(this.#workspace, this.#toolbox, (dx, dy) => this.#panBy(dx, dy));
    this.#renderer.drawTool = (context) => { this.#toolbox.draw(context); this.#cursor.draw(context); };
    this.canvas.addEventListener('pointermove', () => this.#cursor.hide());
    this.canvas.addEventListener('pointerup', () => this.dispatchEvent(new CustomEvent('pointerup', { detail: {} })));
    this.#keys = new Keys(this.#workspace, this.#toolbox, this.#pointer, this.#cursor);
    this.#worker.pixelTile = (key) => this.#workspace.pixelTile(key);
    this.#document.packer = this.#packer;
    this.#document.onchange = (layer, key, area) => {
      this.#renderer.layerChanged(layer, key, area);
      this.#stage.invalidatePicture(area);
    };
    this.#document.onedit = (layer) => {
      this.#layerEdited(layer);
      this.#workspace.emit('edit', { layer });
    };
    this.history.whenReady = () => this.#run(async () => undefined);
    this.#renderer.mask.onlate = () => this.#stage.invalidate();
    this.#renderer.onpreview = (area) => this.#stage.invalidatePicture(area);
    this.#stage.onresize = () => {
      this.#renderer.mask.moved();
      if (this.#isFitted) this.fit();
    };
  }

  /** For its label and focus. @returns {HTMLCanvasElement} */
  get canvas() { return this.#stage.canvas; }

  // ---- picture and layers

  /** Shows a picture. When the size is another one, layers are emptied, frame and underpainting go, the view fits. @param {Blob | ImageBitmap} source @param {Size} size @returns {Promise<void>} */
  setPicture(source, size) {
    return this.#run(async () => {
      const pyramid = await Pyramid.build(this.#worker, source);
      pyramid.size = { width: size.width, height: size.height };
      this.#renderer.pyramid?.close();
      this.#renderer.pyramid = pyramid;
      if (size.width !== this.size.width || size.height !== this.size.height) this.#resize(size);
      this.#layerEdited('mask');
      this.#stage.invalidate();
    });
  }

  clearPicture() {
    this.#toolbox.cancel();
    this.#renderer.pyramid?.close();
    this.#renderer.pyramid = this.#renderer.result = this.#renderer.comparison = null;
    this.#resize({ width: 0, height: 0 });
  }

  get hasPicture() { return !this.#document.isEmpty; }
  /** @returns {Size} 0 × 0 without a picture */
  get size() { return this.#document.size; }
  /** @returns {Box | null} of mask > 0 */
  maskBounds() { return this.#document.mask.bounds(); }
  /** @returns {Box | null} of sketch alpha > 0 */
  sketchBounds() { return this.#document.sketch.bounds(); }
  get isMaskEmpty() { return this.#document.mask.isEmpty; }
  get isSketchEmpty() { return this.#document.sketch.isEmpty; }
  /** How much of the picture is masked, 0…1; soft pixels count in part. */
  get maskShare() { return this.hasPicture ? this.#document.mask.sum / 255 / (this.size.width * this.size.height) : 0; }

  /** All tiles that are not empty, in the server's wire format. @param {LayerName} layer @returns {Promise<ArrayBuffer>} */
  readTiles(layer) { return this.#packer.pack(this.#document.layer(layer).grid, commands.tilesOf(this.#document.layer(layer))); }

  /** Tiles from the server: neither undoable nor dirty. @param {LayerName} layer @param {ArrayBuffer} buffer @param {{replace?: boolean}} [options] replace: empties the layer first @returns {Promise<void>} */
  writeTiles(layer, buffer, { replace = false } = {}) {
    return this.#run(async () => {
      const target = this.#document.layer(layer), tiles = await this.#packer.unpack(target.grid, buffer);
      if (replace) for (const key of target.usedKeys()) if (!tiles.has(key)) tiles.set(key, 0);
      for (const [key, tile] of tiles) {
        target.set(key, tile);
        target.dirty.delete(key);
      }
      if (replace) target.dirty.clear();
      this.#layerEdited(layer);
    });
  }

  /** Tiles changed since the last take, or null. @param {LayerName} layer @returns {Promise<ArrayBuffer | null>} */
  async takeDirtyTiles(layer) {
    const source = this.#document.layer(layer);
    if (source.dirty.size === 0) return null;
    /** @type {TileMap} */ const tiles = new Map([...source.dirty].map((key) => [key, source.kept(key)]));
    source.dirty.clear();
    return this.#packer.pack(source.grid, tiles);
  }

  /** @param {LayerName} layer */
  isDirty(layer) { return this.#document.layer(layer).dirty.size > 0; }

  /** Marks the tiles of a buffer as changed again, after a failed save. @param {LayerName} layer @param {ArrayBuffer} buffer */
  returnDirtyTiles(layer, buffer) {
    const target = this.#document.layer(layer);
    for (const { column, row } of parseTiles(buffer)) target.dirty.add(target.key(column, row));
  }

  /** A small picture of a layer for a panel. @param {LayerName} layer @param {Size} size @returns {ImageData} mask: white on black; sketch: on nothing */
  thumbnail(layer, size) { return layerThumbnail(this.#renderer, layer, size); }

  // ---- tools; setting them never fires an event

  get tool() { return this.#toolbox.name; }
  /** @param {ToolName} name */
  set tool(name) { this.#toolbox.name = name; }
  /** Of brush and eraser. */
  get brush() { return this.#workspace.brush; }
  /** @param {BrushSettings} settings */
  set brush(settings) { this.#workspace.brush = { ...settings }; this.#stage.invalidate(); }
  /** Of the sketch brush and fill. */
  get paint() { return this.#workspace.paint; }
  /** @param {PaintSettings} settings */
  set paint(settings) { this.#workspace.paint = { ...settings }; this.#stage.invalidate(); }
  get pressureTo() { return this.#workspace.pressureTo; }
  /** @param {PressureTo} what */
  set pressureTo(what) { this.#workspace.pressureTo = what; }
  get combine() { return this.#workspace.combine; }
  /** @param {Combine} how */
  set combine(how) { this.#workspace.combine = how; }
  /** Of wand and fill. */
  get wand() { return this.#workspace.wand; }
  /** @param {WandSettings} settings */
  set wand(settings) { this.#workspace.wand = { ...settings }; }
  /** The layer that the eraser works on: the one painted on last. */
  get activeLayer() { return this.#workspace.activeLayer; }
  /** @param {LayerName} layer */
  set activeLayer(layer) { this.#workspace.activeLayer = layer; this.#stage.invalidate(); }
  get isBusy() { return this.#workspace.isBusy; }

  // ---- commands, each one step of the history

  invert() { return this.#run(commands.invert(this.#workspace)); }
  clearMask() { return this.#run(async () => this.#document.clear('mask', 'Clear mask')); }
  clearSketch() { return this.#run(async () => this.#document.clear('sketch', 'Clear sketch')); }
  /** @param {number} px */
  grow(px) { return this.#run(commands.morph(this.#workspace, 'grow', px)); }
  /** @param {number} px */
  shrink(px) { return this.#run(commands.morph(this.#workspace, 'shrink', px)); }
  /** @param {number} px standard deviation of the Gaussian */
  feather(px) { return this.#run(commands.morph(this.#workspace, 'feather', px)); }
  fillHoles() { return this.#run(commands.fillHoles(this.#workspace)); }
  growToSketch() { return this.#run(commands.growToSketch(this.#workspace)); }
  /** @param {ArrayBuffer} buffer mask tiles @param {Combine} [how] @param {string} [label] */
  applySelection(buffer, how = this.combine, label = 'Select') {
    return this.#run(async () => commands.select(this.#workspace, await this.#packer.unpack(this.#document.mask.grid, buffer), how, label));
  }
  /** Fills the masked region of the sketch. @param {string} [colour] '#rrggbb' */
  fillMask(colour = this.paint.colour) { return this.#run(commands.fillMask(this.#workspace, colour)); }

  /** A floating piece above the sketch, with handles; the tool becomes 'transform'. @param {ImageBitmap} bitmap the editor's from here on */
  paste(bitmap) {
    this.#toolbox.transform.float(bitmap);
    this.tool = 'transform';
    this.#workspace.emit('tool', { tool: 'transform' });
  }
  get isTransforming() { return this.#toolbox.transform.isActive; }
  commitTransform() { this.#toolbox.transform.commit(); }
  cancelTransform() { this.#toolbox.transform.cancelTransform(); }
  /** Drops the stroke or drag in progress. @returns {boolean} whether there was one */
  cancelStroke() { return this.#pointer.cancel(); }

  // ---- without a pointer: the cursor starts in the middle of the view

  /** @param {number} dx @param {number} dy picture pixels */
  moveCursor(dx, dy) { this.#cursor.move(dx, dy); }
  /** Uses the tool at the cursor: a touch of the brush, a click of the wand. */
  dab() { this.#cursor.dab(); }
  /** Asks for the region under the cursor, as a click of the select tool does. */
  selectAtCursor() { this.#cursor.select(); }

  // ---- view

  /** @returns {View} */
  get view() { return this.#stage.viewport.view; }
  /** @param {View} view */
  setView(view) { this.#show(view, false); }
  /** Whether the view follows the element, so that the whole picture stays in sight. */
  get isFitted() { return this.#isFitted; }
  /** Shows the whole picture, also after the element has got another size. */
  fit() {
    if (!this.hasPicture) return;
    if (this.#stage.viewport.element.width <= 1) this.#isFitted = true; // not on screen yet
    else this.#show(this.#stage.viewport.fitted(), true);
  }
  /** @param {number} factor @param {ViewPoint} [at] stays where it is, default the middle */
  zoomBy(factor, at) { this.#zoomTo(this.view.zoom * factor, at); }
  /** @param {number} zoom 1 = one picture pixel per CSS pixel */
  zoomTo(zoom) { this.#zoomTo(zoom); }
  /** Wheel without Ctrl pans, trackpad zooms: the other way round than usual. */
  get wheelPans() { return this.#pointer.wheelPans; }
  /** @param {boolean} on */
  set wheelPans(on) { this.#pointer.wheelPans = on; }

  // ---- what else is drawn; bitmaps stay the caller's

  /** What the model sees. @param {Box | null} area whole picture pixels */
  setFrame(area) { this.#draw({ frame: area }); }
  get frame() { return this.#renderer.frame; }
  /** Drawn inside the mask. @param {ImageBitmap | null} bitmap @param {Box} [area] where it lies, default the whole picture */
  setUnderpainting(bitmap, area = { x: 0, y: 0, ...this.size }) { this.#draw({ underpainting: bitmap && { bitmap, area } }); }
  /** Drawn instead of picture and sketch; the mask keeps its outline, tools rest. @param {ImageBitmap | null} bitmap */
  setResult(bitmap) { this.#toolbox.cancel(); this.#draw({ result: bitmap }); }
  /** @param {Comparison | null} comparison */
  setComparison(comparison) {
    this.#toolbox.cancel();
    this.#stage.viewport.isSplit = comparison?.mode === 'side';
    if (this.#isFitted) this.fit();
    this.#draw({ comparison: comparison && { ...comparison } });
  }
  get isMaskShown() { return this.#renderer.isMaskShown; }
  set isMaskShown(isMaskShown) { this.#draw({ isMaskShown }); }
  /** The outline stays. */
  get isHatchShown() { return this.#renderer.isHatchShown; }
  set isHatchShown(isHatchShown) { this.#draw({ isHatchShown }); }
  get isSketchShown() { return this.#renderer.isSketchShown; }
  set isSketchShown(isSketchShown) { this.#draw({ isSketchShown }); }
  get isPictureShown() { return this.#renderer.isPictureShown; }
  set isPictureShown(isPictureShown) { this.#draw({ isPictureShown }); }
  get sketchOpacity() { return this.#renderer.sketchOpacity; }
  set sketchOpacity(sketchOpacity) { this.#draw({ sketchOpacity }); }
  /** Only what the model sees is shown. */
  get isPeeking() { return this.#renderer.isPeeking; }
  set isPeeking(isPeeking) { this.#draw({ isPeeking }); }

  // ---- for tests

  /** @returns {Uint8Array} the whole mask, row by row, as drawn */
  drawnMask() { return this.#document.mask.pixels(); }
  /** @returns {Uint8Array} the whole sketch, RGBA with straight alpha */
  drawnSketch() { return this.#document.sketch.pixels(); }
  /** Resolves when nothing is pending: commands, worker, undo, redraw. */
  async settled() {
    this.#toolbox.finishAll();
    do {
      await this.#workspace.idle();
      await this.history.settled();
      await this.#worker.idle();
      await this.#stage.painted();
    } while (this.isBusy || !this.#worker.isIdle || await this.#isBehind());
  }

  /** Whether the drawn mask still follows a zoom. */
  async #isBehind() {
    if (this.#renderer.mask.isBehind) await new Promise((resolve) => setTimeout(resolve, 20));
    return this.#renderer.mask.isBehind;
  }

  close() {
    this.#ticker.close();
    this.#pointer.close();
    this.#keys.close();
    this.#stage.close();
    this.#worker.close();
    this.#renderer.pyramid?.close();
  }

  /** @param {Partial<Renderer>} what */
  #draw(what) {
    Object.assign(this.#renderer, what);
    this.#stage.invalidate();
  }

  /** A stroke in progress would write into what is about to change. @param {() => Promise<void>} command */
  #run(command) {
    this.#toolbox.cancel();
    return this.#workspace.inTurn(command);
  }

  /** @param {Size} size */
  #resize(size) {
    this.#toolbox.cancel();
    this.#renderer.frame = this.#renderer.underpainting = null;
    this.#document.resize(size);
    this.#stage.viewport.picture = this.#document.size;
    this.#renderer.useLayers();
    this.#cursor.reset();
    this.fit();
    this.#stage.invalidate();
  }

  /** @param {LayerName} layer */
  #layerEdited(layer) {
    if (layer !== 'mask' || !this.#renderer.pyramid) return;
    const { mask: { look }, pyramid } = this.#renderer, colour = contrastingColour(pyramid.contrasts, this.#document.mask, look.colour);
    if (colour === look.colour) return;
    look.colour = colour;
    this.#renderer.mask.changed();
    this.#stage.invalidate();
  }

  /** @param {View} view @param {boolean} isFitted */
  #show(view, isFitted) {
    const isOther = this.#stage.viewport.set(view) || isFitted !== this.#isFitted;
    this.#isFitted = isFitted;
    if (!isOther) return;
    this.#renderer.mask.moved();
    this.#toolbox.viewChanged();
    this.#stage.invalidate();
    this.#workspace.emit('view', { ...this.view, isFitted });
  }

  /** @param {number} zoom @param {ViewPoint} [at] */
  #zoomTo(zoom, at = this.#stage.viewport.middle) { this.setView(this.#stage.viewport.zoomedAt(zoom, at)); }

  /** @param {number} dx @param {number} dy CSS pixels */
  #panBy(dx, dy) {
    const { x, y, zoom } = this.view, wanted = { x: x + dx + this.#rest.x, y: y + dy + this.#rest.y };
    this.setView({ zoom, ...wanted });
    this.#rest = { x: clamp(wanted.x - this.view.x, -0.5, 0.5), y: clamp(wanted.y - this.view.y, -0.5, 0.5) };
  }
}
