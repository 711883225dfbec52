// @ts-check
/** The tools by name, key and icon, in the order of the rail. */
/** @import { ToolName } from '../engine/types.js' */
/** @import { IconName } from '../ui/icons.js' */

/** @typedef {{tool: ToolName, label: string, keys: string, icon: IconName, hint: string}} ToolEntry */

/** A line stands between groups. @type {(ToolEntry | 'line')[]} */
export const RAIL = [
  { tool: 'brush', label: 'Mask brush', keys: 'B', icon: 'brush', hint: 'Drag over the part to change. Alt subtracts, Shift draws a straight line.' },
  { tool: 'eraser', label: 'Mask eraser', keys: 'E', icon: 'eraser', hint: 'Drag to take a part out of the mask.' },
  { tool: 'lasso', label: 'Lasso', keys: 'L', icon: 'lasso', hint: 'Draw around the part to change.' },
  { tool: 'polygon', label: 'Polygon', keys: 'Shift L', icon: 'polygon', hint: 'Click corner after corner; Enter closes, Backspace takes one back.' },
  { tool: 'rectangle', label: 'Rectangle', keys: 'R', icon: 'rect', hint: 'Drag a box over the part to change.' },
  { tool: 'select', label: 'Click select', keys: 'W', icon: 'select', hint: 'Click a thing, or drag a box around it.' },
  { tool: 'wand', label: 'Magic wand', keys: 'Shift W', icon: 'wand', hint: 'Click to select similar colours.' },
  'line',
  { tool: 'paint', label: 'Paint on sketch', keys: 'P', icon: 'paint', hint: 'Rough is enough: two or three flat colours tell the model what goes where.' },
  { tool: 'fill', label: 'Fill on sketch', keys: 'Shift P', icon: 'bucket', hint: 'Click to fill similar colours with paint.' },
  { tool: 'eyedropper', label: 'Eyedropper', keys: 'I', icon: 'dropper', hint: 'Click the picture to take its colour. Alt does the same while painting.' },
  'line',
  { tool: 'pan', label: 'Pan', keys: 'H', icon: 'hand', hint: 'Drag to move the picture. Space does the same with any tool.' },
];

export const TOOLS = RAIL.filter(/** @returns {entry is ToolEntry} */ (entry) => entry !== 'line');

/** @param {ToolName} tool */
export const toolEntry = (tool) => TOOLS.find((entry) => entry.tool === tool);

/** Tools that change the mask. */
export const MASK_TOOLS = new Set(/** @type {ToolName[]} */ (['brush', 'eraser', 'lasso', 'polygon', 'rectangle', 'select', 'wand']));
/** Tools with which the sketch is worked on. */
export const SKETCH_TOOLS = new Set(/** @type {ToolName[]} */ (['paint', 'fill', 'eyedropper', 'transform']));
