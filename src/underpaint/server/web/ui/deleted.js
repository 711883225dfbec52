// @ts-check
/** The open project was deleted in another window: what is safe, and the two ways on. */
import { html } from 'htm/preact';
import '@preact/signals';
import { closeProject, restoreOpenProject } from '../state/actions.js';
import { isProjectDeleted, saveState } from '../state/store.js';
import { Button, Icon } from './parts.js';

export function DeletedBanner() {
  if (!isProjectDeleted.value) return null;
  return html`
    <section class="offline is-calm" aria-label="Project" role="status">
      <${Icon} name="trash" size=${16} />
      <p><b>This project was deleted in another window.</b>${saveState.value === 'saved' ? '' : ' What is not saved yet is kept in this browser.'}</p>
      <${Button} isSmall onClick=${closeProject}>Start page<//>
      <${Button} isSmall onClick=${restoreOpenProject}>Restore<//>
    </section>`;
}
