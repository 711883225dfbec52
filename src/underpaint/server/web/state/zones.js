// @ts-check
/** Recommended strengths, and what the panel says about steps, sizes and time. Pure functions. */
/** @import { Frame, InpaintArea, InpaintRequest, Inspection, Job, Underpainting } from '../api/api.d.ts' */

/** @typedef {[number, number]} Zone */

/** As `zone` in tasks.py. @type {Record<Underpainting, Record<InpaintArea, Zone>>} */
const ZONES = {
  sketch: { 'only-masked': [0.35, 0.6], whole: [0.35, 0.6] },
  original: { 'only-masked': [0.25, 0.5], whole: [0.7, 0.95] },
  fill: { 'only-masked': [0.7, 0.95], whole: [0.7, 0.95] },
  'latent-noise': { 'only-masked': [0.75, 1], whole: [0.75, 1] },
  'latent-nothing': { 'only-masked': [0.8, 1], whole: [0.8, 1] },
};

/** Usual values of the mask's settings, for the marks below their tracks. */
export const PADDING_ZONE = /** @type {Zone} */ ([16, 64]);
export const GROW_ZONE = /** @type {Zone} */ ([0, 8]);
export const BLUR_ZONE = /** @type {Zone} */ ([2, 12]);

/** @type {Record<Underpainting, string>} */
export const UNDERPAINTING_NAMES = {
  sketch: 'Sketch', original: 'Original', fill: 'Fill', 'latent-noise': 'Noise', 'latent-nothing': 'Nothing',
};

/** @param {Underpainting} underpainting @param {InpaintArea} area @returns {Zone} */
export const zoneOf = (underpainting, area) => ZONES[underpainting][area];

/** @param {number} value @param {Zone} zone */
export const isInside = (value, [low, high]) => value >= low - 1e-9 && value <= high + 1e-9;

/** "0.35 – 0.60 for a sketch". @param {Underpainting} underpainting @param {Zone} zone */
export function zoneText(underpainting, [low, high]) {
  const what = underpainting === 'sketch' ? 'a sketch' : UNDERPAINTING_NAMES[underpainting].toLowerCase();
  return `${low.toFixed(2)} – ${high.toFixed(2)} for ${what}`;
}

/**
 * Steps that the engine will run, as it said itself; unknown while nothing is masked.
 * @param {Inspection | null} inspection
 * @param {number} steps asked for
 */
export const stepsOf = (inspection, steps) => ({
  runs: inspection?.runs_steps || null, of: inspection?.of_steps ?? steps, known: inspection?.steps_known ?? 'exact',
  again: inspection?.resampled_steps ?? 0,
});

/** "602 → 768 px": the longer side of what is seen, and of the size the model works at.
 *  @param {Frame} frame @param {number} width @param {number} height */
export function scalingText(frame, width, height) {
  const [seen, worked] = [Math.max(frame.width, frame.height), Math.max(width, height)];
  return seen === worked ? `${seen} px` : `${seen} → ${worked} px`;
}

/** The same in full. @param {Frame} frame @param {number} width @param {number} height */
export const scalingTitle = (frame, width, height) => `${frame.width} × ${frame.height} px of the picture, worked on at ${width} × ${height} px`;

/** "4 × 1 batch". @param {{size: number, count: number}} batch */
export const batchText = ({ size, count }) => `${count} × ${size} batch`;

/** Ways to split images into batches. @param {number} images @returns {number[]} how many at once */
export const batchSizes = (images) => Array.from({ length: images }, (_, index) => index + 1).filter((size) => images % size === 0);

/** What decides how long an image takes. @param {InpaintRequest} request */
const workOf = ({ model, canvas, sampling, batch, prompt }) => JSON.stringify([
  model, canvas.width, canvas.height, canvas.area, sampling.steps, sampling.denoising_strength, sampling.sampler,
  sampling.cfg_scale, batch.size, prompt.positive.includes(' AND '),
]);

/** Seconds that this job will take, as measured on the last one of the same work; null when there is none.
 *  @param {Job[]} jobs @param {InpaintRequest} request @param {string | null} nodeId */
export function expectedSeconds(jobs, request, nodeId) {
  const same = jobs
    .filter((job) => job.state === 'done' && job.seconds > 0 && (job.node_id === null) === (nodeId === null))
    .filter((job) => workOf(job.request) === workOf(request))
    .sort((a, b) => b.created_at.localeCompare(a.created_at))[0];
  const made = same?.results.filter((result) => result.state === 'done').length ?? 0;
  return same && made ? (same.seconds / made) * request.batch.size * request.batch.count : null;
}

/** "about 22 s". @param {number} seconds */
export function aboutText(seconds) {
  if (seconds < 1) return 'about 1 s';
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min` : `about ${(seconds / 3600).toFixed(1)} h`;
}

/** The first sentence of an advice, and the rest. @param {string} message @returns {[string, string]} */
export function headAndRest(message) {
  const end = message.search(/[.:](?=\s)/);
  return end < 0 ? [message, ''] : [message.slice(0, end + 1), message.slice(end + 1).trim()];
}
