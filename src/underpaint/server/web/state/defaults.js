// @ts-check
/** @import { InpaintRequest, Rules, Settings } from '../api/api.d.ts' */

/** Both sets of rules, as `Profile` in request.py. */
export const PROFILES = Object.freeze({
  studio: /** @type {Readonly<Rules>} */ (Object.freeze({
    file_reading: 'exact', steps: 'exact', latent_mask: 'covering', content_noise: 'independent', subseed_blend: 'image', guidance_start: 'exact', composite: 'exact',
    pixel_rounding: 'nearest', colour_correction: 'exact', ddim: 'exact', last_step: 'clean', one_step: 'highest', beta_quantiles: 'timestep', step_control: 'image', third_order: 'exact', unipc_corrector: 'exact', prompt_weight: 'composition',
    prompt_timeline: 'exact', prompt_breaks: 'everywhere', emphasis_mean: 'each', text_lengths: 'own', moved_embeddings: 'follow', repeated_networks: 'each',
    unknown_networks: 'refused',
  })),
  a1111: /** @type {Readonly<Rules>} */ (Object.freeze({
    file_reading: 'a1111', steps: 'a1111', latent_mask: 'rounded', content_noise: 'shared', subseed_blend: 'a1111', guidance_start: 'a1111', composite: 'a1111',
    pixel_rounding: 'truncate', colour_correction: 'a1111', ddim: 'a1111', last_step: 'a1111', one_step: 'lowest', beta_quantiles: 'sigma', step_control: 'batch', third_order: 'a1111', unipc_corrector: 'a1111', prompt_weight: 'a1111',
    prompt_timeline: 'a1111', prompt_breaks: 'a1111', emphasis_mean: 'a1111', text_lengths: 'a1111', moved_embeddings: 'a1111', repeated_networks: 'a1111',
    unknown_networks: 'ignored',
  })),
});

/** Settings until the server has answered. @returns {InpaintRequest} */
export const defaultRequest = () => ({
  model: 'storybook',
  prompt: {
    positive: '', negative: '', clip_skip: 1, emphasis: 'original', edit_times: 'pointed', comma_backtrack: 20, padding: 'none',
    uses_networks: true,
  },
  mask: { mode: 'masked', grow_px: 0, blur_x_px: 4, blur_y_px: 4, conditioning_strength: 1 },
  canvas: {
    content: 'original', area: 'only-masked', padding_px: 32, width: null, height: null,
    resize_mode: 'just-resize', background: '#ffffff', corrects_colours: false, keeps_original: true,
  },
  sampling: {
    denoising_strength: 0.75, steps: 20, sampler: 'DPM++ 2M', scheduler: 'Automatic',
    schedule: { sigma_min: 0, sigma_max: 0, rho: 0, beta_alpha: 0.6, beta_beta: 0.6 },
    cfg_scale: 7, negative_min_sigma: 0, negative_min_sigma_every_call: false, negative_from: 0, eta: null, churn: 0,
    churn_sigma_min: 0, churn_sigma_max: 0, noise_scale: 1, discards_penultimate_sigma: false, noise_levels: 'trained', rounds_alphas: false,
    resampling: 0, rounds_timesteps: false, tiles: false,
    unipc: { variant: 'bh1', order: 3, lowers_final_order: true, spacing: 'time-uniform' },
  },
  noise: {
    seed: null, subseed: null, subseed_strength: 0, seed_resize_from_width: 0, seed_resize_from_height: 0, source: 'cpu',
    multiplier: 1, is_sgm_scaled: false, extra: 0, eta_seed_delta: 0,
  },
  soft_inpainting: {
    enabled: false, schedule_bias: 1, preservation_strength: 0.5, transition_contrast: 4, mask_influence: 0,
    difference_threshold: 0.5, difference_contrast: 2,
  },
  extras: { mask: false, cut_out: false },
  batch: { size: 1, count: 4 },
  controls: [],
  rules: { ...PROFILES.studio },
  unwritten_keys: [],
});

/** @returns {Settings} */
export const defaultSettings = () => ({ request: defaultRequest(), underpainting: 'original', task: 'custom' });
