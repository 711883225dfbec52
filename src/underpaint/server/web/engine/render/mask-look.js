// @ts-check
/** How the mask looks: colour of the hatch, outline as marching ants or, for a hidden mask, as dots. */
/** @import { TileLayer } from '../tiles.js' */
/** @import { Rgb } from '../raster/paint.js' */
import { div255 } from '../selection.js';

/** Mask value that the outline follows. */
export const OUTLINE_AT = 96;
/** Screen pixels after which the hatch repeats along a row. */
export const PATTERN = 14;
const LINE_PX = 1.5;
/** Alpha of the hatch's lines and of the wash between them. */
const HATCH = { shown: { line: 235, wash: 26 }, outline: { line: 0, wash: 0 }, hidden: { line: 0, wash: 0 } };
const WHITE = 0xffffffff, DARK = 0xff0f1208, CLEAR = 0;

/** Teal first: it is the interface's own colour. @type {readonly Rgb[]} */
export const CANDIDATES = [[38, 224, 184], [255, 79, 200], [255, 214, 51], [64, 120, 255], [255, 86, 48], [150, 255, 60]];

/** shown: hatch and ants; outline: ants alone, so that what lies under the mask keeps its colours; hidden: dots.
 *  @typedef {'shown' | 'outline' | 'hidden'} MaskStyle */

export class MaskLook {
  /** @type {MaskStyle} */ #style = 'shown';
  /** 0…255, moves the ants */ step = 0;
  #colour = CANDIDATES[0];
  hatch = hatchOf(this.#colour, 'shown');

  get colour() { return this.#colour; }

  /** @param {Rgb} colour */
  set colour(colour) {
    this.#colour = colour;
    this.hatch = hatchOf(colour, this.#style);
  }

  get style() { return this.#style; }

  /** @param {MaskStyle} style */
  set style(style) {
    this.#style = style;
    this.hatch = hatchOf(this.#colour, style);
  }

  get dashPx() { return this.#style === 'hidden' ? 8 : 14; }
}

/** Colour for each phase along the outline. @param {MaskLook} look @returns {Uint32Array} */
export function outlineColours({ style, step }) {
  return Uint32Array.from({ length: 256 }, (_, phase) => {
    const at = (phase + step) & 255;
    if (style !== 'hidden') return at < 128 ? WHITE : DARK;
    return at < 80 ? WHITE : at < 144 ? DARK : CLEAR;
  });
}

/** @param {Rgb} colour @param {MaskStyle} style @returns {Uint32Array} RGBA along a row, for each mask value: `[i * 256 + value]` */
function hatchOf([r, g, b], style) {
  const { wash, line } = HATCH[style];
  return Uint32Array.from({ length: PATTERN * 256 }, (_, at) => {
    const i = at >> 8, away = Math.min(i, PATTERN - i) / Math.SQRT2, cover = Math.max(0, Math.min(1, LINE_PX / 2 + 0.5 - away));
    const alpha = div255(Math.round(wash + (line - wash) * cover) * (at & 255));
    return (r | g << 8 | b << 16 | alpha << 24) >>> 0;
  });
}

/** How much each candidate differs from the pixels of a picture. @typedef {{width: number, height: number, values: Float32Array}} Contrasts */

/** @param {ImageData} thumbnail of the picture @returns {Contrasts} */
export function contrastsOf({ width, height, data }) {
  const values = new Float32Array(width * height * CANDIDATES.length), labs = CANDIDATES.map(labOf);
  for (let at = 0, out = 0; at < data.length; at += 4) {
    const [l, a, b] = labOf([data[at], data[at + 1], data[at + 2]]);
    for (const lab of labs) values[out++] = Math.hypot(lab[0] - l, lab[1] - a, lab[2] - b);
  }
  return { width, height, values };
}

/**
 * The candidate that differs most from the pixels under the mask. A new colour has to be clearly better than the current
 * one, so that it does not flicker while painting.
 * @param {Contrasts} contrasts @param {TileLayer} mask @param {Rgb} current @returns {Rgb}
 */
export function contrastingColour({ width, height, values }, mask, current) {
  const scores = CANDIDATES.map(() => 0);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += CANDIDATES.length) {
      const value = mask.pixel(Math.floor((x + 0.5) / width * mask.size.width), Math.floor((y + 0.5) / height * mask.size.height));
      if (value >= OUTLINE_AT) for (let i = 0; i < CANDIDATES.length; i++) scores[i] += values[at + i];
    }
  }
  const best = scores.indexOf(Math.max(...scores)), now = CANDIDATES.indexOf(current);
  return now >= 0 && scores[best] <= scores[now] * 1.15 ? current : CANDIDATES[best];
}

/** CIE Lab (D65) of an sRGB colour. @param {Rgb} rgb @returns {[number, number, number]} */
export function labOf(rgb) {
  const [r, g, b] = rgb.map((value) => (value > 10.31475 ? ((value / 255 + 0.055) / 1.055) ** 2.4 : value / 255 / 12.92));
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((t) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
