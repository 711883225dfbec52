// @ts-check
/** Words for settings, and the values that a closed section shows. */
import { PROFILES } from '../../state/defaults.js';
import { isSame } from '../../state/settings.js';
/** @import { CanvasSettings, NoiseSettings, Rules, SamplingSettings, SoftInpaintingSettings } from '../../api/api.d.ts' */

export const STAGES = [
  { value: 'prepared', label: 'Prepared', title: 'The picture as it is fed to the model' },
  { value: 'first-step', label: 'First step', title: 'The same with the noise of this strength' },
];

export const AREAS = [{ value: 'only-masked', label: 'Only masked' }, { value: 'whole', label: 'Whole' }];

export const MASK_MODES = [
  { value: 'masked', label: 'Inside mask', title: 'Repaint what is masked' },
  { value: 'not-masked', label: 'Outside', title: 'Repaint everything but what is masked' },
];

export const RESIZE_MODES = [
  { value: 'just-resize', label: 'Just resize' },
  { value: 'crop-and-resize', label: 'Crop and resize' },
  { value: 'resize-and-fill', label: 'Resize and fill' },
  { value: 'latent-upscale', label: 'Just resize (latent upscale)' },
];

export const EMPHASIS = [
  { value: 'original', label: 'Original' },
  { value: 'no-norm', label: 'No norm' },
  { value: 'ignore', label: 'Ignore' },
  { value: 'none', label: 'None' },
];

export const RNG_SOURCES = [
  { value: 'cpu', label: 'CPU' },
  { value: 'nv', label: 'NVIDIA', title: 'As an NVIDIA card draws it' },
];

export const NOISE_LEVELS = [
  { value: 'trained', label: 'The checkpoint’s own' },
  { value: 'zero-terminal-snr', label: 'Zero terminal SNR' },
];

export const UNIPC_VARIANTS = [{ value: 'bh1', label: 'bh1' }, { value: 'bh2', label: 'bh2' }, { value: 'vary-coeff', label: 'vary_coeff' }];
export const UNIPC_SPACINGS = [
  { value: 'time-uniform', label: 'even in time' },
  { value: 'time-quadratic', label: 'quadratic in time' },
  { value: 'log-snr', label: 'even in log SNR' },
];

export const PROFILE_NAMES = [
  { value: 'studio', label: 'Studio' },
  { value: 'a1111', label: 'AUTOMATIC1111' },
  { value: 'custom', label: 'Mixed' },
];

/**
 * Every way in which the two profiles differ.
 * @type {{key: keyof Rules, label: string, options: {value: string, label: string}[]}[]}
 */
export const RULES = [
  {
    key: 'steps', label: 'Steps', options: [
      { value: 'exact', label: 'Strength × steps' },
      { value: 'a1111', label: 'One step more' },
      { value: 'a1111-fix-steps', label: 'Always all steps' },
    ],
  },
  {
    key: 'latent_mask', label: 'Latent mask', options: [
      { value: 'covering', label: 'All cells touched' },
      { value: 'rounded', label: 'Cells half covered' },
      { value: 'soft', label: 'Soft, by coverage' },
    ],
  },
  {
    key: 'content_noise', label: 'Latent noise', options: [
      { value: 'independent', label: 'Its own for every image' },
      { value: 'shared', label: 'First batch’s, for all' },
    ],
  },
  {
    key: 'subseed_blend', label: 'Variations', options: [
      { value: 'image', label: 'Whole noise turns' },
      { value: 'a1111', label: 'Column by column' },
    ],
  },
  {
    key: 'guidance_start', label: 'Guidance starts', options: [
      { value: 'exact', label: 'At its share of calls' },
      { value: 'a1111', label: 'One call later' },
    ],
  },
  {
    key: 'composite', label: 'Paste back', options: [
      { value: 'exact', label: 'Untouched picture' },
      { value: 'a1111', label: '8-bit overlay' },
    ],
  },
  { key: 'pixel_rounding', label: 'Pixel rounding', options: [{ value: 'nearest', label: 'Nearest' }, { value: 'truncate', label: 'Truncate' }] },
  {
    key: 'colour_correction', label: 'Colour correction', options: [
      { value: 'exact', label: 'In full depth' },
      { value: 'a1111', label: 'In 8 bits' },
    ],
  },
  {
    key: 'ddim', label: 'DDIM', options: [
      { value: 'exact', label: 'Added noise to zero' },
      { value: 'a1111', label: 'One stride below' },
    ],
  },
  {
    key: 'last_step', label: 'Last step', options: [
      { value: 'clean', label: 'No noise is left' },
      { value: 'a1111', label: 'Smallest noise stays' },
    ],
  },
  {
    key: 'one_step', label: 'Align Your Steps', options: [
      { value: 'highest', label: 'One step: highest noise' },
      { value: 'lowest', label: 'One step: lowest noise' },
    ],
  },
  {
    key: 'beta_quantiles', label: 'Beta schedule', options: [
      { value: 'timestep', label: 'Spread over timesteps' },
      { value: 'sigma', label: 'Spread over sigmas' },
    ],
  },
  {
    key: 'step_control', label: 'DPM adaptive', options: [
      { value: 'image', label: 'Watches each image' },
      { value: 'batch', label: 'Watches the batch' },
    ],
  },
  { key: 'third_order', label: 'DPM++ 3M SDE', options: [{ value: 'exact', label: 'Third order' }, { value: 'a1111', label: 'As in k-diffusion' }] },
  { key: 'unipc_corrector', label: 'UniPC, vary-coeff', options: [{ value: 'exact', label: 'As in its paper' }, { value: 'a1111', label: 'As in its code' }] },
  {
    key: 'prompt_weight', label: 'Number at the end', options: [
      { value: 'composition', label: 'Weights AND parts' },
      { value: 'a1111', label: 'Weights all of it' },
    ],
  },
  {
    key: 'prompt_timeline', label: 'Edits in a prompt', options: [
      { value: 'exact', label: 'Of the steps that run' },
      { value: 'a1111', label: 'Of all steps' },
    ],
  },
  {
    key: 'prompt_breaks', label: 'BREAK', options: [
      { value: 'everywhere', label: 'Works inside brackets' },
      { value: 'a1111', label: 'A word inside brackets' },
    ],
  },
  {
    key: 'emphasis_mean', label: 'Emphasis mean', options: [
      { value: 'each', label: 'Of each text' },
      { value: 'a1111', label: 'Of all texts of an edit' },
    ],
  },
  {
    key: 'text_lengths', label: 'Texts of one prompt', options: [
      { value: 'own', label: 'Each of its own length' },
      { value: 'a1111', label: 'Filled up to the longest' },
    ],
  },
  {
    key: 'moved_embeddings', label: 'Moved embedding', options: [
      { value: 'follow', label: 'Moves along' },
      { value: 'a1111', label: 'Stays behind' },
    ],
  },
  {
    key: 'repeated_networks', label: 'LoRA named twice', options: [
      { value: 'each', label: 'Each with its own strength' },
      { value: 'a1111', label: 'The last strength, twice' },
    ],
  },
  {
    key: 'unknown_networks', label: 'Missing LoRA', options: [
      { value: 'refused', label: 'Stop and say so' },
      { value: 'ignored', label: 'Go on without it' },
    ],
  },
];

