// @ts-check
/** Every command with its keys: one table for the keyboard, the list of shortcuts and the search for commands. */
import { editor } from '../state/context.js';
import * as act from '../state/actions.js';
import { fixDetailInPicked, keepPicked, pickBeside, pickNumber, starPicked } from '../state/result-verbs.js';
import { isBeforeHeld, trayState } from '../state/results.js';
import * as store from '../state/store.js';
import { TOOLS } from '../state/tools.js';
import { UNDERPAINTING_NAMES } from '../state/zones.js';
import { moveRegion } from './regions.js';
/** @import { Underpainting } from '../api/api.d.ts' */

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {'Tools' | 'Brush' | 'Mask' | 'Settings' | 'Run' | 'Results' | 'Tree' | 'Window'} group
 * @property {string} label
 * @property {string[]} keys        such as "Ctrl Shift Z"; several do the same
 * @property {string} [shown]       what the list shows instead, such as "1 – 9"
 * @property {((name?: string) => unknown) | null} run   gets the keys that were pressed; null: done elsewhere, only listed
 * @property {() => unknown} [release]      for keys that are held
 * @property {() => boolean} [isOn] when it makes sense; else the key is free
 */

const isStudio = () => store.headNode.value !== null && store.view.value === 'studio';
const isEditing = () => isStudio() && store.picked.value === null;
const isRunning = () => store.runningJob.value !== null;
const hasResults = () => hasProject() && store.view.value === 'studio' && (trayState.value === 'picking' || store.picked.value !== null);
const isPicked = () => store.picked.value !== null;
const hasProject = () => store.project.value !== null;

/** @param {number} by */
const stepStrength = (by) => {
  const { denoising_strength: now } = store.request.value.sampling;
  act.setSetting('sampling.denoising_strength', Number(Math.max(0, Math.min(1, now + by)).toFixed(2)));
};

/** @param {{size?: number, hardness?: number}} factors */
const changeBrush = ({ size = 1, hardness = 0 }) => {
  const { brush, paint } = store.toolOptions.value;
  const isPaint = store.tool.value === 'paint';
  const old = isPaint ? paint : brush;
  const scaled = old.size * size;
  const grown = size > 1 ? Math.max(old.size + 1, scaled) : size < 1 ? Math.min(old.size - 1, scaled) : old.size;
  const change = { size: Math.max(1, Math.round(grown)), hardness: Math.max(0, Math.min(1, old.hardness + hardness)) };
  act.setToolOptions(isPaint ? { paint: { ...paint, ...change } } : { brush: { ...brush, ...change } });
};

/** @param {1 | -1} by */
const stepTask = (by) => {
  const tasks = store.tasks.value.map((preset) => preset.task);
  const at = tasks.indexOf(store.draft.value.task);
  const next = tasks[(at + by + tasks.length) % tasks.length];
  if (next) act.applyTask(next);
};

/** @type {Underpainting[]} */
const UNDERPAINTINGS = ['sketch', 'original', 'fill', 'latent-noise', 'latent-nothing'];

const focusPrompt = () => {
  act.showPanel('settings');
  setTimeout(() => document.getElementById('prompt')?.focus(), 0);
};

const escape = () => {
  if (store.isTransforming.value) return editor().cancelTransform();
  if (isRunning()) return act.stop();
  return hasResults() ? act.discard() : undefined;
};

const isOnCanvas = () => isEditing() && document.activeElement === editor().canvas;
const CURSOR_KEYS = ['←', '→', '↑', '↓', 'Shift ←', 'Shift →', 'Shift ↑', 'Shift ↓'];
const CURSOR_PX = 8;

/** @param {string} [name] of the keys */
function moveCursor(name = '') {
  const px = name.startsWith('Shift') ? 1 : CURSOR_PX;
  const [x, y] = { '←': [-px, 0], '→': [px, 0], '↑': [0, -px], '↓': [0, px] }[name.replace('Shift ', '')] ?? [0, 0];
  editor().moveCursor(x ?? 0, y ?? 0);
}

const workAtCursor = () => (['select', 'wand'].includes(store.tool.value) ? editor().selectAtCursor() : editor().dab());

/** Looks at a result, and gives its card the focus, so that Enter keeps it. @param {() => unknown} choose */
const choosing = (choose) => () => {
  choose();
  setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector('.cards [aria-checked=true]'))?.focus(), 0);
};

/** A row of the table. @param {Command['group']} group @param {string} id @param {string} label @param {string} keys
 *  @param {() => boolean} isOn @param {() => unknown} run @returns {Command} */
const command = (group, id, label, keys, isOn, run) => ({ id, group, label, keys: [keys], isOn, run });

