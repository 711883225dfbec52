// @ts-check
/** The image that is being made: its small preview, laid into the picture where the mask is. */
import { html } from 'htm/preact';
import { useEffect, useId, useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../api/client.js';
import { frameOf, startOf } from '../state/job-start.js';
import { layers, project } from '../state/store.js';
/** @import { Job } from '../api/api.d.ts' */

/** A mask larger than this is not worth decoding for a thumbnail. */
const LARGEST_MASK_PX = 4096;

/**
 * What was asked about a job, asked again when its layers change; null until there is an answer.
 * @template T
 * @param {Job} job
 * @param {(job: Job) => Promise<T | null>} ask
 * @returns {T | null}
 */
function useAnswer(job, ask) {
  const [answer, setAnswer] = useState(/** @type {T | null} */ (null));
  const { mask, sketch } = layers.value;
  useEffect(() => {
    let isCurrent = true;
    ask(job).then((found) => { if (isCurrent) setAnswer(found); });
    return () => { isCurrent = false; };
  }, [job.id, mask.version, sketch.version]);
  return answer;
}

/** What lay under a job's mask; null also when the mask is not the same any more. @param {Job} job */
export const useStart = (job) => useAnswer(job, startOf);

/** What the model sees in a job; null also when its mask is gone. @param {Job} job */
export const useFrame = (job) => useAnswer(job, frameOf);

/** @param {{job: Job, version: number, px: number}} props */
export function RunningPicture({ job, version, px }) {
  const frame = useFrame(job);
  const id = useId();
  const node = project.value?.nodes.find((each) => each.id === job.node_id);
  const preview = urls.preview(job.id, version);
  if (!node || !frame) return html`<img src=${preview} alt="" draggable=${false} />`;
  const { picture } = node;
  const isMasked = Math.max(picture.width, picture.height) <= LARGEST_MASK_PX && job.request.mask.mode === 'masked';
  const mask = `${urls.layer(node.id, 'mask')}?v=${layers.value.mask.version}`;
  return html`
    <svg viewBox=${`0 0 ${picture.width} ${picture.height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      ${isMasked && html`<mask id=${id}><image href=${mask} width=${picture.width} height=${picture.height} /></mask>`}
      <image href=${urls.thumbnail(picture.sha256, px)} width=${picture.width} height=${picture.height} />
      <image href=${preview} x=${frame.x} y=${frame.y} width=${frame.width} height=${frame.height} preserveAspectRatio="none" mask=${isMasked ? `url(#${id})` : undefined} />
    </svg>`;
}
