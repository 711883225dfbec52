// @ts-check
/** Settings by their path, tasks, and what differs from a task. Pure functions. */
import { defaultRequest } from './defaults.js';
/** @import { InpaintRequest, ModelInfo, Settings, TaskPreset, Underpainting } from '../api/api.d.ts' */
/** @import { SettingPath, SettingValue } from './types.d.ts' */

/** @template {SettingPath} P @param {InpaintRequest} request @param {P} path @returns {SettingValue<P>} */
export function settingAt(request, path) {
  /** @type {unknown} */
  let value = request;
  for (const key of path.split('.')) value = /** @type {Record<string, unknown>} */ (value)[key];
  return /** @type {SettingValue<P>} */ (value);
}

/** The same request with one setting changed; the parts that stay are shared.
 *  @template {SettingPath} P @param {InpaintRequest} request @param {P} path @param {SettingValue<P>} value @returns {InpaintRequest} */
export function withSetting(request, path, value) {
  const [group, key] = /** @type {[keyof InpaintRequest, string | undefined]} */ (path.split('.'));
  if (key === undefined) return { ...request, [group]: value };
  return { ...request, [group]: { .../** @type {object} */ (request[group]), [key]: value } };
}

/** Another checkpoint. Settings that are as the last one recommends become what the next one does; others stay.
 *  @param {InpaintRequest} request @param {string} name @param {readonly ModelInfo[]} models @returns {InpaintRequest} */
export function withModel(request, name, models) {
  const before = recommendedFor(request.model, models);
  const after = recommendedFor(name, models);
  /** @template {keyof typeof after} K @param {K} key */
  const followed = (key) => (request.sampling[key] === before[key] ? after[key] : request.sampling[key]);
  return {
    ...request,
    model: name,
    sampling: {
      ...request.sampling, steps: followed('steps'), sampler: followed('sampler'), scheduler: followed('scheduler'), cfg_scale: followed('cfg_scale'),
    },
  };
}

/** With all that is recommended for the checkpoint, the usual where it says nothing.
 *  @param {InpaintRequest} request @param {readonly ModelInfo[]} models @returns {InpaintRequest} */
export const asRecommended = (request, models) => ({ ...request, sampling: { ...request.sampling, ...recommendedFor(request.model, models) } });

/** What is recommended for a checkpoint, the usual where it says nothing. @param {string} name @param {readonly ModelInfo[]} models */
function recommendedFor(name, models) {
  const usual = defaultRequest().sampling;
  const said = models.find((model) => model.name === name)?.recommended;
  return {
    steps: said?.steps ?? usual.steps,
    sampler: said?.sampler ?? usual.sampler,
    scheduler: said?.scheduler ?? usual.scheduler,
    cfg_scale: said?.cfg_scale ?? usual.cfg_scale,
  };
}

/** @type {Partial<Record<SettingPath, string>>} */
const NAMES = {
  model: 'Checkpoint', batch: 'Images', rules: 'Rules', 'prompt.positive': 'Prompt', 'prompt.negative': 'Negative prompt',
  'prompt.clip_skip': 'CLIP skip', 'canvas.area': 'Inpaint area', 'canvas.padding_px': 'Padding', 'mask.mode': 'Mask mode', 'mask.grow_px': 'Mask growth',
  controls: 'Line art lock', 'sampling.denoising_strength': 'Strength', 'sampling.cfg_scale': 'CFG scale',
};

