// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putJobs, putOrder, putProgress, putQueue } from '../../../src/underpaint/server/web/state/jobs.js';
import * as store from '../../../src/underpaint/server/web/state/store.js';
/** @import { Job, JobState, Progress, Project } from '../../../src/underpaint/server/web/api/api.d.ts' */

/** @param {string} id @param {string} projectId @param {JobState} state */
const job = (id, projectId, state) => /** @type {Job} */ ({ id, project_id: projectId, state, position: 0 });
const ids = () => [...store.jobs.value.keys()];

test('open jobs of a project that was deleted elsewhere leave the queue, its results stay', () => {
  store.project.value = /** @type {Project} */ ({ id: 'mine' });
  putJobs([job('a', 'mine', 'queued'), job('b', 'gone', 'queued'), job('c', 'gone', 'done'), job('d', 'there', 'paused')]);
  putOrder(['d']);
  assert.deepEqual(ids(), ['a', 'c', 'd'], 'a job of the open project may be newer than the event');
  putJobs([job('b', 'gone', 'queued')]);
  putQueue({ is_paused: false, jobs: [job('d', 'there', 'running'), job('a', 'mine', 'queued')] });
  assert.deepEqual(ids(), ['a', 'c', 'd']);
  assert.deepEqual(['d', 'a'].map((id) => store.jobs.value.get(id)?.position), [0, 1]);
});

test('progress that comes late wakes no job that was paused or has ended', () => {
  const progress = /** @type {Progress} */ ({ share: 0.5 });
  for (const state of /** @type {JobState[]} */ (['queued', 'running', 'paused', 'done', 'failed', 'cancelled'])) {
    putJobs([job('a', 'mine', state)]);
    putProgress('a', progress);
    const now = store.jobs.value.get('a');
    const isAwake = state === 'queued' || state === 'running';
    assert.equal(now?.state, isAwake ? 'running' : state);
    assert.equal(now?.progress, isAwake ? progress : undefined);
  }
});
