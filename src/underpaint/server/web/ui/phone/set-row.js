// @ts-check
import { html } from 'htm/preact';
import '@preact/signals';
import { generate, setImages } from '../../state/actions.js';
import { UNDERPAINTING_NAMES } from '../../state/zones.js';
import { blocked, draft, imageCount, isFirstPicture, request, tasks, underpaintings } from '../../state/store.js';
import { Button, Icon, Stepper } from '../parts.js';

/** The settings in one line, and Generate. @param {{onOpen: () => void}} props */
export function SetRow({ onOpen }) {
  const { underpainting, task } = draft.value;
  const preview = underpaintings.value?.previews.find((each) => each.underpainting === underpainting);
  const { prompt, sampling } = request.value;
  const taskName = tasks.value.find((preset) => preset.task === task)?.name ?? 'Custom';
  const line = isFirstPicture.value ? 'First picture' : `${taskName}, ${UNDERPAINTING_NAMES[underpainting]} ${sampling.denoising_strength.toFixed(2)}`;
  const reason = blocked.value;
  return html`
    <div class="pset" data-region="panel">
      <button type="button" class="pchip" onClick=${onOpen}>
        ${preview ? html`<img src=${preview.url} alt="" draggable=${false} />` : html`<span class="no-picture"><${Icon} name="tune" size=${18} /></span>`}
        <span><b><span class="visually-hidden">Settings: </span>${line}</b><small>${prompt.positive || 'Describe what shall be there'}</small></span><${Icon} name="up" size=${18} />
      </button>
      <${Button} kind="primary" id="generate" aria-disabled=${reason ? 'true' : undefined} title=${reason ?? undefined} onClick=${() => (reason ? onOpen() : generate())}>Generate ${imageCount.value}<//>
    </div>`;
}

export const ImageStepper = () => html`<span onClick=${(/** @type {Event} */ event) => event.stopPropagation()}>
  <${Stepper} label="Images" value=${imageCount.value} min=${1} max=${64} onChange=${(/** @type {number} */ wanted) => setImages(wanted)} /></span>`;
