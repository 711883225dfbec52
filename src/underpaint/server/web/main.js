// @ts-check
/** Starts the page: canvas, events, panels, and the project that was open. */
import { render } from 'preact';
import { html } from 'htm/preact';
import '@preact/signals';
import { effect } from '@preact/signals-core';
import * as store from './state/store.js';
import { Editor } from './engine/editor.js';
import { startAsking } from './state/asking.js';
import { connectEditor } from './state/canvas.js';
import { followJobs } from './state/job-start.js';
import { listen, loadSurroundings } from './state/live.js';
import { followPage, startPage } from './state/page.js';
import { autosave } from './state/saving.js';
import { attempt, openProject } from './state/actions.js';
import { App } from './ui/app.js';
import { canvasHost } from './ui/stage.js';

const editor = new Editor(canvasHost);
Object.assign(window, { underpaint: { editor, store, autosave } });

startPage();
connectEditor(editor);
startAsking();
followJobs();
followPage();
effect(() => listen(store.project.value?.id ?? null));
const root = document.getElementById('root');
if (root) render(html`<${App} />`, root);

await attempt(loadSurroundings);
const wanted = location.hash.slice(1);
if (wanted) await openProject(wanted);
document.documentElement.dataset.ready = 'true';
addEventListener('hashchange', () => {
  const id = location.hash.slice(1);
  if (id && id !== store.project.value?.id) void openProject(id);
});
