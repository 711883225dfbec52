// @ts-check
/** The first page: open something, and what this is about in one figure. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { openDialog, openEmpty, openProject, openSample, listProjects, setSetting } from '../state/actions.js';
import { openResultFile, takeFile } from '../state/incoming.js';
import { connection, isPhone, models, problem, projects, status } from '../state/store.js';
import { ProjectPicture, summaryLine } from './dialogs/projects.js';
import { Button, Icon } from './parts.js';
/** @import { ComponentChildren } from 'preact' */
/** @import { ProjectSummary } from '../api/api.d.ts' */

const RECENT = 5;

export function EmptyView() {
  useEffect(() => { void listProjects(); }, []);
  return html`
    <main class="empty" aria-label="Start" data-region="main" tabindex="-1">
      <div class="hero-row">
        <div class="hero-text">
          <h1>What lies under the mask ${html`<br />`}decides what you get.</h1>
          <p>Open a picture, brush over a part of it, choose what the model starts from. Pick the best of four and go on.</p>
          <${OpenButtons} />
          <${Problems} />
        </div>
        <${DemoFigure} />
      </div>
      <${Recent} />
    </main>`;
}

function OpenButtons() {
  return html`
    <${FileButton} accept="image/*,.zip" class="drop" onFile=${takeFile}>
      <${Icon} name="upload" size=${24} />${isPhone.value
        ? html`<b>Open an image</b><span>from your photos or files</span>`
        : html`<b>Drop an image here</b><span>or click to choose, or paste with <kbd>Ctrl V</kbd></span>`}<//>
    <div class="empty-acts">
      <${Button} icon="image" onClick=${openSample}>Open the sample<//>
      <${Button} icon="blank" onClick=${() => openDialog({ name: 'blank' })}>New blank canvas<//>
      <${FileButton} accept="image/*,.zip" class="bt" title="A picture made here or with A1111, or an exported project" onFile=${openFile}><${Icon} name="branch" size=${16} /><span>Open a result file</span><//>
    </div>
    <${FirstPicture} />`;
}

/** A result file restores its settings; a project file its whole history. @param {File} file */
const openFile = (file) => (/\.zip$/i.test(file.name) ? takeFile(file) : openResultFile(file));

/** A button that opens the browser's file choice. @param {{accept: string, class: string, title?: string, onFile: (file: File) => void, children?: ComponentChildren}} props */
export function FileButton({ accept, class: look, title, onFile, children }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {{currentTarget: HTMLInputElement}} event */
  const take = ({ currentTarget }) => {
    const [file] = currentTarget.files ?? [];
    currentTarget.value = '';
    if (file) onFile(file);
  };
  return html`
    <button type="button" class=${look} title=${title} onClick=${() => input.current?.click()}>${children}</button>
    <input class="visually-hidden" type="file" accept=${accept} tabindex="-1" aria-hidden="true" ref=${input} onChange=${take} />`;
}

/** Text to image: the first picture from words alone. */
function FirstPicture() {
  const [words, setWords] = useState('');
  /** @param {Event} event */
  const begin = async (event) => {
    event.preventDefault();
    const isOpen = await openEmpty(words.trim().slice(0, 60) || undefined);
    if (isOpen && words.trim()) setSetting('prompt.positive', words.trim());
  };
  return html`
    <form class="first-picture" onSubmit=${begin}>
      <input class="input" type="text" aria-label="Describe a first picture" placeholder="or describe a first picture" maxlength="2000" value=${words}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setWords(event.currentTarget.value)} />
      <${Button} type="submit">Start from words<//>
    </form>`;
}

function Problems() {
  if (connection.value === 'online' && status.value && models.value.length === 0) {
    return html`<p class="empty-problem" role="status"><${Icon} name="warn" size=${16} />No checkpoint found in ${status.value.models_folder}.</p>`;
  }
  return problem.value && html`<p class="empty-problem" role="alert"><${Icon} name="warn" size=${16} />${problem.value.message}</p>`;
}

const STARTS = [['sketch', 'Sketch'], ['fill', 'Fill'], ['noise', 'Noise'], ['nothing', 'Nothing']];

const DemoFigure = () => html`
  <figure class="demo-figure">
    <img src="/web/pictures/sample.webp" width="960" height="640" alt="Sample picture with a mask and a rough sketch of a tree under it" />
    <ul class="demo">${STARTS.map(([name, label]) => html`
      <li key=${name}><div class="demo-pair"><img src=${`/web/pictures/under-${name}.webp`} width="200" height="200" alt=${`${label} under the mask`} />
        <${Icon} name="chev" size=${14} /><img src=${`/web/pictures/${name}.webp`} width="200" height="200" alt="what came of it" /></div><span>${label}</span></li>`)}
    </ul>
  </figure>`;

function Recent() {
  const all = projects.value;
  if (!all?.length) return null;
  return html`
    <section class="recent" aria-label="Recent projects">
      <div class="recent-head"><h2>Recent projects</h2>
        <button type="button" class="lk" onClick=${() => openDialog({ name: 'projects' })}>All ${all.length}</button></div>
      <ul>${all.slice(0, RECENT).map((summary) => html`<${RecentProject} key=${summary.id} summary=${summary} />`)}</ul>
    </section>`;
}

/** @param {{summary: ProjectSummary}} props */
const RecentProject = ({ summary }) => html`
  <li><button type="button" class="rp" onClick=${() => openProject(summary.id)}>
    <${ProjectPicture} summary=${summary} px=${512} /><b>${summary.name}</b><small>${summaryLine(summary)}</small></button></li>`;
