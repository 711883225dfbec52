// @ts-check
/** Ties the editor to the signals: what it does is mirrored, what it shows follows. */
import { effect } from '@preact/signals-core';
import * as store from './store.js';
import { urls } from '../api/client.js';
import { autosave } from './saving.js';
import { bitmapOf, newest } from './bitmaps.js';
import { paletteOf } from './palette.js';
import { mirrorLayers } from './loading.js';
import { setEditor } from './context.js';
import { SKETCH_TOOLS } from './tools.js';
import { isBeforeHeld } from './results.js';
import { runningPreview, startOf } from './job-start.js';
import { compare, followSketch, redo, select, setColour, setSetting, setToolOptions, toggleArea, undo, endGesture } from './actions.js';
/** @import { Editor } from '../engine/editor.js' */
/** @import { EditorEvents } from '../engine/types.js' */
/** @import { ResultRef } from '../api/api.d.ts' */
/** @import { Comparing } from './types.d.ts' */

/** @param {Editor} editor @returns {() => void} to let go */
export function connectEditor(editor) {
  setEditor(editor);
  mirror(editor);
  const stops = [
    showOptions(editor), showFrame(editor), showUnderpainting(editor), showResult(editor), showComparison(editor), nameCanvas(editor),
    followPalette(),
  ];
  return () => {
    for (const stop of stops) stop();
    setEditor(null);
  };
}

/** From the editor to the signals. @param {Editor} editor */
function mirror(editor) {
  /** @template {keyof EditorEvents} N @param {N} name @param {(detail: EditorEvents[N]) => void} take */
  const on = (name, take) => editor.addEventListener(name, (event) => take(/** @type {CustomEvent<EditorEvents[N]>} */ (event).detail));
  on('edit', ({ layer }) => {
    const hadSketch = store.hasSketch.value;
    mirrorLayers(layer);
    autosave.layer(layer);
    if (store.hasSketch.value !== hadSketch) followSketch(hadSketch);
  });
  on('view', ({ zoom, x, y, isFitted }) => {
    store.zoom.value = zoom;
    if (editor.hasPicture) autosave.view({ place: isFitted ? null : { zoom, x, y } });
  });
  on('tool', ({ tool }) => { store.tool.value = tool; });
  on('pick', ({ colour, isFinal }) => {
    if (isFinal) setColour(colour);
    else store.toolOptions.value = { ...store.toolOptions.value, paint: { ...store.toolOptions.value.paint, colour } };
  });
  on('select', (selection) => { void select(selection); });
  on('padding', (to) => setSetting('canvas.padding_px', 'px' in to ? to.px : Math.max(0, Math.min(1024, store.request.value.canvas.padding_px + to.by))));
  on('area-toggle', toggleArea);
  on('wipe', ({ position }) => compare({ position }));
  on('layer-menu', (menu) => { store.layerMenu.value = menu; });
  on('command', ({ name }) => { void (name === 'undo' ? undo() : redo()); });
  on('brush', (change) => {
    const options = store.toolOptions.value;
    setToolOptions(SKETCH_TOOLS.has(store.tool.value) ? { paint: { ...options.paint, ...change } } : { brush: { ...options.brush, ...change } });
  });
  on('busy', ({ isBusy }) => { store.isCanvasBusy.value = isBusy; });
  on('transform', ({ isActive }) => { store.isTransforming.value = isActive; });
  editor.addEventListener('pointerup', endGesture);
  const { history } = editor;
  history.addEventListener('change', () => {
    store.history.value = {
      canUndo: history.canUndo, canRedo: history.canRedo, undoLabel: history.undoLabel ?? '', redoLabel: history.redoLabel ?? '',
    };
  });
}

/** @param {Editor} editor */
const showOptions = (editor) => effect(() => {
  const { brush, paint, wand, combine, pressureTo } = store.toolOptions.value;
  Object.assign(editor, { brush, paint, wand, combine, pressureTo });
  const tool = store.picked.value ? 'pan' : store.tool.value;
  if (editor.tool !== tool) editor.tool = tool;
  editor.isMaskShown = store.isMaskShown.value && !store.picked.value;
  editor.isHatchShown = !SKETCH_TOOLS.has(tool);
  editor.isSketchShown = store.isSketchShown.value;
  editor.isPictureShown = store.isPictureShown.value;
  editor.sketchOpacity = store.sketchOpacity.value;
});

/** @param {Editor} editor */
const showFrame = (editor) => effect(() => {
  const isNothing = store.request.value.canvas.area === 'only-masked' && store.maskBounds.value === null;
  const isHidden = isNothing || store.picked.value !== null || store.peekedResult.value !== null;
  editor.setFrame(isHidden ? null : store.inspection.value?.frame ?? null);
});

