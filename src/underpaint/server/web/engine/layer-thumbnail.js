// @ts-check
/** @import { LayerName, Size } from './types.js' */
/** @import { Renderer } from './render/renderer.js' */
import { context2d } from './render/mask-view.js';
import { levelFor } from './render/mips.js';

/** A small picture of a layer: the mask white on black, the sketch on nothing. @param {Renderer} renderer @param {LayerName} layer @param {Size} size @returns {ImageData} */
export function layerThumbnail(renderer, layer, size) {
  const { document } = renderer, { width, height } = document.size;
  if (document.isEmpty) return new ImageData(size.width, size.height);
  const scaleX = size.width / width;
  if (layer === 'sketch') {
    const context = context2d(new OffscreenCanvas(size.width, size.height));
    renderer.sketchView.draw(context, { scale: scaleX, x: 0, y: 0 }, { x: 0, y: 0, ...size });
    return context.getImageData(0, 0, size.width, size.height);
  }
  const image = new ImageData(size.width, size.height), level = levelFor(scaleX);
  for (let y = 0, i = 0; y < size.height; y++) {
    const py = Math.floor((y + 0.5) / size.height * height);
    for (let x = 0; x < size.width; x++, i += 4) {
      const px = Math.floor((x + 0.5) / size.width * width), tile = renderer.mask.mips.at(document.mask.key(px >> 8, py >> 8), level);
      const value = typeof tile === 'number' ? tile : tile[((py & 255) >> level) * (256 >> level) + ((px & 255) >> level)];
      image.data.set([value, value, value, 255], i);
    }
  }
  return image;
}
