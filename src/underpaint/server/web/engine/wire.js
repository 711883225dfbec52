// @ts-check
/** Tiles on the wire: `u16 column, u16 row, u32 length` (little-endian), then `length` zlib-deflated bytes; 0 = empty tile. */

const HEADER = 8;

/** @typedef {{column: number, row: number, data: Uint8Array}} WireTile  data: deflated, empty for an empty tile */

/** @param {readonly WireTile[]} tiles @returns {ArrayBuffer} */
export function packTiles(tiles) {
  const buffer = new ArrayBuffer(tiles.reduce((sum, { data }) => sum + HEADER + data.length, 0));
  const view = new DataView(buffer), bytes = new Uint8Array(buffer);
  let at = 0;
  for (const { column, row, data } of tiles) {
    view.setUint16(at, column, true);
    view.setUint16(at + 2, row, true);
    view.setUint32(at + 4, data.length, true);
    bytes.set(data, at + HEADER);
    at += HEADER + data.length;
  }
  return buffer;
}

/** @param {ArrayBuffer} buffer @returns {WireTile[]} */
export function parseTiles(buffer) {
  const view = new DataView(buffer);
  /** @type {WireTile[]} */ const tiles = [];
  for (let at = 0; at < buffer.byteLength;) {
    if (at + HEADER > buffer.byteLength) throw new RangeError(`Tiles end inside a header at byte ${at}`);
    const length = view.getUint32(at + 4, true);
    if (at + HEADER + length > buffer.byteLength) throw new RangeError(`Tiles end inside a tile at byte ${at}`);
    tiles.push({ column: view.getUint16(at, true), row: view.getUint16(at + 2, true), data: new Uint8Array(buffer, at + HEADER, length) });
    at += HEADER + length;
  }
  return tiles;
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export const deflate = (bytes) => through(bytes, new CompressionStream('deflate'));

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export const inflate = (bytes) => through(bytes, new DecompressionStream('deflate'));

/** @param {Uint8Array} bytes @param {CompressionStream | DecompressionStream} stream */
async function through(bytes, stream) {
  const writer = stream.writable.getWriter(), result = new Response(stream.readable).arrayBuffer();
  // a broken stream shows in both promises: one of them has to be looked after
  writer.write(/** @type {Uint8Array<ArrayBuffer>} */ (bytes)).catch(() => undefined);
  writer.close().catch(() => undefined);
  return new Uint8Array(await result);
}
