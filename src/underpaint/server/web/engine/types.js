// @ts-check
/**
 * The words of the engine. `DocPoint` and `ViewPoint` are branded: a point of the picture and a point of the element on
 * screen cannot be mixed up. `Viewport.toImage` and `Viewport.toView` are the only ways from one to the other.
 *
 * @typedef {{readonly x: number, readonly y: number, readonly __space: 'doc'}} DocPoint   picture pixels, pixel centres at +0.5
 * @typedef {{readonly x: number, readonly y: number, readonly __space: 'view'}} ViewPoint  CSS pixels from the element's corner
 * @typedef {{readonly width: number, readonly height: number}} Size
 * @typedef {{readonly x: number, readonly y: number, readonly width: number, readonly height: number}} Box
 * @typedef {{readonly zoom: number, readonly x: number, readonly y: number}} View  screen = picture × zoom + (x, y), in CSS pixels
 *
 * @typedef {'mask' | 'sketch'} LayerName
 * @typedef {'add' | 'subtract' | 'intersect'} Combine
 * @typedef {'brush' | 'eraser' | 'lasso' | 'polygon' | 'rectangle' | 'wand' | 'select' | 'fill' | 'paint' | 'eyedropper' |
 *   'transform' | 'pan'} ToolName
 * @typedef {'size' | 'opacity' | 'none'} PressureTo
 *
 * @typedef {{size: number, hardness: number}} BrushSettings              size = diameter in picture pixels, hardness 0…1
 * @typedef {{size: number, hardness: number, opacity: number, colour: string}} PaintSettings   colour '#rrggbb'
 * @typedef {{tolerance: number, isContiguous: boolean}} WandSettings     tolerance 0…255, the largest channel difference
 *
 * @typedef {object} Comparison
 * @property {'wipe' | 'blink' | 'difference' | 'side'} mode
 * @property {ImageBitmap} other        drawn left of the wipe; what the picture or result is compared with
 * @property {number} position          of the wipe, 0…1 of the picture's width
 * @property {[string, string]} labels  of `other` and of what is shown
 *
 * @typedef {object} Command            one step of the history
 * @property {string} label
 * @property {() => void | Promise<void>} undo
 * @property {() => void | Promise<void>} redo
 * @property {number} bytes             what keeping it costs now
 * @property {() => Promise<void>} [pack]   makes it cost less; undo and redo take a moment longer then
 *
 * What the editor fires; each is a CustomEvent with this detail.
 * @typedef {object} EditorEvents
 * @property {{layer: LayerName}} edit          pixels of a layer changed by the user, an undo or a command (not by writeTiles)
 * @property {View & {isFitted: boolean}} view  zoom or position changed; a fitted view follows the element
 * @property {{tool: ToolName}} tool            the tool changed by itself (transform after paste)
 * @property {{colour: string, isFinal: boolean}} pick    colour under the eyedropper; `isFinal` on release
 * @property {{kind: 'region', x: number, y: number} | {kind: 'box', x: number, y: number, width: number, height: number}} select
 *   click or drag with the select tool; ask the server, then call applySelection
 * @property {{px: number} | {by: number}} padding   new padding while a frame corner is dragged, or a step of it by key
 * @property {{}} area-toggle                   double click on the frame
 * @property {{position: number}} wipe          the wipe handle moved
 * @property {{x: number, y: number, layer: LayerName | 'picture'}} layer-menu   long press or right click; CSS pixels of the page
 * @property {{name: 'undo' | 'redo'}} command  two-finger tap, three-finger tap
 * @property {{size: number, hardness: number}} brush   size and hardness of the current tool changed by Alt + right drag
 * @property {{}} pointerup                     a gesture on the canvas has ended
 * @property {{isBusy: boolean}} busy           a worker command runs
 * @property {{isActive: boolean}} transform    a floating piece appeared or was placed
 */

/** @param {number} x @param {number} y @returns {DocPoint} */
export const docPoint = (x, y) => /** @type {DocPoint} */ ({ x, y });

/** @param {number} x @param {number} y @returns {ViewPoint} */
export const viewPoint = (x, y) => /** @type {ViewPoint} */ ({ x, y });
