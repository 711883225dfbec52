import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { FramePress } from '../../../src/underpaint/server/web/engine/tools/frame-press.js';

/** @param {number} x */
const at = (x) => ({ at: { x, y: 0 } });

function pressed() {
  const passed = [];
  return { passed, press: new FramePress((samples, isClick) => passed.push([samples.map((sample) => sample.at.x), isClick])) };
}

test('a drag goes to the tool from where it began', () => {
  const { press, passed } = pressed();
  press.down(at(10));
  press.move([at(11)]);
  assert.deepEqual(passed, []);
  press.move([at(12), at(20)]);
  assert.deepEqual(passed, [[[10, 11, 12, 20], false]]);
});

test('a click goes to the tool when no second one comes, a double click does not', (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const { press, passed } = pressed();
  press.down(at(10));
  press.up();
  assert.deepEqual(passed, []);
  mock.timers.tick(400);
  assert.deepEqual(passed, [[[10], true]]);
  for (let click = 0; click < 2; click++) {
    press.down(at(10));
    press.up();
  }
  mock.timers.tick(400);
  assert.equal(passed.length, 1);
});

test('two clicks at different places are two clicks', () => {
  const { press, passed } = pressed();
  press.down(at(10));
  press.up();
  press.down(at(90));
  press.up();
  press.finish();
  assert.deepEqual(passed, [[[10], true], [[90], true]]);
});
