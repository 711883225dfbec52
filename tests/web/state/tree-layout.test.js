// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { branchTo, edgePath, layoutTree, neighbour, subtree } from '../../../src/underpaint/server/web/state/tree-layout.js';

/** @param {string} id @param {string | null} parent_id */
const node = (id, parent_id) => ({ id, parent_id, created_at: `2026-11-24T00:00:${id.padStart(2, '0')}Z` });

/**
 * 1 ─ 2 ─ 3 ─ 4
 *     │   └─ 7
 *     └─ 5 ─ 6
 * 8
 */
const TREE = [node('8', null), node('4', '3'), node('1', null), node('2', '1'), node('3', '2'), node('5', '2'), node('6', '5'), node('7', '3')];

/** @param {string} id */
const place = (id) => {
  const found = layoutTree(TREE).places.find((each) => each.id === id);
  assert.ok(found);
  return [found.column, found.row];
};

test('the oldest child goes on in its row, younger ones open a row below', () => {
  assert.deepEqual(place('1'), [0, 0]);
  assert.deepEqual(place('4'), [3, 0]);
  assert.deepEqual(place('7'), [3, 1]);
  assert.deepEqual(place('5'), [2, 2]);
  assert.deepEqual(place('6'), [3, 2]);
  assert.deepEqual(place('8'), [0, 3]);
});

test('no two steps share a place, and the size holds all of them', () => {
  const { places, columns, rows, leaves } = layoutTree(TREE);
  assert.equal(new Set(places.map((each) => `${each.column},${each.row}`)).size, TREE.length);
  assert.deepEqual([columns, rows, leaves], [4, 4, 4]);
});

test('siblings are counted for who cannot see the tree', () => {
  const five = layoutTree(TREE).places.find((each) => each.id === '5');
  assert.deepEqual([five?.position, five?.siblings], [2, 2]);
});

test('a step whose parent was deleted is a root', () => {
  assert.equal(layoutTree([node('2', '1')]).places[0]?.column, 0);
});

test('the branch leads from the root to the step', () => {
  assert.deepEqual(branchTo(TREE, '6').map((each) => each.id), ['1', '2', '5', '6']);
  assert.deepEqual(branchTo(TREE, null), []);
});

test('deleting a step names everything that hangs on it', () => {
  assert.deepEqual(subtree(TREE, '3'), ['3', '4', '7']);
});

test('arrows lead to parent, child and neighbours', () => {
  const layout = layoutTree(TREE);
  /** @type {[string, import('../../../src/underpaint/server/web/state/tree-layout.js').Direction, string][]} */
  const moves = [
    ['3', 'parent', '2'], ['3', 'child', '4'], ['3', 'next', '5'], ['5', 'previous', '3'], ['4', 'next', '7'],
    ['1', 'parent', '1'], ['1', 'next', '8'], ['6', 'child', '6'], ['6', 'first', '1'], ['1', 'last', '8'],
  ];
  for (const [id, direction, expected] of moves) assert.equal(neighbour(layout, id, direction), expected, `${id} ${direction}`);
});

test('a line to the same row is straight, others turn with round corners', () => {
  assert.equal(edgePath({ x: 0, y: 5 }, { x: 40, y: 5 }, { turn: 20, radius: 10 }), 'M0 5H40');
  assert.equal(edgePath({ x: 0, y: 0 }, { x: 40, y: 60 }, { turn: 20, radius: 10 }), 'M0 0H10Q20 0 20 10V50Q20 60 30 60H40');
});
