// @ts-check
/** A request as the rows of a recipe: name and value, in words. */

import { UNDERPAINTING_NAMES } from '../state/zones.js';

/**
 * @typedef {import('../api/api.d.ts').InpaintRequest} InpaintRequest
 * @typedef {import('../api/api.d.ts').ControlUnit} ControlUnit
 * @typedef {import('../api/api.d.ts').Underpainting} Underpainting
 * @typedef {[name: string, value: string]} Row
 */

/**
 * @param {object} what
 * @param {InpaintRequest} what.request
 * @param {Underpainting | null} [what.underpainting]   null: only the request is known
 * @param {number | null} [what.seed]                   of this one image
 * @param {string} [what.image]                         such as "result 3 of 4"
 * @param {boolean} [what.hasMask]
 * @returns {Row[]}
 */
export function recipeRows({ request, underpainting = null, seed = null, image = '', hasMask = true }) {
  const { prompt, canvas, mask, sampling, noise } = request;
  /** @type {(Row | null)[]} */
  const rows = [
    ['Prompt', prompt.positive || 'none'],
    prompt.negative ? ['Not', prompt.negative] : null,
    hasMask ? ['Underpainting', UNDERPAINTING_NAMES[underpainting ?? canvas.content]] : null,
    hasMask ? ['Strength', sampling.denoising_strength.toFixed(2)] : null,
    ['Steps', String(sampling.steps)],
    hasMask ? ['Area', areaText(request)] : null,
    hasMask && mask.grow_px ? ['Mask growth', `${mask.grow_px} px`] : null,
    hasMask ? ['Mask blur', blurText(mask.blur_x_px, mask.blur_y_px)] : null,
    ['Sampler', [sampling.sampler, sampling.scheduler, `CFG ${sampling.cfg_scale}`].join(' · ')],
    hasMask && sampling.resampling ? ['Resampling', String(sampling.resampling)] : null,
    canvas.width && canvas.height ? ['Size', `${canvas.width} × ${canvas.height}`] : null,
    ['Seed', [String(seed ?? noise.seed ?? 'random'), image].filter(Boolean).join(', ')],
    noise.subseed_strength ? ['Variation', `${noise.subseed_strength} of seed ${noise.subseed ?? 'random'}`] : null,
    ['Model', request.model],
    ...request.controls.map(controlRow),
  ];
  return rows.filter((row) => row !== null);
}

/** @param {ControlUnit} unit @returns {Row} */
const controlRow = ({ model, weight, preprocessor }) => ['ControlNet', [`${model} ${weight.toFixed(2)}`, preprocessor].join(' · ')];

/** @param {InpaintRequest} request */
function areaText({ canvas, mask }) {
  const area = canvas.area === 'only-masked' ? `Only masked, padding ${canvas.padding_px}` : 'Whole picture';
  return mask.mode === 'not-masked' ? `${area}, outside the mask` : area;
}

/** @param {number} x @param {number} y */
const blurText = (x, y) => (x === y ? `${x} px` : `${x} × ${y} px`);

/** @param {readonly Row[]} rows */
export const recipeText = (rows) => rows.map(([name, value]) => `${name}: ${value}`).join('\n');
