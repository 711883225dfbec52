// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answers } from '../../../src/underpaint/server/web/state/answers.js';

test('an answer stays for its version of the layers, a failure only until it is asked again', async () => {
  /** @type {Answers<string>} */
  const answers = new Answers();
  assert.equal(await answers.put('job', '1/0', Promise.resolve('start')), 'start');
  assert.equal(await answers.get('job', '1/0'), 'start');
  assert.equal(answers.get('job', '2/0'), null);
  const failing = answers.put('job', '2/0', Promise.reject(new Error('409')));
  assert.equal(await answers.get('job', '2/0'), null, 'the same answer for who asks meanwhile');
  assert.equal(await failing, null);
  assert.equal(answers.get('job', '2/0'), null);
});

test('a failure that comes late takes no newer answer away', async () => {
  /** @type {Answers<string>} */
  const answers = new Answers();
  const failing = answers.put('job', '1/0', Promise.reject(new Error('409')));
  const newer = answers.put('job', '2/0', Promise.resolve('start'));
  await failing;
  assert.equal(answers.get('job', '2/0'), newer);
});

test('jobs that are gone are forgotten', () => {
  const answers = new Answers();
  for (const id of ['a', 'b']) answers.put(id, '1/0', Promise.resolve(null));
  answers.keep(new Set(['b']));
  assert.equal(answers.get('a', '1/0'), null);
  assert.notEqual(answers.get('b', '1/0'), null);
});
