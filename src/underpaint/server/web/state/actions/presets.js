// @ts-check
/** Verbs for named settings. */
import * as store from '../store.js';
import { api } from '../../api/client.js';
import { record } from '../context.js';
import { attempt, toast } from './page.js';
import { endGesture, showSettings } from './settings.js';

export const listPresets = () => attempt(async () => { store.presets.value = await api.presets(); });

/** Keeps what the panel shows under a name; an old one of that name is replaced. @param {string} name */
export const savePreset = (name) => attempt(async () => {
  await api.savePreset(name, store.draft.value);
  await listPresets();
  toast(`Preset "${name}" saved`);
});

/** @param {string} name */
export function loadPreset(name) {
  const preset = store.presets.value.find((known) => known.name === name);
  if (!preset) return;
  endGesture();
  const before = store.draft.value;
  const after = { request: preset.request, underpainting: preset.underpainting, task: preset.task };
  showSettings(after);
  record('Load preset', () => showSettings(before), () => showSettings(after));
}

/** @param {string} name */
export const deletePreset = (name) => attempt(async () => {
  const old = store.presets.value.find((known) => known.name === name);
  await api.deletePreset(name);
  await listPresets();
  if (!old) return;
  const { request, underpainting, task } = old;
  toast(`Preset "${name}" removed`, async () => {
    await api.savePreset(name, { request, underpainting, task });
    await listPresets();
  });
});
