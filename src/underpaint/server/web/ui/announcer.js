// @ts-check
/** The two live regions, and the sentences about jobs that go into them. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { effect } from '@preact/signals-core';
import '@preact/signals';
import { announce } from '../state/actions.js';
import { announcement, jobs, project } from '../state/store.js';
import { announcementOf } from './announcements.js';

export function Announcer() {
  useEffect(announceJobs, []);
  const { text, isUrgent, count } = announcement.value;
  // A no-break space at every other turn, so that the same sentence twice is heard twice.
  const spoken = text && count % 2 ? `${text}\u00a0` : text;
  return html`
    <div class="visually-hidden" role="status" aria-live="polite">${isUrgent ? '' : spoken}</div>
    <div class="visually-hidden" role="alert">${isUrgent ? spoken : ''}</div>`;
}

/** Follows the open project's jobs; what was there when the page opened is not news. */
function announceJobs() {
  let known = jobs.value;
  let projectId = project.value?.id;
  return effect(() => {
    const now = jobs.value;
    const isSameProject = project.value?.id === projectId;
    const before = known;
    known = now;
    projectId = project.value?.id;
    if (!isSameProject) return;
    for (const job of now.values()) {
      if (job.project_id !== projectId || before.get(job.id) === job) continue;
      const said = announcementOf(before.get(job.id), job);
      if (said) queueMicrotask(() => announce(said.text, said.isUrgent));
    }
  });
}
