// @ts-check
/** Copies the libraries of the page from node_modules, as they are: `npm run vendor` after changing a version in package.json. */
import { copyFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
export const vendor = new URL('src/underpaint/server/web/vendor/', root);
export const modules = new URL('node_modules/', root);

/** File in vendor/ → file of the package. */
export const FILES = {
  'preact.js': 'preact/dist/preact.mjs',
  'hooks.js': 'preact/hooks/dist/hooks.mjs',
  'htm.js': 'htm/dist/htm.mjs',
  'htm-preact.js': 'htm/preact/index.mjs',
  'signals-core.js': '@preact/signals-core/dist/signals-core.mjs',
  'signals.js': '@preact/signals/dist/signals.mjs',
  'preact.LICENSE': 'preact/LICENSE',
  'htm.LICENSE': 'htm/LICENSE',
  'signals.LICENSE': '@preact/signals/LICENSE',
};

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const [copy, original] of Object.entries(FILES)) copyFileSync(new URL(original, modules), new URL(copy, vendor));
}
