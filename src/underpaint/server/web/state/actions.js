// @ts-check
/** Every verb of the page, by topic. Panels call these and nothing else; each shows its own failure and never throws. */
export * from './actions/page.js';
export * from './actions/project.js';
export * from './actions/settings.js';
export * from './actions/presets.js';
export * from './actions/describe.js';
export * from './actions/mask.js';
export * from './actions/run.js';
export * from './actions/look.js';
export * from './actions/pick.js';
export * from './actions/tree.js';
export { undo, redo } from './actions/undo.js';
export { reconnect } from './live.js';
