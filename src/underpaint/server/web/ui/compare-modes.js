// @ts-check
/** Ways to look at two pictures, as choices. */

export const MODES = [
  { value: 'wipe', label: 'Slider' },
  { value: 'side', label: 'Side by side' },
  { value: 'blink', label: 'Blink' },
  { value: 'difference', label: 'Difference' },
];
