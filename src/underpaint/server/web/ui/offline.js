// @ts-check
/** The server is gone: what is safe, and when the next try is due. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import '@preact/signals';
import { reconnect } from '../state/live.js';
import { connection, retryAt } from '../state/store.js';
import { Button, Icon } from './parts.js';

export function OfflineBanner() {
  if (connection.value !== 'offline') return null;
  return html`
    <section class="offline" aria-label="Connection">
      <${Icon} name="offline" size=${16} />
      <p><b>The server does not answer.</b> Your strokes are kept here. <${Countdown} /></p>
      <${Button} isSmall onClick=${reconnect}>Try now<//>
    </section>`;
}

function Countdown() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (retryAt.value === null) return 'Trying again …';
  const seconds = Math.max(0, Math.ceil((retryAt.value - now) / 1000));
  return seconds ? `Next try in ${seconds} s.` : 'Trying again …';
}
