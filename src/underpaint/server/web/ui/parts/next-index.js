// @ts-check

/**
 * Where an arrow key leads in a row of `count`; null for other keys.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @param {'horizontal' | 'vertical' | 'both'} axis
 */
export function nextIndex(key, at, count, axis) {
  const isRow = axis !== 'vertical';
  const isColumn = axis !== 'horizontal';
  if ((isRow && key === 'ArrowRight') || (isColumn && key === 'ArrowDown')) return (at + 1) % count;
  if ((isRow && key === 'ArrowLeft') || (isColumn && key === 'ArrowUp')) return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}
