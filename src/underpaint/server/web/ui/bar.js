// @ts-check
import { html } from 'htm/preact';
import {
  closeProject, exportProject, openDialog, redo, rescanModels, setModel, setTheme, setView, showPanel, takeRecommended, togglePanel, toggleQueue,
  undo,
} from '../state/actions.js';
import { asRecommended, isSame } from '../state/settings.js';
import {
  connection, engineState, headNode, history, isDrawer, isPanelOpen, models, panel, picked, project, request, runningJob, saveState,
  status, theme, view, waitingJobs,
} from '../state/store.js';
import { pickFile } from './files.js';
import { samplingSummary } from './panel/labels.js';
import { Button, Icon, IconButton, Menu, Segments } from './parts.js';
import { ProjectName } from './project-name.js';
import { SkipLink } from './skip-link.js';
/** @import { MenuItem } from './parts/menu.js' */

const VIEWS = [{ value: 'studio', label: 'Studio' }, { value: 'history', label: 'History' }];

export function Bar() {
  const open = project.value;
  return html`
    <header class="bar" data-region="bar">
      ${open && html`
        <${SkipLink} />
        <h1 class="visually-hidden">${open.name}</h1>`}
      <button type="button" class="brand" aria-label="Underpaint, all projects" onClick=${closeProject}>
        <${Logo} /><strong>Underpaint</strong>
      </button>
      ${open && html`<${ProjectName} items=${projectItems} /><${Saved} />`}
      <div class="grow"></div>
      ${headNode.value && html`
        <div class="views"><${Segments} label="View" options=${VIEWS} value=${view.value} onChange=${setView} /></div>
        <div class="grow"></div>`}
      ${open && html`<${UndoButtons} /><i class="vr"></i>`}
      <${Model} />
      ${open && html`<${PanelButton} /><${QueueButton} />`}
      <${IconButton} icon="keys" label="Keyboard shortcuts" keys="?" onClick=${() => openDialog({ name: 'shortcuts' })} />
      <${ThemeButton} />
    </header>`;
}

/** @returns {MenuItem[]} */
function projectItems() {
  const addPicture = () => pickFile('picture', (file) => openDialog({ name: 'drop', file }));
  const readSettings = () => pickFile('picture', (file) => openDialog({ name: 'settings-file', file }));
  /** @type {MenuItem[]} */
  const ofPicture = [
    { label: 'Extend the picture …', icon: 'extend', run: () => openDialog({ name: 'extend' }) },
    { label: 'Save picture …', icon: 'download', keys: 'Ctrl S', run: () => openDialog({ name: 'export' }) },
  ];
  return [
    { label: 'All projects', icon: 'folder', run: closeProject },
    { label: 'Another picture in this project …', icon: 'image', run: addPicture },
    { label: 'Settings from a result file …', icon: 'upload', run: readSettings },
    'line',
    ...(headNode.value ? ofPicture : []),
    { label: 'Export project', icon: 'save', run: () => exportProject() },
  ];
}

/** What the server has. */
function Saved() {
  if (saveState.value === 'unsaved') {
    return html`<span class="saved bad" role="status"><${Icon} name="offline" size=${14} /><span>Not saved yet, kept in this browser</span></span>`;
  }
  const isSaved = saveState.value === 'saved';
  return html`<span class="saved"><${Icon} name=${isSaved ? 'check' : 'refresh'} size=${14} /><span>${isSaved ? 'Saved' : 'Saving'}</span></span>`;
}

function UndoButtons() {
  const { canUndo, canRedo, undoLabel, redoLabel } = history.value;
  /** @param {string} verb @param {string} label of what is undone */
  const named = (verb, label) => [verb, label.toLowerCase()].filter(Boolean).join(' ');
  return html`
    <${IconButton} icon="undo" label=${named('Undo', undoLabel)} keys="Ctrl Z" disabled=${!canUndo} onClick=${undo} />
    <${IconButton} icon="redo" label=${named('Redo', redoLabel)} keys="Ctrl Shift Z" disabled=${!canRedo} onClick=${redo} />`;
}

const STATES = { starting: 'starting', ready: '', busy: 'working', restarting: 'restarting', failing: 'not running' };
const DEVICES = new Map([['cuda', 'GPU'], ['cpu', 'CPU'], ['mps', 'GPU']]);

/** The checkpoint; the dot tells how the engine is. */
function Model() {
  const { model } = request.value;
  const state = connection.value === 'offline' ? 'offline' : STATES[engineState.value];
  const device = status.value?.device ?? '';
  const note = state || (DEVICES.get(device) ?? device);
  /** @returns {MenuItem[]} */
  const items = () => [
    ...models.value.map(({ name, is_builtin: isBuiltin }) => ({
      label: isBuiltin ? `${name} (builtin)` : name, isChecked: name === model, run: () => setModel(name),
    })),
    'line',
    ...recommendation(),
    { label: 'Look for new checkpoints', icon: 'refresh', run: rescanModels },
  ];
  return html`
    <${Menu} label="Checkpoint" class=${`model ${state === 'working' ? 'busy' : state ? 'away' : ''}`} items=${items} isRight
      title=${`Checkpoint. Folder: ${status.value?.models_folder ?? '…'}`}>
      <i></i><span>${model}</span>${note && html`<em>${note}</em>`}<${Icon} name="down" size=${14} /><//>`;
}

/** What the checkpoint recommends, to take over. @returns {MenuItem[]} */
function recommendation() {
  const found = models.value.find(({ name }) => name === request.value.model);
  if (!found || Object.values(found.recommended).every((value) => value === null)) return [];
  const { sampling } = asRecommended(request.value, models.value);
  return [{
    label: `Recommended: ${samplingSummary(sampling)}`, icon: 'tune', isDisabled: isSame(sampling, request.value.sampling), run: takeRecommended,
  }];
}

/** Only where the panel may be away. */
function PanelButton() {
  if (!isDrawer.value && isPanelOpen.value) return null;
  const label = panel.value === 'result' && picked.value ? 'Result' : 'Settings';
  const isOpen = isPanelOpen.value && panel.value !== 'queue';
  return html`
    <${Button} icon="tune" class=${`opens-panel ${isOpen ? 'on' : ''}`} title=${`${label} (Ctrl .)`} aria-expanded=${String(isOpen)} onClick=${openPanel}>${label}<//>`;
}

function openPanel() {
  if (panel.value === 'queue') showPanel('settings');
  else togglePanel();
}

function QueueButton() {
  const waiting = waitingJobs.value.length + (runningJob.value ? 1 : 0);
  const isOpen = panel.value === 'queue' && isPanelOpen.value;
  return html`
    <${IconButton} icon="queue" label=${waiting ? `Queue, ${waiting}` : 'Queue'} keys="Q" isOn=${isOpen} badge=${waiting || null}
      onClick=${toggleQueue} />`;
}

function ThemeButton() {
  return theme.value === 'dark'
    ? html`<${IconButton} icon="sun" label="Light theme" onClick=${() => setTheme('light')} />`
    : html`<${IconButton} icon="moon" label="Dark theme" onClick=${() => setTheme('dark')} />`;
}

const Logo = () => html`
  <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
    <rect x="2" y="2" width="20" height="20" rx="6" fill="var(--raised)" />
    <path d="M6 15.5c2.5-3.6 4.8-4.2 6.2-2.6s3.4 1.4 5.8-2V16a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2z" fill="var(--accent-fill)" />
    <circle cx="12" cy="8.8" r="3.8" fill="none" stroke="var(--text)" stroke-width="1.5" stroke-dasharray="2.2 1.8" />
  </svg>`;
