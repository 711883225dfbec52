import assert from 'node:assert/strict';
import { test } from 'node:test';

/** Stands for a browser's worker: answers when a test says so. */
class FakeWorker extends EventTarget {
  /** @type {FakeWorker} */ static last;
  /** @type {{id: number}[]} */ jobs = [];
  isTerminated = false;

  constructor() {
    super();
    FakeWorker.last = this;
  }

  /** @param {{id: number}} job */
  postMessage(job) { this.jobs.push(job); }
  terminate() { this.isTerminated = true; }
  /** @param {object} data */
  answer(data) { this.dispatchEvent(Object.assign(new Event('message'), { data })); }
}

Object.assign(globalThis, { Worker: FakeWorker });
const { WorkerClient } = await import('../../../src/underpaint/server/web/engine/worker-client.js');

/** A client with one job under way. */
const begun = () => {
  const client = new WorkerClient(), job = client.run('fillHoles', /** @type {any} */ ({}));
  return { client, job, worker: FakeWorker.last };
};

test('who waits goes on when the last job is answered', async () => {
  const { client, job, worker } = begun();
  const idle = client.idle();
  assert.equal(client.isIdle, false);
  worker.answer({ id: worker.jobs[0].id, result: 'filled' });
  assert.equal(await job, 'filled');
  await idle;
  assert.equal(client.isIdle, true);
});

test('an error of a job is told to who asked for it', async () => {
  const { client, job, worker } = begun();
  worker.answer({ id: worker.jobs[0].id, error: 'too large' });
  await assert.rejects(job, /too large/);
  await client.idle();
});

test('who waits goes on when the worker fails, and when it is closed', async () => {
  const failing = begun(), failed = failing.client.idle();
  failing.worker.dispatchEvent(Object.assign(new Event('error'), { message: 'no such file' }));
  await assert.rejects(failing.job, /no such file/);
  await failed;
  const closing = begun(), closed = closing.client.idle();
  closing.client.close();
  await closed;
  assert.equal(closing.worker.isTerminated, true);
});
