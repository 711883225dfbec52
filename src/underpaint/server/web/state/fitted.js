// @ts-check

const TOLERANCE_PX = 2;
const LARGEST_MARGIN_PX = 40;

/** Whether a picture stands in the middle of the window and fills it, but for a margin: then it goes on doing so when
 *  the window changes. @param {{zoom: number, x: number, y: number}} view @param {{width: number, height: number}} picture
 *  @param {{clientWidth: number, clientHeight: number}} element */
export function isFitted({ zoom, x, y }, picture, { clientWidth, clientHeight }) {
  const right = clientWidth - x - picture.width * zoom;
  const bottom = clientHeight - y - picture.height * zoom;
  const isCentred = Math.abs(x - right) <= TOLERANCE_PX && Math.abs(y - bottom) <= TOLERANCE_PX;
  const margin = Math.min(x, y);
  return isCentred && margin >= 0 && (margin <= LARGEST_MARGIN_PX || zoom === 1);
}
