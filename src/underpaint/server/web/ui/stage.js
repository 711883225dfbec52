// @ts-check
/** Where the canvas is. It lives as long as the page and moves into whichever layout shows it. */
import { html } from 'htm/preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { urls } from '../api/client.js';
import { activeJob, isFirstPicture, jobs, peekedResult, picked, runningJob } from '../state/store.js';

/** What the editor draws into. */
export const canvasHost = document.createElement('div');
canvasHost.className = 'canvas-host';

/** @param {{children?: import('preact').ComponentChildren}} props what lies over the canvas */
export function Stage({ children }) {
  const ref = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    ref.current?.prepend(canvasHost);
    return () => canvasHost.remove();
  }, []);
  canvasHost.hidden = isFirstPicture.value;
  return html`<div class="stage" ref=${ref} data-region="canvas">${isFirstPicture.value && html`<${FirstNote} />`}${children}</div>`;
}

/** Before there is a picture: the result that is looked at, else what to do. */
function FirstNote() {
  const ref = peekedResult.value ?? picked.value;
  const result = ref && jobs.value.get(ref.job_id)?.results[ref.index];
  const running = runningJob.value;
  const url = result?.picture ? urls.picture(result.picture.sha256)
    : running && running === activeJob.value && running.progress?.preview ? urls.preview(running.id, running.progress.preview) : null;
  if (url) {
    const alt = result ? `Result ${result.index + 1}` : 'Preview of the running image';
    return html`<div class="note"><img src=${url} alt=${alt} draggable=${false} /></div>`;
  }
  return html`
    <div class="note">
      <div class="box"><b>No picture yet</b>Describe one in the settings and generate. The result you keep becomes the picture to paint on.</div>
    </div>`;
}
