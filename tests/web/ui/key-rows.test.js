// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { groupsOf, matching } from '../../../src/underpaint/server/web/ui/dialogs/key-rows.js';
/** @import { Listed } from '../../../src/underpaint/server/web/ui/dialogs/key-rows.js' */

/** @type {Listed[]} */
const COMMANDS = [
  { id: 'smaller', group: 'Brush', label: 'Smaller', keys: ['['] },
  { id: 'larger', group: 'Brush', label: 'Larger', keys: [']'] },
  { id: 'swap', group: 'Brush', label: 'Swap brush and eraser', keys: ['X'] },
  { id: 'pick-1', group: 'Results', label: 'Choose result 1', keys: ['1'] },
  { id: 'pick-2', group: 'Results', label: 'Choose result 2', keys: ['2'] },
  { id: 'before', group: 'Results', label: 'Show before', keys: ['Z'], shown: 'hold Z' },
];

test('pairs and series share a row', () => {
  assert.deepEqual(groupsOf(COMMANDS, ''), [
    { name: 'Brush', rows: [{ label: 'Smaller, larger', keys: ['[', ']'] }, { label: 'Swap brush and eraser', keys: ['X'] }] },
    { name: 'Results', rows: [{ label: 'Choose result', keys: ['1 – 2'] }, { label: 'Show before', keys: ['hold Z'] }] },
  ]);
});

test('words are found in any order, also in the name of the group', () => {
  assert.deepEqual(groupsOf(COMMANDS, 'eraser swap').map(({ rows }) => rows.length), [1]);
  assert.deepEqual(groupsOf(COMMANDS, 'plot'), []);
  assert.deepEqual(matching(COMMANDS, 'results before').map(({ id }) => id), ['before']);
});
