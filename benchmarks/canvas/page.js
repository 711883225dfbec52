// Times every animation frame callback and every pointer event from here on; must run before the engine is loaded.
/** @type {{frames: number[], events: number[]}} */
const timings = { frames: [], events: [] };

const { requestAnimationFrame: original } = window;
window.requestAnimationFrame = (callback) => original.call(window, (time) => {
  const start = performance.now();
  callback(time);
  timings.frames.push(performance.now() - start);
});
let eventStart = 0;
for (const type of ['pointermove', 'pointerup']) {
  window.addEventListener(type, () => { eventStart = performance.now(); }, { capture: true });
  window.addEventListener(type, () => { timings.events.push(performance.now() - eventStart); });
}

const { Editor } = await import('/web/engine/editor.js');
const host = /** @type {HTMLElement} */ (document.getElementById('stage'));
const editor = new Editor(host);

/** @param {string} url @param {number} width @param {number} height @returns {Promise<number>} milliseconds from bytes to first paint */
async function open(url, width, height) {
  const blob = await (await fetch(url)).blob();
  const start = performance.now();
  await editor.setPicture(blob, { width, height });
  await editor.settled();
  return performance.now() - start;
}

Object.assign(window, { bench: { editor, timings, open } });
document.documentElement.dataset.ready = 'true';
