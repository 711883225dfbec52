// @ts-check
import { html } from 'htm/preact';
import '@preact/signals';
import { closeProject, openDialog, redo, setTheme, setView, undo } from '../../state/actions.js';
import { finished } from '../../state/job-facts.js';
import { doneResults, trayState } from '../../state/results.js';
import { activeJob, headNode, history, project, runningJob, saveState, theme, view, waitingJobs } from '../../state/store.js';
import { imagesIn } from '../job-words.js';
import { IconButton, Menu } from '../parts.js';
import { counted, durationText, leftText } from '../time-words.js';
/** @import { MenuItem } from '../parts/menu.js' */

/** @param {{onQueue: () => void}} props */
export function PhoneBar({ onQueue }) {
  const jobs = waitingJobs.value.length + (runningJob.value ? 1 : 0);
  const { canUndo, canRedo } = history.value;
  const isOpen = project.value !== null;
  const back = view.value === 'history' && isOpen ? () => setView('studio') : closeProject;
  return html`
    <header class="pbar" data-region="bar">
      ${isOpen && html`<h1 class="visually-hidden">${project.value?.name}</h1>`}
      ${isOpen && html`<${IconButton} icon="chev" class="back" label=${view.value === 'history' ? 'Back to the picture' : 'Projects'} onClick=${back} />`}
      <${Menu} label="Project" class="title" items=${items}><b>${project.value?.name ?? 'Underpaint'}</b><small>${stateText()}</small><//>
      ${isOpen && html`
        <${IconButton} icon="undo" label="Undo" disabled=${!canUndo} onClick=${undo} />
        <${IconButton} icon="redo" label="Redo" disabled=${!canRedo} onClick=${redo} />`}
      <${IconButton} icon="queue" label=${jobs ? `Queue, ${jobs}` : 'Queue'} badge=${jobs || null} onClick=${onQueue} />
    </header>`;
}

/** @returns {MenuItem[]} */
function items() {
  const hasPicture = headNode.value !== null;
  const isDark = theme.value === 'dark';
  /** @type {MenuItem[]} */
  const always = [
    { label: 'Projects', icon: 'folder', run: () => openDialog({ name: 'projects' }) },
    { label: 'Keyboard', icon: 'keys', run: () => openDialog({ name: 'shortcuts' }) },
    { label: isDark ? 'Light theme' : 'Dark theme', icon: isDark ? 'sun' : 'moon', run: () => setTheme(isDark ? 'light' : 'dark') },
  ];
  if (!project.value) return always;
  return [
    { label: 'History', icon: 'branch', isDisabled: !hasPicture, run: () => setView('history') },
    { label: 'Save as a file', icon: 'download', run: () => openDialog({ name: 'export' }) },
    { label: 'Extend the canvas', icon: 'extend', isDisabled: !hasPicture, run: () => openDialog({ name: 'extend' }) },
    { label: 'Masks', icon: 'layers', isDisabled: !hasPicture, run: () => openDialog({ name: 'masks' }) },
    'line',
    ...always,
  ];
}

const SAVE_TEXTS = { saved: 'Saved', saving: 'Saving …', unsaved: 'Not saved yet, kept here' };

/** What goes on, in one short line. */
function stateText() {
  const job = activeJob.value;
  if (!project.value) return 'No project open';
  if (job && trayState.value === 'running') {
    if (job.state !== 'running') return job.state === 'paused' ? 'Paused' : 'Waiting';
    const made = `${Math.min(finished(job).length + 1, imagesIn(job))} of ${imagesIn(job)}`;
    return [made, leftText(job.progress?.eta_s)].filter(Boolean).join(', ');
  }
  if (job && trayState.value === 'picking') {
    return [counted(doneResults.value.length, 'result'), job.seconds ? durationText(job.seconds) : ''].filter(Boolean).join(', ');
  }
  return SAVE_TEXTS[saveState.value];
}