/** What the undo list calls a setting. @param {SettingPath} path */
export function settingName(path) {
  const words = (path.split('.')[1] ?? path).replace(/_px$/, '').replaceAll('_', ' ');
  return NAMES[path] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The masked content that an underpainting stands for; the sketch goes under *original*. @param {Underpainting} underpainting */
export const contentOf = (underpainting) => (underpainting === 'sketch' ? 'original' : underpainting);

/** @param {Settings} settings @param {Underpainting} underpainting @returns {Settings} */
export const withUnderpainting = (settings, underpainting) => ({
  ...settings, underpainting, request: withSetting(settings.request, 'canvas.content', contentOf(underpainting)),
});

/** What a task fills in for this picture: *add* starts from the sketch when there is one.
 *  @param {TaskPreset} preset @param {boolean} hasSketch @returns {Underpainting | null} */
const underpaintingOf = (preset, hasSketch) => (preset.task === 'add' && hasSketch ? 'sketch' : preset.underpainting);

/** As `ADD_OVER_SKETCH` in tasks.py. */
const STRENGTH_OVER_SKETCH = 0.4;

/** *Add* needs less noise over a sketch than over a fill. @param {TaskPreset} preset @param {boolean} hasSketch */
const strengthOf = (preset, hasSketch) => {
  if (preset.task !== 'add' || preset.denoising_strength === null) return preset.denoising_strength;
  return hasSketch ? STRENGTH_OVER_SKETCH : preset.denoising_strength;
};

/** Settings with a task's values filled in; prompt, size, seed and sampler stay.
 *  @param {Settings} settings @param {TaskPreset} preset @param {{hasSketch: boolean}} facts @returns {Settings} */
export function withTask(settings, preset, { hasSketch }) {
  let { request } = settings;
  const strength = strengthOf(preset, hasSketch);
  if (strength !== null) request = withSetting(request, 'sampling.denoising_strength', strength);
  if (preset.area !== null) request = withSetting(request, 'canvas.area', preset.area);
  if (preset.padding_px !== null) request = withSetting(request, 'canvas.padding_px', preset.padding_px);
  if (preset.grow_px !== null) request = withSetting(request, 'mask.grow_px', preset.grow_px);
  if (preset.resampling !== null) request = withSetting(request, 'sampling.resampling', preset.resampling);
  if (preset.mask_mode !== null) request = withSetting(request, 'mask.mode', preset.mask_mode);
  if (preset.blur_px !== null) {
    request = withSetting(withSetting(request, 'mask.blur_x_px', preset.blur_px), 'mask.blur_y_px', preset.blur_px);
  }
  const underpainting = underpaintingOf(preset, hasSketch);
  const filled = { ...settings, request, task: preset.task };
  return underpainting === null ? filled : withUnderpainting(filled, underpainting);
}

/**
 * Whether anything that the task fills in has another value now.
 * @param {Settings} settings
 * @param {TaskPreset} preset
 * @param {{hasSketch: boolean}} facts
 */
export function differsFromTask(settings, preset, facts) {
  const filled = withTask(settings, preset, facts);
  return filled.underpainting !== settings.underpainting || !isSame(filled.request, settings.request);
}

/** Deep equality of JSON values. @param {unknown} one @param {unknown} other @returns {boolean} */
export function isSame(one, other) {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => isSame(/** @type {Record<string, unknown>} */ (one)[key], /** @type {Record<string, unknown>} */ (other)[key]));
}

/**
 * The part of settings that changed, as a draft's PATCH wants it.
 * @param {Settings} before
 * @param {Settings} after
 * @returns {Partial<Settings>}
 */
export function changeBetween(before, after) {
  /** @type {Partial<Settings>} */
  const change = {};
  if (!isSame(before.request, after.request)) change.request = after.request;
  if (before.underpainting !== after.underpainting) change.underpainting = after.underpainting;
  if (before.task !== after.task) change.task = after.task;
  return change;
}

/** Splits images into batches: together as asked when it divides, else one after the other.
 *  @param {number} images @param {number} size @returns {{size: number, count: number}} */
export const batchesOf = (images, size) => (images % size === 0 ? { size, count: images / size } : { size: 1, count: images });

/** @param {unknown} recipe @returns {recipe is {request: InpaintRequest}} */
export const isSettingsLike = (recipe) => typeof recipe === 'object' && recipe !== null && 'request' in recipe
  && typeof recipe.request === 'object' && recipe.request !== null && 'canvas' in recipe.request;
