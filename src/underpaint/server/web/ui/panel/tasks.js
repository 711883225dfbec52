// @ts-check
import { html } from 'htm/preact';
import { applyTask, openDialog } from '../../state/actions.js';
import { differsFromTask } from '../../state/settings.js';
import { draft, hasSketch, maskBounds, tasks } from '../../state/store.js';
import { Icon, Radios } from '../parts.js';
import { Presets } from './presets.js';
/** @import { Task } from '../../api/api.d.ts' */
/** @import { IconName } from '../icons.js' */

/** @type {Record<Task, IconName>} */
const ICONS = { 'fix-detail': 'fix', add: 'add', replace: 'replace', background: 'backdrop', extend: 'extend', custom: 'tune' };

/** Tasks only fill in the controls below. The lit one has a dot when something of it was changed. */
export function Tasks() {
  const now = draft.value;
  const lit = tasks.value.find((preset) => preset.task === now.task);
  const isChanged = lit !== undefined && lit.task !== 'custom' && differsFromTask(now, lit, { hasSketch: hasSketch.value });
  const options = tasks.value.map((preset) => ({ value: preset.task, label: preset.name, title: preset.description }));
  /** @param {{value: Task, label: string}} option @param {boolean} isOn */
  const draw = ({ value, label }, isOn) => html`
    <${Icon} name=${ICONS[value]} /><span>${label}</span>
    ${isOn && isChanged && html`<i class="dot"></i><span class="visually-hidden">, changed</span>`}`;
  /** Nothing can be extended before it is said how far. @param {Task} task @param {boolean} isPressed */
  const choose = (task, isPressed) => {
    applyTask(task);
    if (task === 'extend' && isPressed && maskBounds.value === null) openDialog({ name: 'extend' });
  };
  return html`
    <section class="ps">
      <div class="head"><h3>Task</h3><${Presets} /></div>
      <${Radios} label="Task" class="tasks six" options=${options} value=${now.task} onChange=${choose} draw=${draw} />
    </section>`;
}
