// @ts-check
import { html } from 'htm/preact';
import { generate, rescanModels, setImages } from '../../state/actions.js';
import { aboutText, batchSizes, batchText, expectedSeconds } from '../../state/zones.js';
import { advice, blocked, headNode, imageCount, isMaskShown, jobList, models, request, runningJob, status } from '../../state/store.js';
import { Button, Icon, Menu, Stepper } from '../parts.js';

const MOST_IMAGES = 64;

export const GenerateFooter = () => html`<footer class="go"><${Images} /><${Hint} /><${GenerateButton} /></footer>`;

/** The button itself; the phone has its own place for it. */
export function GenerateButton() {
  const reason = blocked.value;
  return html`
    <${Button} kind="primary" keys="Ctrl ↵" id="generate" aria-disabled=${reason ? 'true' : undefined}
      aria-describedby=${reason ? 'blocked' : undefined} onClick=${() => generate()}>${runningJob.value ? 'Add to queue' : 'Generate'}<//>`;
}

function Images() {
  const images = imageCount.value;
  const { batch } = request.value;
  const seconds = expectedSeconds(jobList.value, request.value, headNode.value?.id ?? null);
  const items = () => batchSizes(images).map((size) => ({
    label: size === 1 ? 'One after the other' : `${size} at once`,
    isChecked: size === batch.size,
    run: () => setImages(images, size),
  }));
  return html`
    <div class="goi">
      <${Stepper} label="Images" value=${images} min=${1} max=${MOST_IMAGES} onChange=${(/** @type {number} */ wanted) => setImages(wanted)} />
      <div class="what">
        <span aria-hidden="true">${images === 1 ? 'image' : 'images'}</span>
        <${Menu} label="How many at once" title="How many at once: batch count × batch size" items=${items}><small>${batchText(batch)}</small><//>
      </div>
      <div class="grow"></div>
      ${seconds !== null && html`<small class="cost">${aboutText(seconds)}</small>`}
    </div>`;
}

/** Why Generate cannot run, or what is easily overlooked. */
function Hint() {
  const reason = blocked.value;
  if (reason) return html`<${Blocked} reason=${reason} />`;
  if (isMaskShown.value || !headNode.value) return null;
  return html`<p class="blocked warn"><${Icon} name="eyeoff" size=${14} />The mask is hidden, still used.</p>`;
}

/** Not shown, only spoken, where the advice strip says the same. @param {{reason: string}} props */
function Blocked({ reason }) {
  const hasNoModel = models.value.length === 0 && status.value !== null;
  const isSaidAbove = advice.value?.code === 'nothing-masked' && !hasNoModel;
  return html`
    <p class=${isSaidAbove ? 'visually-hidden' : 'blocked'} id="blocked">
      <${Icon} name="info" size=${14} /><span>${reason}</span>
      ${hasNoModel && html`<button type="button" class="lk" onClick=${rescanModels}>Rescan</button>`}
    </p>`;
}
