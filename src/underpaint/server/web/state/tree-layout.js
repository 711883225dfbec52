// @ts-check
/**
 * Where the steps of the history tree stand, and where the arrow keys lead. Columns are steps from the root. The oldest
 * child goes on in its parent's row, every later one opens a row below everything drawn so far.
 *
 * @typedef {{id: string, parent_id: string | null, created_at: string}} TreeNode
 * @typedef {{id: string, column: number, row: number, parentId: string | null, position: number, siblings: number}} Place
 * @typedef {{places: Place[], columns: number, rows: number, leaves: number}} Layout   places in reading order
 * @typedef {'parent' | 'child' | 'previous' | 'next' | 'first' | 'last'} Direction
 */

/**
 * @param {readonly TreeNode[]} nodes
 * @returns {Layout}
 */
export function layoutTree(nodes) {
  const children = childrenOf(nodes);
  /** @type {Place[]} */
  const places = [];
  let nextRow = 0;
  let leaves = 0;
  /** @type {{node: TreeNode, column: number, row: number | null, position: number, siblings: number}[]} */
  const pending = stacked(children.get(null) ?? [], 0, null);
  for (let item = pending.pop(); item; item = pending.pop()) {
    const row = item.row ?? nextRow;
    nextRow = Math.max(nextRow, row + 1);
    const { id, parent_id } = item.node;
    places.push({ id, column: item.column, row, parentId: parent_id, position: item.position, siblings: item.siblings });
    const below = children.get(id) ?? [];
    if (!below.length) leaves += 1;
    pending.push(...stacked(below, item.column + 1, row));
  }
  const columns = places.reduce((most, place) => Math.max(most, place.column + 1), 0);
  return { places, columns, rows: nextRow, leaves };
}

/**
 * Last child first, so that popping gives them in order.
 * @param {readonly TreeNode[]} nodes
 * @param {number} column
 * @param {number | null} firstRow
 */
function stacked(nodes, column, firstRow) {
  return nodes
    .map((node, i) => ({ node, column, row: i === 0 ? firstRow : null, position: i + 1, siblings: nodes.length }))
    .reverse();
}

/**
 * Children by parent, oldest first; a node whose parent is not in the list counts as a root.
 * @param {readonly TreeNode[]} nodes
 */
export function childrenOf(nodes) {
  const known = new Set(nodes.map((node) => node.id));
  /** @type {Map<string | null, TreeNode[]>} */
  const children = new Map();
  for (const node of [...nodes].sort(byAge)) {
    const parent = node.parent_id !== null && known.has(node.parent_id) ? node.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  return children;
}

/** @param {TreeNode} a @param {TreeNode} b */
const byAge = (a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0);

/**
 * From the root to the node, both included; empty for an unknown node.
 * @template {TreeNode} T
 * @param {readonly T[]} nodes
 * @param {string | null} id
 * @returns {T[]}
 */
export function branchTo(nodes, id) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** @type {T[]} */
  const branch = [];
  for (let node = byId.get(id ?? ''); node && !branch.includes(node); node = byId.get(node.parent_id ?? '')) {
    branch.unshift(node);
  }
  return branch;
}

/**
 * The node and everything that hangs on it.
 * @param {readonly TreeNode[]} nodes
 * @param {string} id
 */
export function subtree(nodes, id) {
  const children = childrenOf(nodes);
  const found = [id];
  for (let i = 0; i < found.length; i += 1) {
    found.push(...(children.get(found[i] ?? '') ?? []).map((node) => node.id));
  }
  return found;
}

/**
 * Where an arrow key leads from a node; the node itself when there is nothing in that direction.
 * @param {Layout} layout
 * @param {string} id
 * @param {Direction} direction
 */
export function neighbour(layout, id, direction) {
  const { places } = layout;
  const here = places.find((place) => place.id === id);
  if (!here) return places[0]?.id ?? id;
  /** @type {Record<Direction, () => Place | undefined>} */
  const steps = {
    parent: () => places.find((place) => place.id === here.parentId),
    child: () => places.find((place) => place.parentId === id),
    previous: () => nearestInColumn(places, here, -1),
    next: () => nearestInColumn(places, here, 1),
    first: () => places[0],
    last: () => places.at(-1),
  };
  return steps[direction]()?.id ?? id;
}

/**
 * The nearest above (-1) or below (1): in the same column, or else in the nearest column that has one there.
 * @param {readonly Place[]} places
 * @param {Place} here
 * @param {1 | -1} sign
 */
function nearestInColumn(places, here, sign) {
  const beyond = places.filter((place) => Math.sign(place.row - here.row) === sign);
  /** @param {Place} place */
  const distance = (place) => Math.abs(place.column - here.column) * 1000 + Math.abs(place.row - here.row);
  return beyond.sort((a, b) => distance(a) - distance(b))[0];
}

/**
 * The line from parent to child as an SVG path: along the parent's row, down just before the child, with round corners.
 * @param {{x: number, y: number}} from   middle of the parent's right edge
 * @param {{x: number, y: number}} to     middle of the child's left edge
 * @param {{turn: number, radius: number}} shape   how far before the child the line turns, and how round
 */
export function edgePath(from, to, { turn, radius }) {
  if (from.y === to.y) return `M${from.x} ${from.y}H${to.x}`;
  const x = to.x - turn;
  const r = to.y > from.y ? radius : -radius;
  return `M${from.x} ${from.y}H${x - radius}Q${x} ${from.y} ${x} ${from.y + r}V${to.y - r}Q${x} ${to.y} ${x + radius} ${to.y}H${to.x}`;
}
