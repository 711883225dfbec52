// @ts-check
/** @import { Box } from '../types.js' */
/** @import { TileLayer } from '../tiles.js' */
/** @import { Matrix } from '../pyramid.js' */
/** @import { Viewport } from '../viewport.js' */
/** @import { MaskStyle } from './mask-look.js' */
import { box, grown, intersection, roundedOut } from '../geometry.js';
import { drawBitmap } from '../pyramid.js';
import { MaskLook } from './mask-look.js';
import { MaskView, context2d } from './mask-view.js';
import { Mips } from './mips.js';
import { Region } from '../region.js';

const SLOW_MS = 6;      // a view that takes longer to compute is not computed while zooming
const CATCH_UP_MS = 90; // but this long after the last step

/** Keeps the drawn mask up to date with as little work as possible, and puts it on screen. */
export class MaskLayer {
  look = new MaskLook();
  view = new MaskView(this.look);
  /** While zooming, the last view is shown enlarged. */ isBehind = false;
  /** Called when it has to be painted again. */ onlate = () => {};
  /** Whether everything is out of date, else what is, overlay pixels. */ #isStale = true;
  #stale = new Region();
  #hasMoved = false;
  #lastShowMs = 0;
  /** @type {number | undefined} */ #timer;
  #cutout = context2d(new OffscreenCanvas(1, 1));

  /** @param {Viewport} viewport @param {TileLayer} layer */
  constructor(viewport, layer) {
    this.viewport = viewport;
    this.layer = layer;
    this.mips = new Mips(layer);
  }

  /** @param {TileLayer} layer */
  use(layer) {
    this.layer = layer;
    this.mips = new Mips(layer);
    this.changed();
  }

  /** Everything has to be drawn again. */
  changed() { this.#isStale = true; }

  moved() { this.#hasMoved = true; }

  /** @param {number} key @param {Box} area picture pixels */
  tileChanged(key, area) {
    this.mips.invalidate(key, area);
    this.looksChanged(area);
  }

  /** @param {Box} area picture pixels */
  looksChanged(area) {
    if (this.#hasMoved || this.isBehind) this.#isStale = true;
    if (this.#isStale) return;
    const { scale, x, y } = this.matrix;
    this.#stale.add(roundedOut(grown(box(area.x * scale + x, area.y * scale + y, area.width * scale, area.height * scale), 1)));
  }

  /** @returns {Matrix} overlay pixel = picture × scale + (x, y) */
  get matrix() {
    const { scale, x, y } = this.viewport.deviceMatrix, by = 1 / this.viewport.overlayPixel;
    return { scale: scale * by, x: x * by, y: y * by };
  }

  /** Where the outline is, CSS pixels. @returns {Box | null} */
  get outlineBox() {
    const at = this.view.outlineBox, by = this.viewport.overlayPixel / this.viewport.dpr;
    return at && box(at.x * by, at.y * by, at.width * by, at.height * by);
  }

  march() {
    if (!this.#isStale && !this.#hasMoved && !this.isBehind) this.view.march(this.matrix);
  }

  /** @param {MaskStyle} style */
  refresh(style) {
    const { width, height } = this.#box;
    if (this.view.resize(width, height)) this.#isStale = true;
    if (this.look.style !== style) {
      this.look.style = style;
      this.#isStale = true;
    }
    if (!this.#isStale && (this.#hasMoved || this.isBehind)) this.#follow();
    this.#hasMoved = false;
    const parts = this.#stale.take(this.#box);
    if (this.#isStale) this.#show();
    else for (const part of parts) this.view.update(this.layer, this.mips, this.matrix, part);
    this.#isStale = false;
  }

  /** @param {CanvasRenderingContext2D} context @param {Box} clip device pixels */
  paint(context, clip) { this.#put(context, this.view.canvas, clip); }

  /** Draws a bitmap where the mask is. @param {CanvasRenderingContext2D} context @param {Box} clip device pixels @param {ImageBitmap} bitmap @param {Box} area picture pixels */
  paintInside(context, clip, bitmap, area) {
    const by = this.viewport.overlayPixel, size = this.#box, cut = this.#cutout;
    const seen = roundedOut(box(clip.x / by - 1, clip.y / by - 1, clip.width / by + 2, clip.height / by + 2));
    const part = this.isBehind ? size : intersection(seen, size);
    if (!part) return;
    if (cut.canvas.width !== size.width || cut.canvas.height !== size.height) Object.assign(cut.canvas, { width: size.width, height: size.height });
    this.view.putAlpha(cut, part);
    cut.save();
    cut.beginPath();
    cut.rect(part.x, part.y, part.width, part.height);
    cut.clip();
    cut.globalCompositeOperation = 'source-in';
    drawBitmap(cut, bitmap, area, this.view.matrix);
    cut.restore();
    this.#put(context, cut.canvas, clip);
  }

  /** A view shifted by whole pixels is cheap; another zoom may have to wait. */
  #follow() {
    if (this.view.move(this.layer, this.mips, this.matrix)) {
      this.isBehind = false;
    } else if (this.#lastShowMs <= SLOW_MS) {
      this.#isStale = true;
    } else {
      this.isBehind = true;
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => { this.changed(); this.onlate(); }, CATCH_UP_MS);
    }
  }

  #show() {
    const start = performance.now();
    clearTimeout(this.#timer);
    this.isBehind = false;
    this.view.show(this.layer, this.mips, this.matrix);
    this.#lastShowMs = performance.now() - start;
  }

  /** @param {CanvasRenderingContext2D} context @param {OffscreenCanvas} canvas in the view's matrix @param {Box} clip */
  #put(context, canvas, clip) {
    const by = this.viewport.overlayPixel;
    context.imageSmoothingEnabled = by > 1 || this.isBehind;
    if (this.isBehind) {
      const from = this.view.matrix, to = this.matrix, ratio = to.scale / from.scale;
      context.drawImage(canvas, (to.x - from.x * ratio) * by, (to.y - from.y * ratio) * by, canvas.width * ratio * by, canvas.height * ratio * by);
      return;
    }
    const part = intersection(roundedOut(box(clip.x / by, clip.y / by, clip.width / by, clip.height / by)), this.#box);
    if (part) context.drawImage(canvas, part.x, part.y, part.width, part.height, part.x * by, part.y * by, part.width * by, part.height * by);
  }

  /** The element in overlay pixels. */
  get #box() {
    const { dpr, element, overlayPixel: by } = this.viewport;
    return box(0, 0, Math.ceil(Math.max(1, Math.round(element.width * dpr)) / by), Math.ceil(Math.max(1, Math.round(element.height * dpr)) / by));
  }
}
