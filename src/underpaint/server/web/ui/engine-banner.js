// @ts-check
/** The engine cannot be started: why, what is safe, and another try. */
import { html } from 'htm/preact';
import '@preact/signals';
import { restartEngine } from '../state/actions.js';
import { connection, engineProblem } from '../state/store.js';
import { Button, Icon } from './parts.js';

export function EngineBanner() {
  const problem = engineProblem.value;
  if (!problem || connection.value === 'offline') return null;
  return html`
    <section class="offline" aria-label="Engine" role="alert">
      <${Icon} name="warn" size=${16} />
      <p><b>${problem.message}</b> Jobs wait in the queue.</p>
      <${Button} isSmall onClick=${restartEngine}>Try again<//>
    </section>`;
}
