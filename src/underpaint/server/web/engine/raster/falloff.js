// @ts-check
/** How coverage falls off from the axis of a stroke to its rim. */

/** Squared distances are tabled in steps of 2^17: a table then has 8192 to 32768 entries, and at the rim of the widest brush a step is 0.06 px. */
export const STEP_BITS = 17;
const ENTRIES = 2 ** (32 - STEP_BITS);
const MOST_KEPT = 4;

/** @param {number} radius @param {number} hardness @returns {{inner: number, outer: number}} fully covered up to, nothing from */
export function rim(radius, hardness) {
  const outer = radius + 0.5;
  return { inner: Math.max(-0.5, Math.min(outer - 1, radius * hardness)), outer };
}

/** @param {number} d distance from the axis @param {number} inner @param {number} outer @param {number} strength @returns {number} 0…255 */
export function coverage(d, inner, outer, strength) {
  if (d >= outer) return 0;
  if (d <= inner) return Math.round(255 * strength);
  const t = (d - inner) / (outer - inner);
  return Math.round(255 * strength * (1 - t * t * (3 - 2 * t)));
}

/**
 * Coverage tabled by distance, for arithmetic in whole numbers: with distances in units of 2^-bits px, the square of one
 * is below 2^32 as far as the brush reaches, and its coverage is `table[square >>> STEP_BITS]`.
 * @typedef {{bits: number, table: Uint8Array}} Falloff
 */

/** The brush in hand, at full size and halved: a stroke asks for the same ones again and again. @type {Map<string, Falloff>} */
const known = new Map();

/** @param {number} radius @param {number} hardness @param {number} strength @returns {Falloff} */
export function falloffFor(radius, hardness, strength) {
  const key = `${radius} ${hardness} ${strength}`, found = known.get(key);
  if (found) return found;
  const { inner, outer } = rim(radius, hardness), table = new Uint8Array(ENTRIES);
  let bits = 14;
  while ((outer + 2) * 2 ** bits > 2 ** 16) bits--;
  for (let i = 0; i < ENTRIES; i++) {
    const d = Math.sqrt((i + 0.5) * 2 ** STEP_BITS) / 2 ** bits;
    if (d >= outer) break;
    table[i] = coverage(d, inner, outer, strength);
  }
  if (known.size >= MOST_KEPT) known.delete(/** @type {string} */ (known.keys().next().value));
  const falloff = { bits, table };
  known.set(key, falloff);
  return falloff;
}

/** @param {Falloff} falloff @param {number} distance px, not negative @returns {number} 0…255 */
export function tabledAt({ bits, table }, distance) {
  const units = distance * 2 ** bits, at = Math.floor(units * units / 2 ** STEP_BITS);
  return at < ENTRIES ? table[at] : 0;
}
