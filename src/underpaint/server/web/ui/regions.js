// @ts-check
/** F6 goes from region to region, in the order of the page. */

const FOCUSABLE = 'button:not(:disabled):not([tabindex="-1"]), input:not(:disabled), textarea, select, [tabindex="0"]';

/** @param {Element} region @returns {HTMLElement | null} */
function entryOf(region) {
  const lit = region.querySelector('[aria-checked=true]:not(:disabled), [aria-pressed=true]:not(:disabled)');
  const entry = region.getAttribute('data-region') === 'tools' ? lit ?? region.querySelector(FOCUSABLE) : region.querySelector(FOCUSABLE);
  return entry instanceof HTMLElement ? entry : region instanceof HTMLElement && region.tabIndex >= -1 ? region : null;
}

/** @param {1 | -1} by */
export function moveRegion(by) {
  const regions = [...document.querySelectorAll('[data-region]')].filter((region) => region instanceof HTMLElement && region.offsetParent !== null);
  if (!regions.length) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(at + by * step + regions.length * 2) % regions.length];
    const entry = region && entryOf(region);
    if (!entry) continue;
    entry.focus();
    return;
  }
}
