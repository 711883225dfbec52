// @ts-check
/** A piece of a picture, cut out by the browser so that nothing new is fetched for it. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { urls } from '../api/client.js';
import { cutPlacement, piecePlacement } from './compare-maths.js';
import { changedBox, inPicture } from './picture-diff.js';
/** @import { Frame, PictureInfo } from '../api/api.d.ts' */

const DIFF_PX = 256;
const LARGEST_PX = 2048;

/**
 * @param {object} props
 * @param {PictureInfo} props.picture
 * @param {Frame | null} props.box     what to show; null = all of it
 * @param {string} props.alt
 * @param {number} [props.aspect]
 * @param {number} [props.px]          width it is shown at, in CSS pixels
 * @param {{frame: Frame, url: string} | null} [props.over]   a picture of one part, laid over it
 */
export function Cut({ picture, box, alt, aspect = 1.12, px = 160, over = null }) {
  const { width, left, top } = cutPlacement(box, picture, aspect);
  const wanted = (px * width * Math.max(1, devicePixelRatio)) / 100;
  const side = Math.max(picture.width, picture.height);
  const longest = Math.min(LARGEST_PX, side, 256 * Math.ceil((wanted * side) / picture.width / 256));
  return html`<span class="cut" style=${{ '--aspect': String(aspect) }}>
    <img src=${urls.thumbnail(picture.sha256, longest)} alt=${alt} draggable=${false}
      style=${{ width: `${width}%`, left: `${left}%`, top: `${top}%` }} />
    ${over && html`<img class="over" src=${over.url} alt="" draggable=${false} style=${percentages(piecePlacement(over.frame, box, picture, aspect))} />`}</span>`;
}

/** @param {Record<string, number>} numbers */
const percentages = (numbers) => Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, `${number}%`]));

/**
 * Where the second picture differs from the first; null until measured, and when nothing differs or sizes do.
 * @param {PictureInfo | null | undefined} before
 * @param {PictureInfo | null | undefined} after
 * @returns {Frame | null}
 */
export function useChangedBox(before, after) {
  const [box, setBox] = useState(/** @type {Frame | null} */ (null));
  const isComparable = before && after && before.width === after.width && before.height === after.height;
  useEffect(() => {
    setBox(null);
    if (!isComparable) return undefined;
    let isCurrent = true;
    measured(before, after).then((found) => { if (isCurrent) setBox(found); }, () => {});
    return () => { isCurrent = false; };
  }, [before?.sha256, after?.sha256]);
  return box;
}

/** @param {PictureInfo} before @param {PictureInfo} after */
async function measured(before, after) {
  const [one, other] = await Promise.all([pixels(before), pixels(after)]);
  const box = changedBox(one.data, other.data, one.width);
  return box && inPicture(box, before.width / one.width);
}

/** @param {PictureInfo} picture */
async function pixels(picture) {
  const image = new Image();
  image.src = urls.thumbnail(picture.sha256, DIFF_PX);
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No canvas.');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
