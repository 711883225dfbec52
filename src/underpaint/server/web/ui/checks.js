// @ts-check
/** What was measured on a result, with a word for it. A check that was not measured is not listed. */
/** @import { Job, JobResult } from '../api/api.d.ts' */
/** @import { IconName } from './icons.js' */

/** @typedef {{name: string, value: string, verdict: 'ok' | 'low' | 'bad', icon: IconName}} Check */

/** Below these, what changed or differs is hard to see (mean CIE76 differences). */
const FAINT_CHANGE = 2;
const ALIKE = 4;

/** @param {Pick<Job, 'variety_delta_e' | 'results'>} job @param {Pick<JobResult, 'changed_outside_px' | 'change_delta_e'>} result @returns {Check[]} */
export function checksOf(job, result) {
  /** @type {Check[]} */
  const checks = [];
  if (result.changed_outside_px !== null) {
    const isIntact = result.changed_outside_px === 0;
    checks.push({
      name: 'Outside the mask', value: `${result.changed_outside_px.toLocaleString('en')} px changed`,
      verdict: isIntact ? 'ok' : 'bad', icon: isIntact ? 'shield' : 'warn',
    });
  }
  if (result.change_delta_e !== null) checks.push(measured('Change inside', result.change_delta_e, FAINT_CHANGE, 'clear', 'almost none'));
  if (job.variety_delta_e !== null) {
    const made = job.results.filter((each) => each.state === 'done').length;
    checks.push(measured(`Variety of the ${made}`, job.variety_delta_e, ALIKE, 'good', 'alike'));
  }
  return checks;
}

/** @param {string} name @param {number} deltaE @param {number} least @param {string} good @param {string} poor @returns {Check} */
function measured(name, deltaE, least, good, poor) {
  const isEnough = deltaE >= least;
  const number = deltaE < 10 ? deltaE.toFixed(1) : deltaE.toFixed(0);
  return { name, value: `${isEnough ? good : poor}, ${number} ΔE`, verdict: isEnough ? 'ok' : 'low', icon: isEnough ? 'check' : 'info' };
}
