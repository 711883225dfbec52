// @ts-check
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { urls } from '../api/client.js';
import { setTool, showLayer } from '../state/actions.js';
import { editor } from '../state/context.js';
import { UNDERPAINTING_NAMES } from '../state/zones.js';
import {
  draft, hasSketch, headNode, isMaskShown, isPictureShown, isSketchShown, layerEdits, layerMenu, maskBounds, maskShare, tool,
} from '../state/store.js';
import { MASK_TOOLS, SKETCH_TOOLS } from '../state/tools.js';
import { LayerMenu } from './layer-menu.js';
import { IconButton } from './parts.js';
/** @import { ComponentChildren } from 'preact' */
/** @import { Layer } from '../api/api.d.ts' */

const THUMB = { width: 208, height: 96 };

export function Layers() {
  const picture = headNode.value?.picture;
  if (!picture) return null;
  return html`
    <section class="layers" aria-label="Layers" data-region="layers">
      <${LayerCard} layer="mask" name="Mask" note=${maskBounds.value ? `${percent(maskShare.value)} of picture` : 'empty'}
        isOn=${MASK_TOOLS.has(tool.value)} isShown=${isMaskShown.value} onPick=${() => setTool('brush')}><${Thumbnail} layer="mask" /><//>
      <${LayerCard} layer="sketch" name="Sketch" note=${sketchNote()} hasChecker
        isOn=${SKETCH_TOOLS.has(tool.value)} isShown=${isSketchShown.value} onPick=${() => setTool('paint')}><${Thumbnail} layer="sketch" /><//>
      <${LayerCard} layer="picture" name="Picture" note=${`${picture.width} × ${picture.height}`}
        isOn=${false} isShown=${isPictureShown.value} onPick=${() => setTool('pan')}>
        <img src=${urls.thumbnail(picture.sha256, 256)} alt="" draggable=${false} /><//>
      <${LayerMenu} />
    </section>`;
}

/** @param {number} share */
const percent = (share) => (share > 0 && share < 0.01 ? '< 1%' : `${Math.round(share * 100)}%`);

function sketchNote() {
  const { underpainting } = draft.value;
  if (!hasSketch.value) return 'nothing painted';
  return underpainting === 'sketch' ? 'under the mask' : `not used by ${UNDERPAINTING_NAMES[underpainting]}`;
}

/**
 * @param {{layer: Layer | 'picture', name: string, note: string, isOn: boolean, isShown: boolean, hasChecker?: boolean, onPick: () => void,
 *          children?: ComponentChildren}} props
 */
function LayerCard({ layer, name, note, isOn, isShown, hasChecker = false, onPick, children }) {
  /** @param {MouseEvent} event */
  const onMenu = (event) => {
    event.preventDefault();
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    layerMenu.value = { x: event.clientX || box.left, y: event.clientY || box.top, layer };
  };
  return html`
    <div class=${`layer ${isOn ? 'on' : ''} ${isShown ? '' : 'hid'}`} onContextMenu=${onMenu}>
      <button type="button" class="pick" aria-pressed=${String(isOn)} title=${`${name}: right click for more`} onClick=${onPick}>
        <span class=${`lt ${hasChecker ? 'checker' : ''}`}>${children}</span>
        <span class="ln"><b>${name}</b><small>${note}</small></span>
      </button>
      <${IconButton} class="eye" icon=${isShown ? 'eye' : 'eyeoff'} label=${`${isShown ? 'Hide' : 'Show'} ${name.toLowerCase()}`} size=${15}
        onClick=${() => showLayer(layer, !isShown)} />
    </div>`;
}

/** Follows the pixels of a layer. @param {{layer: Layer}} props */
function Thumbnail({ layer }) {
  const ref = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const edits = layerEdits.value[layer];
  const nodeId = headNode.value?.id;
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const canvas = ref.current;
      const picture = editor().thumbnail(layer, THUMB);
      if (!canvas) return;
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext('2d')?.putImageData(picture, 0, 0);
    });
    return () => cancelAnimationFrame(frame);
  }, [edits, nodeId]);
  return html`<canvas ref=${ref}></canvas>`;
}
