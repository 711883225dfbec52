// @ts-check
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../../api/client.js';
import { closeDialog, deleteProject, exportProject, listProjects, openProject, renameProject } from '../../state/actions.js';
import { project, projects } from '../../state/store.js';
import { Icon, IconButton } from '../parts.js';
import { counted, dayText } from '../time-words.js';
import { Dialog } from './dialog.js';
/** @import { ProjectSummary } from '../../api/api.d.ts' */

/** All projects: open, rename, save as a file, remove. */
export function Projects() {
  useEffect(() => { void listProjects(); }, []);
  const all = projects.value;
  return html`
    <${Dialog} title="Projects" onClose=${closeDialog}>
      <div class="dlg-body">
        ${all === null ? html`<p>Loading …</p>`
          : all.length === 0 ? html`<p>No project yet.</p>`
          : html`<ul class="rows">${all.map((summary) => html`<${ProjectRow} key=${summary.id} summary=${summary} />`)}</ul>`}
      </div>
    <//>`;
}

/** @param {{summary: ProjectSummary}} props */
function ProjectRow({ summary }) {
  const [name, setName] = useState(/** @type {string | null} */ (null));
  const open = async () => {
    closeDialog();
    await openProject(summary.id);
  };
  const rename = async () => {
    setName(null);
    if (name?.trim() && name.trim() !== summary.name) {
      await renameProject(name.trim(), summary.id);
      await listProjects();
    }
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key === 'Enter') void rename();
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      setName(null);
    }
  };
  const isOpen = project.value?.id === summary.id;
  return html`
    <li class="row">
      <${ProjectPicture} summary=${summary} />
      ${name === null
        ? html`<button type="button" class="row-text" onClick=${open}><b>${summary.name}</b><small>${summaryLine(summary)}${isOpen ? ', open now' : ''}</small></button>`
        : html`<input class="input row-text" aria-label="Name of the project" maxlength="200" value=${name} ref=${focused} onKeyDown=${onKey} onBlur=${rename}
            onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setName(event.currentTarget.value)} />`}
      <${IconButton} icon="edit" label=${`Rename ${summary.name}`} size=${16} onClick=${() => setName(name === null ? summary.name : null)} />
      <${IconButton} icon="download" label=${`Save ${summary.name} as a file`} size=${16} onClick=${() => exportProject(summary.id)} />
      <${IconButton} icon="trash" label=${`Delete ${summary.name}`} size=${16} onClick=${() => deleteProject(summary.id)} />
    </li>`;
}

/** @param {HTMLInputElement | null} input */
const focused = (input) => { if (input && document.activeElement !== input) input.select(); };

/** @param {{summary: ProjectSummary, px?: number}} props */
export const ProjectPicture = ({ summary, px = 128 }) => (summary.head_picture
  ? html`<img src=${urls.thumbnail(summary.head_picture.sha256, px)} alt="" draggable=${false} />`
  : html`<span class="no-picture"><${Icon} name="image" size=${20} /></span>`);

/** "11 steps, today". @param {ProjectSummary} summary */
export const summaryLine = (summary) => `${counted(summary.node_count, 'step')}, ${dayText(summary.updated_at, new Date())}`;
