// @ts-check
/** The settings: what shall be done, what the model starts from, how far it may go. */
import { html } from 'htm/preact';
import { isFirstPicture, isPanelOpen, isPhone } from '../../state/store.js';
import { PanelTabs } from '../inspector.js';
import { Blending, ModelConditioning } from './blending.js';
import { Details } from './details.js';
import { FirstPicture } from './first.js';
import { GenerateButton, GenerateFooter } from './footer.js';
import { LineArtLock } from './line-art.js';
import { Prompt } from './prompt.js';
import { Noise, RulesSection, Sampling, Size } from './sections.js';
import { Strength } from './strength.js';
import { Tasks } from './tasks.js';
import { UnderpaintingChoices, UnderpaintingSection } from './underpainting.js';

export { GenerateButton, GenerateFooter };

export const SettingsPanel = () => html`
  <aside class="panel" aria-label="Settings" data-region="panel" data-open=${String(isPanelOpen.value)}>
    <${PanelTabs} />
    <div class="pb" tabindex="-1"><${SettingsBody} /></div>
    <${GenerateFooter} />
  </aside>`;

/** Without frame and footer, for the sheet of the phone. */
export const SettingsBody = () => html`
  ${isFirstPicture.value ? html`<${FirstPicture} />` : html`<${Tasks} />`}
  <${Prompt} />
  ${!isFirstPicture.value && (isPhone.value
    ? html`<${UnderpaintingChoices} /><${Strength} /><${UnderpaintingSection} title="What the model sees" hasChoices=${false} />`
    : html`<${UnderpaintingSection} /><${Strength} />`)}
  <${Sampling} />
  ${!isFirstPicture.value && html`<${Size} />`}
  <${Noise} />
  ${!isFirstPicture.value && html`<${LineArtLock} /><${ModelConditioning} /><${Blending} />`}
  <${Details} /><${RulesSection} />`;