/** What lies inside the mask: the preview of the running image, the peeked underpainting, the chosen one. @param {Editor} editor */
function showUnderpainting(editor) {
  const latest = newest();
  return effect(() => {
    const running = store.runningJob.value;
    const isHidden = store.picked.value !== null || store.peekedResult.value !== null;
    if (!isHidden && running?.progress?.preview && running.node_id === store.headNode.value?.id && store.activeJob.value === running) {
      void latest(runningPreview(running), (preview) => { if (preview) editor.setUnderpainting(preview.bitmap, preview.frame); });
      return;
    }
    const previews = store.underpaintings.value;
    const wanted = store.peekedUnderpainting.value ?? store.draft.value.underpainting;
    const isNeeded = store.peekedUnderpainting.value !== null || store.stage.value === 'first-step'
      || (wanted !== 'original' && wanted !== 'sketch' && !SKETCH_TOOLS.has(store.tool.value));
    const preview = previews?.previews.find((known) => known.underpainting === wanted);
    if (isHidden || !isNeeded || !previews || !preview) void latest(null, () => editor.setUnderpainting(null));
    else void latest(bitmapOf(preview.url), (bitmap) => editor.setUnderpainting(bitmap, previews.frame));
  });
}

/** @param {ResultRef | null} ref @returns {string | null} */
function pictureUrl(ref) {
  const picture = ref && store.jobs.value.get(ref.job_id)?.results[ref.index]?.picture;
  return picture ? urls.picture(picture.sha256) : null;
}

/** @param {Editor} editor */
function showResult(editor) {
  const latest = newest();
  return effect(() => {
    const url = isBeforeHeld.value ? null : pictureUrl(store.peekedResult.value ?? store.picked.value);
    void latest(url ? bitmapOf(url) : null, (bitmap) => editor.setResult(bitmap));
  });
}

/** @param {Comparing} comparing @returns {Promise<ImageBitmap> | null} */
function otherBitmap({ with: other }) {
  const node = store.headNode.value;
  if (typeof other === 'object') {
    const url = pictureUrl(other);
    return url ? bitmapOf(url) : null;
  }
  const job = store.pickedJob.value;
  if (other === 'underpainting' && job && node) {
    const url = urls.picture(node.picture.sha256);
    return startOf(job).then((start) => (start ? underpainted(url, start) : bitmapOf(url)));
  }
  return node ? bitmapOf(urls.picture(node.picture.sha256)) : null;
}

/**
 * The picture with the underpainting laid over its frame.
 * @param {string} pictureAt
 * @param {{frame: {x: number, y: number, width: number, height: number}, url: string}} start
 */
async function underpainted(pictureAt, { frame, url }) {
  const [picture, piece] = await Promise.all([bitmapOf(pictureAt), bitmapOf(url)]);
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  context?.drawImage(picture, 0, 0);
  context?.drawImage(piece, frame.x, frame.y, frame.width, frame.height);
  return createImageBitmap(canvas);
}

/** @param {Editor} editor */
function showComparison(editor) {
  const latest = newest();
  return effect(() => {
    const comparing = store.comparison.value;
    const ref = store.picked.value;
    if (!comparing || !ref || isBeforeHeld.value || store.peekedResult.value) {
      void latest(null, () => editor.setComparison(null));
      return;
    }
    const { mode, position } = comparing;
    const name = typeof comparing.with === 'object' ? `Result ${comparing.with.index + 1}` : comparing.with === 'before' ? 'Before' : 'Underpainting';
    void latest(otherBitmap(comparing), (other) => editor.setComparison(other && { mode, position, other, labels: [name, `Result ${ref.index + 1}`] }));
  });
}

/** For who does not see it. @param {Editor} editor */
const nameCanvas = (editor) => effect(() => {
  const picture = store.headNode.value?.picture;
  const masked = store.maskBounds.value ? `mask covers ${Math.max(1, Math.round(store.maskShare.value * 100))} percent` : 'nothing masked';
  editor.canvas.setAttribute('aria-label', picture ? `Picture, ${picture.width} by ${picture.height}, ${masked}` : 'No picture');
});

/** Colours of the picture, for the sketch. */
function followPalette() {
  const latest = newest();
  return effect(() => {
    const picture = store.headNode.value?.picture;
    void latest(picture ? bitmapOf(urls.thumbnail(picture.sha256, 128)).then(paletteOf) : [], (colours) => { store.palette.value = colours; });
  });
}
