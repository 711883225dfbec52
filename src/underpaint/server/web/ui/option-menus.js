// @ts-check
/** What the option bar has no room for. */
import { featherMask, fillMaskHoles, fillMaskWith, growMask, growMaskToSketch, setToolOptions } from '../state/actions.js';
import { hasSketch, maskBounds, toolOptions } from '../state/store.js';
/** @import { PressureTo } from '../engine/types.js' */
/** @import { MenuItem } from './parts/menu.js' */

/** @type {[PressureTo, string][]} */
const PRESSURES = [['size', 'Pen pressure: size'], ['opacity', 'Pen pressure: opacity'], ['none', 'Pen pressure: off']];

/** @returns {MenuItem[]} */
const pressureItems = () => PRESSURES.map(([pressureTo, label]) => ({
  label, isChecked: toolOptions.value.pressureTo === pressureTo, run: () => setToolOptions({ pressureTo }),
}));

/** Their track is not everywhere in the bar. @returns {MenuItem[]} */
const hardnessItems = () => [1, 0.8, 0.5, 0].map((hardness) => ({
  label: `Hardness ${hardness * 100} %`,
  isChecked: toolOptions.value.paint.hardness === hardness,
  run: () => setToolOptions({ paint: { ...toolOptions.value.paint, hardness } }),
}));

/** @returns {MenuItem[]} */
export function moreForMask() {
  const isEmpty = maskBounds.value === null;
  return [
    { label: 'Shrink 4 px', keys: 'Alt [', run: () => growMask(-4), isDisabled: isEmpty },
    { label: 'Grow 16 px', run: () => growMask(16), isDisabled: isEmpty },
    { label: 'Soften the edge 4 px', run: () => featherMask(4), isDisabled: isEmpty },
    { label: 'Fill holes', run: fillMaskHoles, isDisabled: isEmpty },
    { label: 'Cover the sketch', run: growMaskToSketch, isDisabled: !hasSketch.value },
    'line',
    ...pressureItems(),
  ];
}

/** @returns {MenuItem[]} */
export const moreForSketch = () => [
  { label: 'Fill the mask with this colour', run: () => fillMaskWith(), isDisabled: maskBounds.value === null },
  'line',
  ...hardnessItems(),
  'line',
  ...pressureItems(),
];
