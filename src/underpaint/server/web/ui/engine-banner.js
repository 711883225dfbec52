// @ts-check
/** The engine cannot be started, or cannot go on: why, what is safe, and another try. */
import { html } from 'htm/preact';
import '@preact/signals';
import { restartEngine } from '../state/actions.js';
import { connection, engineProblem } from '../state/store.js';
import { headAndRest } from '../state/zones.js';
import { Button, Icon } from './parts.js';

/** Of an engine that died; other problems say themselves what becomes of the queue. */
const DIED = 'engine-died';

export function EngineBanner() {
  const problem = engineProblem.value;
  if (!problem || connection.value === 'offline') return null;
  const [head, rest] = headAndRest(problem.message);
  return html`
    <section class="offline" aria-label="Engine" role="alert">
      <${Icon} name="warn" size=${16} />
      <p><b>${head}</b> ${rest}${problem.code === DIED ? ' Jobs wait in the queue.' : ''}</p>
      <${Button} isSmall onClick=${restartEngine}>Try again<//>
    </section>`;
}