/** @param {Rules} rules @returns {'studio' | 'a1111' | 'custom'} */
export function profileOf(rules) {
  if (isSame(rules, PROFILES.studio)) return 'studio';
  return isSame(rules, PROFILES.a1111) ? 'a1111' : 'custom';
}

/** @param {Rules} rules */
export const rulesSummary = (rules) => ({ studio: 'Studio', a1111: 'AUTOMATIC1111', custom: 'mixed' })[profileOf(rules)];

/** @param {SamplingSettings} sampling */
export function samplingSummary({ sampler, scheduler, steps, cfg_scale: cfg }) {
  return [sampler, ...(scheduler === 'Automatic' ? [] : [scheduler]), String(steps), `CFG ${Number(cfg.toFixed(1))}`].join(' · ');
}

/** @param {CanvasSettings} canvas */
export function sizeSummary({ width, height }) {
  return width === null && height === null ? 'the model’s own' : `${width ?? 'auto'} × ${height ?? 'auto'}`;
}

/** Empty when nothing is switched on. @param {CanvasSettings} canvas @param {SoftInpaintingSettings} soft */
export const blendingSummary = (canvas, soft) => [
  ...(soft.enabled ? ['on'] : []),
  ...(canvas.corrects_colours ? ['colours'] : []),
  ...(canvas.keeps_original ? [] : ['without the original']),
].join(' · ');

/** @param {NoiseSettings} noise @param {Rules} rules */
export function noiseSummary({ multiplier, extra, subseed_strength: variation, source }, { content_noise: stream }) {
  return [
    multiplier.toFixed(2), ...(extra ? [`+${extra.toFixed(2)}`] : []), ...(variation ? [`variation ${variation.toFixed(2)}`] : []),
    ...(source === 'nv' ? ['NVIDIA'] : []), ...(stream === 'shared' ? ['shared stream'] : []),
  ].join(' · ');
}

/** Settings without effect on a sampler are not shown; as `TRAITS` in traits.py. */
const TAKES_ETA = new Set([
  'DPM++ SDE', 'DPM++ 2M SDE', 'DPM++ 2M SDE Heun', 'DPM++ 2S a', 'DPM++ 3M SDE', 'Euler a', 'DPM2 a', 'DPM fast',
  'DPM adaptive', 'DDIM', 'DDIM CFG++',
]);
const TAKES_CHURN = new Set(['Euler', 'Heun', 'DPM2']);
const TAKES_NOISE_SCALE = new Set([
  'DPM++ SDE', 'DPM++ 2M SDE', 'DPM++ 2M SDE Heun', 'DPM++ 2S a', 'DPM++ 3M SDE', 'Euler', 'Heun', 'DPM2', 'DPM2 a', 'DPM fast',
]);
/** @param {string} sampler */
export const takesEta = (sampler) => TAKES_ETA.has(sampler);
/** @param {string} sampler */
export const takesChurn = (sampler) => TAKES_CHURN.has(sampler);
/** @param {string} sampler */
export const takesNoiseScale = (sampler) => TAKES_NOISE_SCALE.has(sampler);
