// @ts-check
/** Lines and labels over the picture, in CSS pixels: visible on any colour because each is drawn light on dark. */
/** @import { Box, DocPoint, Size, ViewPoint } from '../types.js' */
/** @import { Viewport } from '../viewport.js' */
import { intersection } from '../geometry.js';
import { docPoint, viewPoint } from '../types.js';

export const GRID_ZOOM = 8;
const BRACKET = 20;
const LABEL_FONT = '500 12px Inter, system-ui, sans-serif';
const LIGHT = '#fff', DARK = 'rgba(12, 13, 15, .78)', SHADE = 'rgba(0, 0, 0, .6)';

/** @param {CanvasRenderingContext2D} context @param {string} colour @param {number} width @param {number[]} [dash] */
export function strokeWith(context, colour, width, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

/** Light on dark. @param {CanvasRenderingContext2D} context @param {number} [width] @param {number[]} [dash] */
export function strokeVisibly(context, width = 1.5, dash = []) {
  strokeWith(context, SHADE, width + 1.5);
  strokeWith(context, LIGHT, width, dash);
}

/** What is written at the frame: the very numbers that are sent. @param {Box} area */
export const frameLabel = ({ x, y, width, height }) => `Model sees ${width} × ${height} at ${x}, ${y}`;

/**
 * Where a label goes: above the frame, inside it when there is no room, never out of sight.
 * @param {Box} frame on screen @param {number} width of the label @param {Size} element @returns {ViewPoint | null} null: the frame is out of sight
 */
export function labelPlace(frame, width, element) {
  if (!intersection(frame, { x: 0, y: 0, ...element })) return null;
  const isRoomAbove = frame.y >= 30, left = isRoomAbove ? frame.x : frame.x + 8;
  return viewPoint(Math.max(8, Math.min(left, element.width - 8 - width)), isRoomAbove ? Math.min(frame.y - 28, element.height - 30) : Math.max(8, frame.y + 6));
}

/** The crop frame. @param {CanvasRenderingContext2D} context @param {Viewport} viewport @param {Box} area */
export function drawFrame(context, viewport, area) {
  const frame = viewport.boxToView(area), { x, y, width, height } = frame, label = frameLabel(area);
  context.beginPath();
  context.rect(x + 0.75, y + 0.75, width - 1.5, height - 1.5);
  strokeWith(context, SHADE, 2.5);
  strokeWith(context, 'rgba(255, 255, 255, .9)', 1.5, [7, 5]);
  const arm = Math.min(BRACKET, width / 3, height / 3);
  context.beginPath();
  for (const [cx, sx] of [[x + 1.5, 1], [x + width - 1.5, -1]]) {
    for (const [cy, sy] of [[y + 1.5, 1], [y + height - 1.5, -1]]) {
      context.moveTo(cx + sx * arm, cy);
      context.lineTo(cx, cy);
      context.lineTo(cx, cy + sy * arm);
    }
  }
  strokeWith(context, LIGHT, 3);
  const place = labelPlace(frame, labelWidth(context, label, true), viewport.element);
  if (place) drawLabel(context, label, place.x, place.y, { hasEye: true });
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {boolean} hasEye */
function labelWidth(context, text, hasEye) {
  context.font = LABEL_FONT;
  return context.measureText(text).width + (hasEye ? 35 : 16);
}

/**
 * A dark label.
 * @param {CanvasRenderingContext2D} context @param {string} text @param {number} x @param {number} y
 * @param {{hasEye?: boolean, isRight?: boolean}} [how] isRight: x is the right edge
 */
export function drawLabel(context, text, x, y, { hasEye = false, isRight = false } = {}) {
  const width = labelWidth(context, text, hasEye), left = isRight ? x - width : x;
  context.fillStyle = DARK;
  context.beginPath();
  context.roundRect(left, y, width, 22, 4);
  context.fill();
  context.fillStyle = LIGHT;
  context.textBaseline = 'middle';
  context.fillText(text, left + (hasEye ? 27 : 8), y + 11.5);
  if (hasEye) drawEye(context, left + 15, y + 11);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function drawEye(context, x, y) {
  context.beginPath();
  context.moveTo(x - 6.5, y);
  context.quadraticCurveTo(x, y - 8, x + 6.5, y);
  context.quadraticCurveTo(x, y + 8, x - 6.5, y);
  context.moveTo(x + 1.8, y);
  context.arc(x, y, 1.8, 0, 2 * Math.PI);
  strokeWith(context, LIGHT, 1.2);
}

/** Lines between pixels. @param {CanvasRenderingContext2D} context @param {Viewport} viewport */
export function drawGrid(context, viewport) {
  const { width, height } = viewport.element, { width: w, height: h } = viewport.picture, hair = 1 / viewport.dpr;
  const from = viewport.toImage(/** @type {ViewPoint} */ ({ x: 0, y: 0 })), to = viewport.toImage(/** @type {ViewPoint} */ ({ x: width, y: height }));
  const left = Math.max(0, Math.floor(from.x)), right = Math.min(w, Math.ceil(to.x));
  const top = Math.max(0, Math.floor(from.y)), bottom = Math.min(h, Math.ceil(to.y));
  const a = viewport.toView(docPoint(left, top)), b = viewport.toView(docPoint(right, bottom));
  context.beginPath();
  for (let i = left; i <= right; i++) {
    const x = Math.round((a.x + (i - left) * viewport.zoom) * viewport.dpr) / viewport.dpr + hair / 2;
    context.moveTo(x, a.y);
    context.lineTo(x, b.y);
  }
  for (let i = top; i <= bottom; i++) {
    const y = Math.round((a.y + (i - top) * viewport.zoom) * viewport.dpr) / viewport.dpr + hair / 2;
    context.moveTo(a.x, y);
    context.lineTo(b.x, y);
  }
  strokeWith(context, 'rgba(127, 127, 127, .35)', hair);
}

/** The brush: a ring of its size, an inner ring where it is still hard, a cross. @param {CanvasRenderingContext2D} context @param {ViewPoint} at @param {number} radius CSS pixels @param {number} hardness */
export function drawBrush(context, at, radius, hardness) {
  context.beginPath();
  context.arc(at.x, at.y, Math.max(1, radius), 0, 2 * Math.PI);
  strokeVisibly(context, 1.25);
  if (hardness < 0.98 && radius * hardness > 3) {
    context.beginPath();
    context.arc(at.x, at.y, radius * hardness, 0, 2 * Math.PI);
    strokeWith(context, 'rgba(255, 255, 255, .6)', 1);
  }
  if (radius > 8) drawCross(context, at, 4);
}

/** @param {CanvasRenderingContext2D} context @param {ViewPoint} at @param {number} arm */
export function drawCross(context, at, arm) {
  context.beginPath();
  context.moveTo(at.x - arm, at.y);
  context.lineTo(at.x + arm, at.y);
  context.moveTo(at.x, at.y - arm);
  context.lineTo(at.x, at.y + arm);
  strokeVisibly(context, 1.25);
}

/** The eyedropper's ring in the colour under it. @param {CanvasRenderingContext2D} context @param {ViewPoint} at @param {string} colour */
export function drawLoupe(context, at, colour) {
  context.beginPath();
  context.arc(at.x, at.y, 32, 0, 2 * Math.PI);
  strokeWith(context, colour, 14);
  for (const radius of [25, 39]) {
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    strokeVisibly(context, 1.5);
  }
  drawCross(context, at, 5);
}

/** A path of picture points, closed or open. @param {CanvasRenderingContext2D} context @param {Viewport} viewport @param {readonly DocPoint[]} points @param {boolean} isClosed */
export function drawPath(context, viewport, points, isClosed) {
  context.beginPath();
  points.forEach((point, i) => {
    const { x, y } = viewport.toView(point);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (isClosed) context.closePath();
  strokeVisibly(context, 1.5, [6, 4]);
}

/** @param {CanvasRenderingContext2D} context @param {ViewPoint} at @param {boolean} [isRound] */
export function drawHandle(context, at, isRound = false) {
  context.beginPath();
  if (isRound) context.arc(at.x, at.y, 5.5, 0, 2 * Math.PI);
  else context.rect(at.x - 5, at.y - 5, 10, 10);
  context.fillStyle = LIGHT;
  context.fill();
  strokeWith(context, '#08120f', 1.5);
}
