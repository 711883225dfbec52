// @ts-check
/** What can be taken hold of above any tool: corners and edge of the crop frame, the wipe. */
/** @import { Box } from '../types.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { clamp, distance } from '../geometry.js';
import { docPoint } from '../types.js';

const CORNER_PX = 12, EDGE_PX = 5, WIPE_PX = 16, TOUCH_FACTOR = 1.8, SMALLEST_FRAME_PX = 96, MOST_PADDING_PX = 1024;

/** @param {Sample} sample @param {number} px */
const reach = (sample, px) => (sample.pointer === 'touch' ? px * TOUCH_FACTOR : px);

/** Dragging a corner of the frame asks for another padding; a double click on its line for another area. @implements {Tool} */
export class FrameGrip {
  cursor = 'nwse-resize';
  /** @type {Box | null} */ #mask = null;

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /**
   * Whether a corner is under the pointer. A frame that is small on the screen, or that no mask has, has no corners:
   * they would be in the way of the brush.
   * @param {Sample} sample @returns {boolean}
   */
  isAt(sample) {
    const { renderer: { frame, comparison }, viewport, document } = this.workspace;
    if (!frame || comparison || document.mask.isEmpty) return false;
    const { x, y, width, height } = frame;
    if (Math.min(width, height) * viewport.view.zoom < SMALLEST_FRAME_PX) return false;
    return [[x, y], [x + width, y], [x, y + height], [x + width, y + height]]
      .some(([cx, cy]) => distance(viewport.toView(docPoint(cx, cy)), sample.at) <= reach(sample, CORNER_PX));
  }

  /** @param {Sample} sample @returns {boolean} whether the line is under the pointer */
  isOnLine(sample) {
    const { renderer: { frame, comparison }, viewport } = this.workspace;
    if (!frame || comparison) return false;
    const { x, y, width, height } = viewport.boxToView(frame), px = reach(sample, EDGE_PX), { at } = sample;
    const isAcross = at.x > x - px && at.x < x + width + px, isDown = at.y > y - px && at.y < y + height + px;
    const isInner = at.x > x + px && at.x < x + width - px && at.y > y + px && at.y < y + height - px;
    return isAcross && isDown && !isInner;
  }

  down() { this.#mask = this.workspace.document.mask.bounds(); }

  /** @param {Sample[]} samples */
  move(samples) {
    const mask = this.#mask, { point } = samples[samples.length - 1];
    if (!mask) return;
    const across = Math.max(mask.x - point.x, point.x - mask.x - mask.width), down = Math.max(mask.y - point.y, point.y - mask.y - mask.height);
    this.workspace.emit('padding', { px: clamp(Math.round(Math.max(across, down)), 0, MOST_PADDING_PX) });
  }

  /** By an arrow key. @param {number} px */
  step(px) { this.workspace.emit('padding', { by: px }); }
}

/** The handle and line between two pictures. @implements {Tool} */
export class WipeGrip {
  cursor = 'ew-resize';

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /** @param {Sample} sample */
  isAt(sample) {
    const { comparison } = this.workspace.renderer, { viewport, document } = this.workspace;
    if (comparison?.mode !== 'wipe') return false;
    return Math.abs(viewport.toView(docPoint(document.size.width * comparison.position, 0)).x - sample.at.x) <= reach(sample, WIPE_PX);
  }

  /** @param {Sample} sample */
  down(sample) { this.move([sample]); }

  /** @param {Sample[]} samples */
  move(samples) { this.to(samples[samples.length - 1].point.x / this.workspace.document.size.width); }

  doubleClick() { this.to(0.5); }

  /** @param {number} share of the picture's width */
  to(share) {
    const { renderer, stage } = this.workspace, position = clamp(share, 0, 1);
    if (!renderer.comparison) return;
    renderer.comparison = { ...renderer.comparison, position };
    stage.invalidate();
    this.workspace.emit('wipe', { position });
  }
}
