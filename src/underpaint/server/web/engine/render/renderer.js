// @ts-check
/** @import { Box, Comparison, LayerName } from '../types.js' */
/** @import { PictureDocument } from '../document.js' */
/** @import { Viewport } from '../viewport.js' */
/** @import { Context, Matrix, Pyramid } from '../pyramid.js' */
/** @import { Ink } from '../stroke.js' */
/** @import { StrokePreview } from './stroke-preview.js' */
import { box, grown } from '../geometry.js';
import { drawBitmap } from '../pyramid.js';
import { drawCheckerboard, drawShadow } from './backdrop.js';
import { drawFrame, drawGrid, GRID_ZOOM } from './chrome.js';
import { drawComparison } from './compare.js';
import { MaskLayer } from './mask-layer.js';
import { SketchView } from './sketch-view.js';

/**
 * Paints one frame, from back to front: picture or result, sketch, underpainting inside the mask, mask, crop frame,
 * whatever the tool shows. Knows what to draw, not when.
 */
export class Renderer {
  /** @type {Pyramid | null} */ pyramid = null;
  /** @type {ImageBitmap | null} */ result = null;
  /** @type {{bitmap: ImageBitmap, area: Box} | null} */ underpainting = null;
  /** What the model sees. @type {Box | null} */ frame = null;
  /** @type {Comparison | null} */ comparison = null;
  isMaskShown = true;
  /** Else only the outline. */ isHatchShown = true;
  isSketchShown = true;
  isPictureShown = true;
  sketchOpacity = 1;
  isPeeking = false;
  /** Blink: whether the other picture has its turn. */ isOtherTurn = false;
  /** Something looks different, picture pixels. @type {(area: Box) => void} */ onpreview = () => {};
  /** Drawn above everything, CSS pixels. @type {(context: CanvasRenderingContext2D) => void} */ drawTool = () => {};

  /** @param {Viewport} viewport @param {PictureDocument} picture */
  constructor(viewport, picture) {
    this.viewport = viewport;
    this.document = picture;
    this.mask = new MaskLayer(viewport, picture.mask);
    this.sketchView = new SketchView(picture.sketch);
  }

  /** Layers of another size. */
  useLayers() {
    this.mask.use(this.document.mask);
    this.sketchView = new SketchView(this.document.sketch);
  }

  /** @returns {import('./mask-look.js').MaskStyle} */
  get maskStyle() {
    if (!this.isMaskShown) return 'hidden';
    return this.result || this.underpainting || !this.isHatchShown ? 'outline' : 'shown';
  }

  /** @param {LayerName} layer @param {number} key @param {Box} area */
  layerChanged(layer, key, area) {
    if (layer === 'sketch') this.sketchView.mips.invalidate(key, area);
    else this.mask.tileChanged(key, area);
  }

  /** Shows a stroke before it is painted. @param {LayerName} layer @param {Ink} ink @param {number} diameter @returns {StrokePreview | null} null: painting it is quick */
  startPreview(layer, { edit, row }, diameter) {
    const preview = layer === 'mask' ? this.mask.mips.startPreview(edit, row, diameter, this.mask.matrix.scale)
      : this.sketchView.mips.startPreview(edit, row, diameter, this.viewport.deviceMatrix.scale);
    if (preview) preview.onchange = (area) => { if (layer === 'mask') this.mask.looksChanged(area); this.onpreview(area); };
    return preview;
  }

  /** @param {CanvasRenderingContext2D} context @param {Box} clip device pixels */
  paint(context, clip) {
    if (this.document.isEmpty) return;
    const { viewport } = this, matrix = viewport.deviceMatrix;
    if (this.comparison) {
      drawComparison(context, this, matrix, clip);
    } else {
      this.mask.refresh(this.maskStyle);
      context.save();
      if (this.isPeeking && this.frame) clipTo(context, this.frame, matrix);
      this.paintPicture(context, matrix, clip);
      this.#paintLayers(context, matrix, clip);
      context.restore();
    }
    context.setTransform(viewport.dpr, 0, 0, viewport.dpr, 0, 0);
    if (viewport.zoom >= GRID_ZOOM) drawGrid(context, viewport);
    if (this.frame && !this.comparison) drawFrame(context, viewport, this.frame);
    this.drawTool(context);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** What is shown without layers: the result, or the picture. @param {CanvasRenderingContext2D} context @param {Matrix} matrix @param {Box} clip */
  paintPicture(context, matrix, clip) {
    const whole = { x: 0, y: 0, ...this.document.size }, { dpr } = this.viewport;
    const { x, y, scale } = matrix, left = Math.round(x), top = Math.round(y);
    const area = box(left, top, Math.max(1, Math.round(x + whole.width * scale) - left), Math.max(1, Math.round(y + whole.height * scale) - top));
    drawShadow(context, area, clip, dpr);
    if (!this.result && !(this.isPictureShown && this.pyramid?.isOpaque)) drawCheckerboard(context, area, dpr);
    if (this.result) drawBitmap(context, this.result, whole, matrix);
    else if (this.isPictureShown) this.pyramid?.draw(context, matrix, grown(clip, 2));
  }

  /** @param {CanvasRenderingContext2D} context @param {Matrix} matrix @param {Box} clip */
  #paintLayers(context, matrix, clip) {
    if (!this.result) {
      if (this.isSketchShown && this.sketchOpacity > 0) {
        context.globalAlpha = this.sketchOpacity;
        this.sketchView.draw(context, matrix, grown(clip, 2));
        context.globalAlpha = 1;
      }
      if (this.underpainting) this.mask.paintInside(context, clip, this.underpainting.bitmap, this.underpainting.area);
    }
    this.mask.paint(context, clip);
  }
}

/** @param {Context} context @param {Box} area @param {Matrix} matrix */
export function clipTo(context, area, { scale, x, y }) {
  context.beginPath();
  context.rect(Math.round(area.x * scale + x), Math.round(area.y * scale + y), Math.round(area.width * scale), Math.round(area.height * scale));
  context.clip();
}