/** @type {Command[]} */
export const COMMANDS = [
  ...TOOLS.map(({ tool, label, keys }) => command('Tools', `tool-${tool}`, label, keys, isStudio, () => act.setTool(tool))),
  { id: 'pan-held', group: 'Tools', label: 'Pan while held', keys: [], shown: 'Space', run: null },

  { id: 'smaller', group: 'Brush', label: 'Smaller', keys: ['['], isOn: isEditing, run: () => changeBrush({ size: 1 / 1.15 }) },
  { id: 'larger', group: 'Brush', label: 'Larger', keys: [']'], isOn: isEditing, run: () => changeBrush({ size: 1.15 }) },
  { id: 'softer', group: 'Brush', label: 'Softer', keys: ['{'], isOn: isEditing, run: () => changeBrush({ hardness: -0.1 }) },
  { id: 'harder', group: 'Brush', label: 'Harder', keys: ['}'], isOn: isEditing, run: () => changeBrush({ hardness: 0.1 }) },
  {
    id: 'swap', group: 'Brush', label: 'Swap brush and eraser', keys: ['X'],
    isOn: isEditing, run: () => act.setTool(store.tool.value === 'brush' ? 'eraser' : 'brush'),
  },
  { id: 'subtract', group: 'Brush', label: 'Subtract, or pick a colour', keys: [], shown: 'Alt', run: null },
  { id: 'straight', group: 'Brush', label: 'Straight line', keys: [], shown: 'Shift', run: null },
  { id: 'drag-size', group: 'Brush', label: 'Resize by drag', keys: [], shown: 'Alt right drag', run: null },

  {
    id: 'cursor', group: 'Mask', label: 'Move the cursor (Shift: 1 px)', keys: CURSOR_KEYS, shown: '← ↑ ↓ →',
    isOn: isOnCanvas, run: moveCursor,
  },
  { id: 'dab', group: 'Mask', label: 'Dab, or select, at the cursor', keys: ['↵'], isOn: isOnCanvas, run: workAtCursor },
  {
    id: 'show-mask', group: 'Mask', label: 'Show or hide', keys: ['M'],
    isOn: isStudio, run: () => act.showLayer('mask', !store.isMaskShown.value),
  },
  { id: 'invert', group: 'Mask', label: 'Invert', keys: ['Ctrl I'], isOn: isEditing, run: act.invertMask },
  { id: 'clear', group: 'Mask', label: 'Clear', keys: ['Del', 'Backspace'], isOn: isEditing, run: act.clearMask },
  { id: 'grow', group: 'Mask', label: 'Grow 4 px', keys: ['Alt ]'], isOn: isEditing, run: () => act.growMask(4) },
  { id: 'shrink', group: 'Mask', label: 'Shrink 4 px', keys: ['Alt ['], isOn: isEditing, run: () => act.growMask(-4) },
  { id: 'copy-mask', group: 'Mask', label: 'Copy', keys: ['Ctrl Shift C'], isOn: isEditing, run: act.copyMask },
  { id: 'paste-mask', group: 'Mask', label: 'Paste', keys: ['Ctrl Shift V'], isOn: isEditing, run: act.pasteMask },
  { id: 'area', group: 'Mask', label: 'Only masked or whole', keys: ['O'], isOn: isEditing, run: act.toggleArea },
  {
    id: 'peek', group: 'Mask', label: 'See what the model sees', keys: ['C'], shown: 'hold C',
    isOn: isStudio, run: () => { editor().isPeeking = true; }, release: () => { editor().isPeeking = false; },
  },

  { id: 'weaker', group: 'Settings', label: 'Strength down', keys: [','], isOn: isEditing, run: () => stepStrength(-0.05) },
  { id: 'stronger', group: 'Settings', label: 'Strength up', keys: ['.'], isOn: isEditing, run: () => stepStrength(0.05) },
  {
    id: 'little-weaker', group: 'Settings', label: 'Strength down 0.01', keys: ['Shift ,'],
    isOn: isEditing, run: () => stepStrength(-0.01),
  },
  {
    id: 'little-stronger', group: 'Settings', label: 'Strength up 0.01', keys: ['Shift .'],
    isOn: isEditing, run: () => stepStrength(0.01),
  },
  ...UNDERPAINTINGS.map((underpainting, index) => command(
    'Settings', `under-${underpainting}`, `Underpainting: ${UNDERPAINTING_NAMES[underpainting]}`, `Alt ${index + 1}`, isStudio,
    () => act.setUnderpainting(underpainting),
  )),
  { id: 'task-before', group: 'Settings', label: 'Task before', keys: ['Alt ←'], isOn: isStudio, run: () => stepTask(-1) },
  { id: 'task-after', group: 'Settings', label: 'Next task', keys: ['Alt →'], isOn: isStudio, run: () => stepTask(1) },
  { id: 'new-seed', group: 'Settings', label: 'New seed for each run', keys: ['N'], isOn: hasProject, run: act.newSeed },
  { id: 'last-seed', group: 'Settings', label: 'Last seed', keys: ['Shift N'], isOn: hasProject, run: act.reuseSeed },
  { id: 'prompt', group: 'Settings', label: 'Write the prompt', keys: ['J'], isOn: hasProject, run: focusPrompt },

  { id: 'generate', group: 'Run', label: 'Generate', keys: ['Ctrl ↵'], isOn: hasProject, run: () => act.generate() },
  {
    id: 'generate-next', group: 'Run', label: 'Generate before all others', keys: ['Ctrl Shift ↵'],
    isOn: hasProject, run: () => act.generate({ isNext: true }),
  },
  { id: 'skip', group: 'Run', label: 'Skip this image', keys: ['S'], isOn: isRunning, run: act.skip },
  {
    id: 'stop', group: 'Run', label: 'Stop, keep finished; discard', keys: ['Esc'],
    isOn: () => store.isTransforming.value || isRunning() || hasResults(), run: escape,
  },

  ...Array.from({ length: 9 }, (_, index) => command(
    'Results', `pick-${index + 1}`, `Choose result ${index + 1}`, String(index + 1), hasResults, choosing(() => pickNumber(index + 1)),
  )),
  { id: 'pick-before', group: 'Results', label: 'Result before', keys: ['←'], isOn: isPicked, run: choosing(() => pickBeside(-1)) },
  { id: 'pick-after', group: 'Results', label: 'Next result', keys: ['→'], isOn: isPicked, run: choosing(() => pickBeside(1)) },
  { id: 'keep', group: 'Results', label: 'Keep and continue', keys: ['↵'], isOn: isPicked, run: keepPicked },
  {
    id: 'before', group: 'Results', label: 'Show before', keys: ['Z'], shown: 'hold Z',
    isOn: isPicked, run: () => { isBeforeHeld.value = true; }, release: () => { isBeforeHeld.value = false; },
  },
  { id: 'refine', group: 'Results', label: 'Refine', keys: ['F'], isOn: isPicked, run: act.refine },
  { id: 'vary', group: 'Results', label: 'More like it', keys: ['V'], isOn: isPicked, run: act.vary },
  { id: 'as-sketch', group: 'Results', label: 'Use as sketch', keys: ['U'], isOn: isPicked, run: act.useAsSketch },
  { id: 'fix-detail', group: 'Results', label: 'Fix detail in it', keys: ['D'], isOn: isPicked, run: fixDetailInPicked },
  { id: 'more', group: 'Results', label: 'As many more', keys: ['G'], isOn: hasResults, run: () => act.fourMore() },
  { id: 'star', group: 'Results', label: 'Star', keys: ['*'], isOn: isPicked, run: starPicked },

  { id: 'tree-move', group: 'Tree', label: 'Parent, child, siblings', keys: [], shown: '← ↑ ↓ →', run: null },
  { id: 'tree-continue', group: 'Tree', label: 'Continue from here', keys: [], shown: '↵', run: null },
  { id: 'tree-recipe', group: 'Tree', label: 'Load recipe', keys: [], shown: 'L', run: null },
  { id: 'tree-results', group: 'Tree', label: 'Show results', keys: [], shown: 'R', run: null },
  { id: 'tree-compare', group: 'Tree', label: 'Compare with another', keys: [], shown: 'C', run: null },
  { id: 'tree-rename', group: 'Tree', label: 'Rename', keys: [], shown: 'F2', run: null },
  { id: 'tree-delete', group: 'Tree', label: 'Delete with all below', keys: [], shown: 'Del', run: null },

  { id: 'undo', group: 'Window', label: 'Undo', keys: ['Ctrl Z'], isOn: hasProject, run: act.undo },
  { id: 'redo', group: 'Window', label: 'Redo', keys: ['Ctrl Shift Z', 'Ctrl Y'], isOn: hasProject, run: act.redo },
  {
    id: 'tree', group: 'Window', label: 'History tree', keys: ['T'],
    isOn: () => store.headNode.value !== null, run: () => act.setView(store.view.value === 'history' ? 'studio' : 'history'),
  },
  {
    id: 'queue', group: 'Window', label: 'Queue', keys: ['Q'],
    isOn: hasProject, run: act.toggleQueue,
  },
  { id: 'zoom-in', group: 'Window', label: 'Zoom in', keys: ['+', '='], isOn: isStudio, run: () => editor().zoomBy(1.25) },
  { id: 'zoom-out', group: 'Window', label: 'Zoom out', keys: ['-'], isOn: isStudio, run: () => editor().zoomBy(0.8) },
  { id: 'fit', group: 'Window', label: 'Fit the picture', keys: ['0'], isOn: isStudio, run: () => editor().fit() },
  { id: 'panels', group: 'Window', label: 'Show or hide the panel', keys: ['Ctrl .'], isOn: hasProject, run: act.togglePanel },
  {
    id: 'save', group: 'Window', label: 'Save picture', keys: ['Ctrl S'],
    isOn: () => store.headNode.value !== null, run: () => act.openDialog({ name: 'export' }),
  },
  { id: 'commands', group: 'Window', label: 'Search commands', keys: ['Ctrl K'], run: () => act.openDialog({ name: 'commands' }) },
  { id: 'shortcuts', group: 'Window', label: 'Keyboard shortcuts', keys: ['?'], run: () => act.openDialog({ name: 'shortcuts' }) },
  { id: 'next-region', group: 'Window', label: 'Next region', keys: ['F6'], run: () => moveRegion(1) },
  { id: 'region-before', group: 'Window', label: 'Region before', keys: ['Shift F6'], run: () => moveRegion(-1) },
];
