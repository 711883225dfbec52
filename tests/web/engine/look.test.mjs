import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edit } from '../../../src/underpaint/server/web/engine/edit.js';
import { CANDIDATES, MaskLook, contrastingColour, contrastsOf, labOf, outlineColours } from '../../../src/underpaint/server/web/engine/render/mask-look.js';
import { Mips } from '../../../src/underpaint/server/web/engine/render/mips.js';
import { TileLayer } from '../../../src/underpaint/server/web/engine/tiles.js';

/** @param {readonly number[]} rgb a thumbnail of one colour */
const plain = (rgb) => contrastsOf({ width: 64, height: 64, data: Uint8ClampedArray.from({ length: 64 * 64 * 4 }, (_, i) => (i % 4 === 3 ? 255 : rgb[i % 4])) });

function fullMask() {
  const mask = new TileLayer({ width: 256, height: 256 }, 1);
  mask.set(0, 255);
  return mask;
}

test('Lab of known colours', () => {
  const near = (got, want) => got.forEach((value, i) => assert.ok(Math.abs(value - want[i]) < 0.1, `${got}`));
  near(labOf([255, 255, 255]), [100, 0, 0]);
  near(labOf([0, 0, 0]), [0, 0, 0]);
  near(labOf([255, 0, 0]), [53.24, 80.09, 67.2]);
});

test('the mask never has the colour of what it lies on', () => {
  for (const colour of CANDIDATES) assert.notEqual(contrastingColour(plain(colour), fullMask(), CANDIDATES[0]), colour === CANDIDATES[0] ? CANDIDATES[0] : colour);
});

test('the colour is the one that differs most, but does not flicker', () => {
  const green = plain([150, 255, 60]), best = contrastingColour(green, fullMask(), [1, 2, 3]);
  const distance = (a) => Math.hypot(...labOf(a).map((value, i) => value - labOf([150, 255, 60])[i]));
  assert.ok(CANDIDATES.every((candidate) => distance(candidate) <= distance(best)));
  assert.equal(contrastingColour(green, fullMask(), best), best);
});

test('an empty mask keeps its colour', () => {
  const mask = new TileLayer({ width: 256, height: 256 }, 1);
  assert.equal(contrastingColour(plain([38, 224, 184]), mask, CANDIDATES[0]), CANDIDATES[0]);
});

test('a hidden mask keeps a dotted outline and no hatch', () => {
  const look = new MaskLook();
  look.style = 'hidden';
  assert.ok(look.hatch.every((rgba) => rgba >>> 24 === 0));
  const colours = outlineColours(look);
  assert.ok(colours.some((rgba) => rgba >>> 24 === 255) && colours.some((rgba) => rgba === 0));
});

test('halvings follow partial writes and never lose a pixel', () => {
  const layer = new TileLayer({ width: 256, height: 256 }, 1), mips = new Mips(layer), edit = new Edit(layer);
  layer.onchange = (key, area) => mips.invalidate(key, area);
  edit.write(0)[0] = 255;
  layer.touch(0, { x: 0, y: 0, width: 1, height: 1 });
  assert.equal(mips.at(0, 1)[0], 64);
  edit.write(0)[201 * 256 + 77] = 1;
  layer.touch(0, { x: 77, y: 201, width: 1, height: 1 });
  for (const level of [1, 3, 5]) {
    const plane = /** @type {Uint8Array} */ (mips.at(0, level)), width = 256 >> level;
    assert.ok(plane[(201 >> level) * width + (77 >> level)] > 0, `level ${level}`);
    assert.equal(plane.filter((value) => value > 0).length, 2);
  }
});
