// @ts-check
import { html } from 'htm/preact';
import { describe } from '../../state/actions.js';
import { describingBlocked, isDescribing, isFirstPicture } from '../../state/store.js';
import { Button, TextArea } from '../parts.js';
import { bound } from './bind.js';

export const Prompt = () => html`
  <section class="ps prompt">
    <div class="head"><h3>Prompt</h3>${!isFirstPicture.value && html`<${DescribeButton} />`}</div>
    <${TextArea} id="prompt" label="Prompt" rows=${2} placeholder=${isFirstPicture.value ? 'What to see' : 'What to see in the masked part'}
      ...${bound('prompt.positive')} />
    <${TextArea} label="Negative prompt" rows=${1} prefix="Not" placeholder="What to avoid" ...${bound('prompt.negative')} />
  </section>`;

/** Where it cannot be used, it says why to whoever points at it or moves to it. */
function DescribeButton() {
  const reason = describingBlocked.value;
  return html`
    <${Button} kind="quiet" isSmall id="describe" aria-disabled=${reason || isDescribing.value ? 'true' : undefined}
      title=${reason ?? 'Put what is in the picture in place of the prompt'} aria-busy=${isDescribing.value ? 'true' : undefined}
      onClick=${describe}>${isDescribing.value ? 'Describing …' : 'Describe'}<//>`;
}
