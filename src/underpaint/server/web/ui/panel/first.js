// @ts-check
/** A project without a picture: the first one is generated from words alone. */
import { html } from 'htm/preact';
import { Presets } from './presets.js';
import { SizeFields } from './size.js';

export const FirstPicture = () => html`
  <section class="ps">
    <div class="head"><h3>First picture</h3><${Presets} /></div>
    <p class="why first">Describe the whole picture. The best of the results becomes the picture you go on with.</p>
    <${SizeFields} />
  </section>`;
