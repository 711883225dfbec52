// @ts-check
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FILES, modules, vendor } from './vendor.js';

test('the vendored libraries are those of package.json, unchanged', () => {
  assert.deepEqual(readdirSync(vendor).sort(), Object.keys(FILES).sort());
  for (const [copy, original] of Object.entries(FILES)) {
    assert.ok(readFileSync(new URL(copy, vendor)).equals(readFileSync(new URL(original, modules))), copy);
  }
});

test('every library of the page is in the import map', () => {
  const page = readFileSync(new URL('../index.html', vendor), 'utf8');
  const [, map = ''] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(page) ?? [];
  const targets = Object.values(JSON.parse(map).imports).map((url) => String(url).replace('/web/vendor/', ''));
  assert.deepEqual(targets.sort(), Object.keys(FILES).filter((name) => name.endsWith('.js')).sort());
});
