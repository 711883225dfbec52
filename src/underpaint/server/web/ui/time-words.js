// @ts-check
/** Times in words. Everything takes the present moment as an argument, so that it can be tested. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * "22 s", "2 min 46 s", "1 h 5 min".
 * @param {number} seconds
 */
export function durationText(seconds) {
  const whole = Math.round(seconds);
  if (seconds > 0 && whole < 1) return 'under 1 s';
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

/**
 * "13 s left"; nothing while no step has been timed.
 * @param {number | null | undefined} seconds
 */
export const leftText = (seconds) => (seconds == null ? '' : `${durationText(Math.max(0, seconds))} left`);

/**
 * "today", "yesterday", "20 Nov", "20 Nov 2024".
 * @param {string} iso
 * @param {Date} now
 */
export function dayText(iso, now) {
  const date = new Date(iso);
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/**
 * "today 14:32".
 * @param {string} iso
 * @param {Date} now
 */
export function momentText(iso, now) {
  const date = new Date(iso);
  const clock = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return `${dayText(iso, now)} ${clock}`;
}

/** @param {Date} date */
const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/**
 * "1 step", "11 steps".
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
