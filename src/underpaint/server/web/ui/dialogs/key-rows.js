// @ts-check
/** The table of commands as rows of a list: pairs and series share a row. */
/** @import { Command } from '../keys.js' */

/** @typedef {{label: string, keys: string[]}} Row */
/** @typedef {Pick<Command, 'id' | 'group' | 'label' | 'keys' | 'shown'>} Listed */

/** The first of a pair tells what both do; the others are not listed again. @type {Record<string, {label: string, others: string[]}>} */
const PAIRS = {
  smaller: { label: 'Smaller, larger', others: ['larger'] },
  softer: { label: 'Softer, harder', others: ['harder'] },
  grow: { label: 'Grow, shrink 4 px', others: ['shrink'] },
  weaker: { label: 'Strength down, up', others: ['stronger'] },
  'little-weaker': { label: 'Strength by 0.01', others: ['little-stronger'] },
  'task-before': { label: 'Task before, after', others: ['task-after'] },
  'new-seed': { label: 'New seed, last seed', others: ['last-seed'] },
  'pick-before': { label: 'Result before, after', others: ['pick-after'] },
  refine: { label: 'Refine, more like it', others: ['vary'] },
  undo: { label: 'Undo, redo', others: ['redo'] },
  'zoom-in': { label: 'Zoom, fit', others: ['zoom-out', 'fit'] },
  'next-region': { label: 'Next, previous region', others: ['region-before'] },
};

/** A series of numbered commands as one row. @type {{pattern: RegExp, label: string, shown: (count: number) => string}[]} */
const SERIES = [
  { pattern: /^pick-\d$/, label: 'Choose result', shown: (count) => `1 – ${count}` },
  { pattern: /^under-/, label: 'Underpainting', shown: (count) => `Alt 1 – ${count}` },
];

/** @param {readonly Listed[]} commands @returns {Row[]} */
function rowsOf(commands) {
  const byId = new Map(commands.map((command) => [command.id, command]));
  const told = new Set(Object.entries(PAIRS).flatMap(([first, { others }]) => (byId.has(first) ? others : [])));
  /** @type {Row[]} */
  const rows = [];
  for (const command of commands) {
    if (told.has(command.id)) continue;
    const series = SERIES.find(({ pattern }) => pattern.test(command.id));
    const pair = PAIRS[command.id];
    if (series) {
      if (rows.some((row) => row.label === series.label)) continue;
      rows.push({ label: series.label, keys: [series.shown(commands.filter(({ id }) => series.pattern.test(id)).length)] });
    } else if (pair) {
      const all = [command, ...pair.others.map((id) => byId.get(id))].flatMap((each) => (each ? [each] : []));
      rows.push({ label: all.length > 1 ? pair.label : command.label, keys: all.flatMap(keysOf) });
    } else rows.push({ label: command.label, keys: keysOf(command) });
  }
  return rows;
}

/** @param {Listed} command */
const keysOf = ({ shown, keys }) => (shown ? [shown] : keys.slice(0, 1));

/**
 * Groups in the order of the table; with words, only what has them in its name.
 * @param {readonly Listed[]} commands
 * @param {string} words
 * @returns {{name: string, rows: Row[]}[]}
 */
export function groupsOf(commands, words) {
  const names = [...new Set(commands.map(({ group }) => group))];
  return names
    .map((name) => ({ name, rows: rowsOf(commands.filter(({ group }) => group === name)).filter(({ label }) => hasWords(`${label} ${name}`, words)) }))
    .filter(({ rows }) => rows.length > 0);
}

/** @template {Listed} T @param {readonly T[]} commands @param {string} words @returns {T[]} */
export const matching = (commands, words) => commands.filter(({ label, group }) => hasWords(`${label} ${group}`, words));

/** @param {string} text @param {string} words */
const hasWords = (text, words) => words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));
