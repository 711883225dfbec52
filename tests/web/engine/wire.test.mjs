import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflate, inflate, packTiles, parseTiles } from '../../../src/underpaint/server/web/engine/wire.js';

// Python: zlib.compress(bytes(tile)) of 256 × 256 bytes that are 0 but for tile[0] = 7 and tile[257] = 200
const PYTHON_TILE = 'eJztzkENAAAIBCB/9m9lrIuhm5CArudmOwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  + 'AAAAAAAAAAAAAAAAAHBDAENZANA=';

test('the header is little-endian, an empty tile has length 0', () => {
  const buffer = packTiles([{ column: 1, row: 258, data: new Uint8Array(0) }, { column: 3, row: 0, data: new Uint8Array([0x78, 0x9c]) }]);
  assert.equal(Buffer.from(buffer).toString('hex'), '01000201' + '00000000' + '03000000' + '02000000' + '789c');
});

test('what is packed is parsed', () => {
  const tiles = [{ column: 0, row: 0, data: new Uint8Array([1, 2, 3]) }, { column: 31, row: 7, data: new Uint8Array(0) }];
  assert.deepEqual(parseTiles(packTiles(tiles)), tiles);
});

test('a buffer that was cut off is refused', () => {
  const buffer = packTiles([{ column: 0, row: 0, data: new Uint8Array([1, 2, 3]) }]);
  assert.throws(() => parseTiles(buffer.slice(0, 10)), /inside a tile/);
  assert.throws(() => parseTiles(buffer.slice(0, 4)), /inside a header/);
});

test("zlib's format both ways", async () => {
  const pixels = new Uint8Array(65536);
  pixels[0] = 7;
  pixels[257] = 200;
  const packed = await deflate(pixels);
  assert.equal(packed[0] & 15, 8); // zlib header: method deflate, not raw
  assert.deepEqual(await inflate(packed), pixels);
});

test('bytes written by Python are read', async () => {
  const pixels = await inflate(Buffer.from(PYTHON_TILE, 'base64'));
  const expected = new Uint8Array(65536);
  expected[0] = 7;
  expected[257] = 200;
  assert.deepEqual(pixels, expected);
});

test('broken data is an error', async () => {
  await assert.rejects(inflate(new Uint8Array([1, 2, 3, 4])));
});
