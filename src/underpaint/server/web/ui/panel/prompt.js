// @ts-check
import { html } from 'htm/preact';
import { isFirstPicture } from '../../state/store.js';
import { TextArea } from '../parts.js';
import { bound } from './bind.js';

export const Prompt = () => html`
  <section class="ps prompt">
    <h3>Prompt</h3>
    <${TextArea} id="prompt" label="Prompt" rows=${2} placeholder=${isFirstPicture.value ? 'What to see' : 'What to see in the masked part'}
      ...${bound('prompt.positive')} />
    <${TextArea} label="Negative prompt" rows=${1} prefix="Not" placeholder="What to avoid" ...${bound('prompt.negative')} />
  </section>`;
