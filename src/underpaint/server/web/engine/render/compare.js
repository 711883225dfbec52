// @ts-check
/** Two pictures at once: wipe, side by side, blink, difference. */
/** @import { Box, Comparison } from '../types.js' */
/** @import { Matrix } from '../pyramid.js' */
/** @import { Renderer } from './renderer.js' */
import { drawBitmap } from '../pyramid.js';
import { drawLabel, strokeWith } from './chrome.js';

/** CSS pixels */
export const WIPE_REACH = 20;

/** @param {CanvasRenderingContext2D} context @param {Renderer} renderer @param {Matrix} matrix @param {Box} clip */
export function drawComparison(context, renderer, matrix, clip) {
  const comparison = /** @type {Comparison} */ (renderer.comparison);
  DRAW[comparison.mode](context, renderer, matrix, clip, comparison);
}

/** @type {Record<Comparison['mode'], (context: CanvasRenderingContext2D, renderer: Renderer, matrix: Matrix, clip: Box, comparison: Comparison) => void>} */
const DRAW = {
  wipe(context, renderer, matrix, clip, { other, position, labels }) {
    const { size } = renderer.document, { dpr } = renderer.viewport;
    const x = Math.round(size.width * position * matrix.scale + matrix.x);
    renderer.paintPicture(context, matrix, clip);
    within(context, { x: clip.x, y: clip.y, width: x - clip.x, height: clip.height }, () => drawBitmap(context, other, whole(renderer), matrix));
    inCssPixels(context, dpr, () => {
      const { left, top, right, bottom } = edges(renderer);
      drawWipe(context, x / dpr, top, bottom);
      drawLabel(context, labels[0], left + 10, top + 10);
      drawLabel(context, labels[1], right - 10, top + 10, { isRight: true });
    });
  },

  blink(context, renderer, matrix, clip, { other, labels }) {
    if (renderer.isOtherTurn) drawBitmap(context, other, whole(renderer), matrix);
    else renderer.paintPicture(context, matrix, clip);
    inCssPixels(context, renderer.viewport.dpr, () => {
      const { left, top } = edges(renderer);
      drawLabel(context, labels[renderer.isOtherTurn ? 0 : 1], left + 10, top + 10);
    });
  },

  difference(context, renderer, matrix, clip, { other }) {
    renderer.paintPicture(context, matrix, clip);
    context.globalCompositeOperation = 'difference';
    drawBitmap(context, other, whole(renderer), matrix);
    context.globalCompositeOperation = 'lighter';
    // four times brighter, so that small differences are seen
    for (let i = 0; i < 2; i++) context.drawImage(context.canvas, clip.x, clip.y, clip.width, clip.height, clip.x, clip.y, clip.width, clip.height);
    context.globalCompositeOperation = 'source-over';
  },

  side(context, renderer, matrix, clip, { other, labels }) {
    const { width, height } = context.canvas, { dpr } = renderer.viewport, middle = Math.round(width / 2), shift = renderer.viewport.splitShift * dpr;
    const left = { ...matrix, x: matrix.x - shift }, right = { ...matrix, x: matrix.x + shift };
    within(context, { x: 0, y: 0, width: middle, height }, () => drawBitmap(context, other, whole(renderer), left));
    within(context, { x: middle, y: 0, width: width - middle, height }, () => renderer.paintPicture(context, right, clip));
    inCssPixels(context, dpr, () => {
      context.beginPath();
      context.moveTo(middle / dpr, 0);
      context.lineTo(middle / dpr, height / dpr);
      strokeWith(context, 'rgba(127, 127, 127, .6)', 1);
      drawLabel(context, labels[0], 10, 10);
      drawLabel(context, labels[1], width / dpr - 10, 10, { isRight: true });
    });
  },
};

/** @param {Renderer} renderer @returns {Box} */
const whole = (renderer) => ({ x: 0, y: 0, ...renderer.document.size });

/** The picture's edges on screen, as far as they are visible. @param {Renderer} renderer */
function edges({ document, viewport }) {
  const { x, y, width, height } = viewport.boxToView({ x: 0, y: 0, ...document.size });
  return {
    left: Math.max(0, x), top: Math.max(0, y),
    right: Math.min(viewport.element.width, x + width), bottom: Math.min(viewport.element.height, y + height),
  };
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} top @param {number} bottom */
function drawWipe(context, x, top, bottom) {
  const y = (top + bottom) / 2;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  strokeWith(context, 'rgba(0, 0, 0, .35)', 4);
  strokeWith(context, '#fff', 2);
  context.beginPath();
  context.arc(x, y, WIPE_REACH - 2, 0, 2 * Math.PI);
  context.fillStyle = '#fff';
  context.fill();
  strokeWith(context, 'rgba(0, 0, 0, .25)', 1);
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x + side * 4, y - 5);
    context.lineTo(x + side * 9, y);
    context.lineTo(x + side * 4, y + 5);
  }
  strokeWith(context, '#17191c', 1.75);
}

/** @param {CanvasRenderingContext2D} context @param {Box} area @param {() => void} draw */
function within(context, area, draw) {
  if (area.width <= 0) return;
  context.save();
  context.beginPath();
  context.rect(area.x, area.y, area.width, area.height);
  context.clip();
  draw();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {number} dpr @param {() => void} draw */
function inCssPixels(context, dpr, draw) {
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  draw();
  context.setTransform(1, 0, 0, 1, 0, 0);
}
