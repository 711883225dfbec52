// @ts-check
/** @import { Box } from './types.js' */
import { box, grown, intersection, roundedOut } from './geometry.js';
import { Region } from './region.js';
import { Viewport } from './viewport.js';

/**
 * The visible canvas. It has the size of its host in device pixels and is painted at most once per animation frame,
 * and only where something changed.
 */
export class Stage {
  canvas = document.createElement('canvas');
  viewport = new Viewport();
  /** Called after the host has got another size. */ onresize = () => {};
  /** What has to be painted, device pixels. */ #dirty = new Region();
  #frame = 0;
  /** @type {(() => void)[]} */ #waiting = [];
  // painted before the browser does, which would show what it has emptied
  #observer = new ResizeObserver(() => { if (this.#resize()) this.#paint(); });
  #aborter = new AbortController();
  #context;

  /**
   * @param {HTMLElement} host
   * @param {(context: CanvasRenderingContext2D, clip: Box) => void} paint in device pixels; `clip` is whole, clipped and cleared
   */
  constructor(host, paint) {
    this.paint = paint;
    this.#context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    Object.assign(this.canvas.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', touchAction: 'none', userSelect: 'none' });
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-label', 'Picture');
    host.append(this.canvas);
    this.#observer.observe(host);
    this.#resize();
    this.#watchDensity();
  }

  /** @param {Box} [area] CSS pixels of the element, default everything */
  invalidate(area) {
    const { dpr } = this.viewport, all = box(0, 0, this.canvas.width, this.canvas.height);
    const changed = area ? intersection(roundedOut(grown(scaled(area, dpr), 1)), all) : all;
    if (!changed) return;
    this.#dirty.add(changed);
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  /** @param {Box} area picture pixels @param {number} [margin] CSS pixels around it */
  invalidatePicture(area, margin = 3) { this.invalidate(grown(this.viewport.boxToView(area), margin)); }

  /** Resolves after everything asked for so far is painted. @returns {Promise<void>} */
  painted() {
    return this.#frame ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  /** Nothing is painted any more; who waits for it goes on. */
  close() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#aborter.abort();
    this.#observer.disconnect();
    this.canvas.remove();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    if (window.devicePixelRatio !== this.viewport.dpr) this.#resize(); // not every change of it is told
    this.#frame = 0;
    const context = this.#context;
    for (const clip of this.#dirty.take(box(0, 0, this.canvas.width, this.canvas.height))) {
      context.save();
      context.beginPath();
      context.rect(clip.x, clip.y, clip.width, clip.height);
      context.clip();
      context.clearRect(clip.x, clip.y, clip.width, clip.height);
      this.paint(context, clip);
      context.restore();
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Another screen or browser zoom has another device pixel ratio, and no size need change. */
  #watchDensity() {
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener('change', () => {
      this.#resize();
      this.#watchDensity();
    }, { once: true, signal: this.#aborter.signal });
  }

  /** @returns {boolean} whether the canvas was emptied */
  #resize() {
    const { width, height } = this.canvas.getBoundingClientRect(), dpr = window.devicePixelRatio;
    if (!width || !height) return false; // not on the page, or hidden: the view stays as it was
    this.viewport.element = { width, height };
    this.viewport.dpr = dpr;
    const deviceWidth = Math.max(1, Math.round(width * dpr)), deviceHeight = Math.max(1, Math.round(height * dpr));
    const isOther = this.canvas.width !== deviceWidth || this.canvas.height !== deviceHeight;
    if (isOther) Object.assign(this.canvas, { width: deviceWidth, height: deviceHeight });
    this.onresize();
    this.invalidate();
    return isOther;
  }
}

/** @param {Box} b @param {number} by @returns {Box} */
const scaled = (b, by) => box(b.x * by, b.y * by, b.width * by, b.height * by);
