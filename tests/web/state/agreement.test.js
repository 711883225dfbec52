// @ts-check
/** What the page knows by heart is what the Python side says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PROFILES, defaultRequest } from '../../../src/underpaint/server/web/state/defaults.js';
import { zoneOf } from '../../../src/underpaint/server/web/state/zones.js';
import { takesChurn, takesEta, takesNoiseScale } from '../../../src/underpaint/server/web/ui/panel/labels.js';
/** @import { InpaintArea, Underpainting } from '../../../src/underpaint/server/web/api/api.d.ts' */

/** @param {string} name */
const python = (name) => readFileSync(new URL(`../../../src/underpaint/${name}.py`, import.meta.url), 'utf8');

/** Members of the enums of a module: "StepRule.EXACT" → "exact". @param {string} source */
function members(source) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const [, name = '', body = ''] of source.matchAll(/^class (\w+)\(StrEnum\):\n([\s\S]*?)(?=^\S)/gm)) {
    for (const [, member = '', value = ''] of body.matchAll(/^ {4}([A-Z0-9_]+) = "([^"]*)"/gm)) found.set(`${name}.${member}`, value);
  }
  return found;
}

test('the profiles are those of request.py', () => {
  const source = python('request');
  const values = members(source);
  const [, rules = ''] = /class Rules:\n([\s\S]*?)\n\n\n/.exec(source) ?? [];
  const [, a1111 = ''] = /def a1111\(\)[\s\S]*?return Rules\(\n([\s\S]*?)\n {8}\)/.exec(source) ?? [];
  const studio = Object.fromEntries([...rules.matchAll(/^ {4}([a-z]\w*): \w+ = ([\w.]+)/gm)].map(([, key, member = '']) => [key, values.get(member)]));
  const webui = Object.fromEntries([...a1111.matchAll(/(\w+)=([\w.]+),/g)].map(([, key, member = '']) => [key, values.get(member)]));
  assert.deepEqual(PROFILES.studio, studio);
  assert.deepEqual(PROFILES.a1111, webui);
});

test('every setting the page knows is one of request.py', () => {
  const source = python('request');
  /** @param {string} name */
  const fields = (name) => {
    const [, body = ''] = new RegExp(`^class ${name}:\\n([\\s\\S]*?)(?=^\\S|\\n    @property|\\n    def )`, 'm').exec(source) ?? [];
    return [...body.matchAll(/^ {4}([a-z]\w*):/gm)].map(([, field]) => field);
  };
  /** @param {object} known @param {string} name */
  const missing = (known, name) => Object.keys(known).filter((key) => !fields(name).includes(key));
  const request = defaultRequest();
  const classes = { prompt: 'PromptSettings', mask: 'MaskSettings', canvas: 'CanvasSettings', sampling: 'SamplingSettings', noise: 'NoiseSettings', batch: 'BatchSettings' };
  assert.deepEqual(missing(request, 'InpaintRequest'), []);
  for (const [group, name] of Object.entries(classes)) {
    assert.deepEqual(missing(request[/** @type {keyof typeof classes} */ (group)], name), [], group);
  }
});

test('the recommended strengths are those of tasks.py', () => {
  const source = python('tasks');
  const values = members(source);
  const [, table = ''] = /^ZONES[^{]*\{\n([\s\S]*?)^\}/m.exec(source) ?? [];
  let rows = 0;
  for (const [, member = '', rest = ''] of table.matchAll(/Underpainting\.(\w+): (.*),$/gm)) {
    const underpainting = /** @type {Underpainting} */ (values.get(`Underpainting.${member}`));
    const numbers = [...rest.matchAll(/\((\d\.?\d*), (\d\.?\d*)\)/g)].map(([, low, high]) => [Number(low), Number(high)]);
    /** @type {InpaintArea[]} */
    const areas = ['only-masked', 'whole'];
    areas.forEach((area, index) => assert.deepEqual(zoneOf(underpainting, area), numbers[index] ?? numbers[0], `${member} ${area}`));
    rows += 1;
  }
  assert.equal(rows, 5);
});

test('only settings that a sampler listens to are shown, as traits.py has it', () => {
  const names = members(python('request'));
  let samplers = 0;
  for (const [, member = '', body = ''] of python('traits').matchAll(/^ {4}Sampler\.(\w+): Traits\(([\s\S]*?)\),$/gm)) {
    const name = names.get(`Sampler.${member}`) ?? '';
    assert.equal(takesEta(name), body.includes('default_eta='), `${name}: eta`);
    assert.equal(takesChurn(name), body.includes('takes_churn=True'), `${name}: churn`);
    assert.equal(takesNoiseScale(name), body.includes('takes_noise_scale=True'), `${name}: noise scale`);
    samplers += 1;
  }
  assert.ok(samplers >= 20);
});

test('what travels has the fields of schemas.py', () => {
  const types = readFileSync(new URL('../../../src/underpaint/server/web/api/api.d.ts', import.meta.url), 'utf8');
  /** @param {string} body */
  const names = (body) => [...body.matchAll(/(?:^|[{;])\s*(\w+)\??:/gm)].map(([, name]) => name ?? '');
  /** @type {Map<string, {base: string, fields: string[]}>} */
  const interfaces = new Map();
  for (const [, name = '', base = '', body = ''] of types.matchAll(/^export interface (\w+)(?: extends (\w+))? \{([\s\S]*?)\}$/gm)) interfaces.set(name, { base, fields: names(body) });
  /** @param {string} name @returns {string[]} */
  const all = (name) => {
    const found = interfaces.get(name);
    return found ? [...found.fields, ...(found.base ? all(found.base) : [])] : [];
  };
  let compared = 0;
  for (const module of ['server/schemas', 'models/recommended', 'tasks', 'advice']) {
    for (const [, name = '', body = ''] of python(module).matchAll(/^class (\w+):\n([\s\S]*?)(?=^\S)/gm)) {
      if (!interfaces.has(name)) continue;
      const fields = [...body.matchAll(/^ {4}([a-z]\w*):/gm)].map(([, field]) => field ?? '');
      assert.deepEqual(all(name).sort(), fields.sort(), name);
      compared += 1;
    }
  }
  assert.ok(compared >= 20, `${compared} compared`);
});
