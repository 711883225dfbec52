// @ts-check
/** The list of keys, and the search for commands. Both read the one table in ui/keys.js. */
import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import '@preact/signals';
import { closeDialog, setKeysOn } from '../../state/actions.js';
import { areKeysOn } from '../../state/store.js';
import { keyText } from '../key-match.js';
import { COMMANDS } from '../keys.js';
import { Icon, Switch } from '../parts.js';
import { Dialog } from './dialog.js';
import { groupsOf, matching } from './key-rows.js';
/** @import { Command } from '../keys.js' */

/** @param {{value: string, onInput: (value: string) => void, label: string} & Record<string, unknown>} props */
const Find = ({ value, onInput, label, ...rest }) => html`
  <span class="find"><${Icon} name="search" size=${16} />
    <input type="text" aria-label=${label} placeholder=${label} autocomplete="off" spellcheck=${false} value=${value} autofocus
      onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => onInput(event.currentTarget.value)} ...${rest} /></span>`;

export function Shortcuts() {
  const [words, setWords] = useState('');
  const groups = groupsOf(COMMANDS, words);
  const head = html`<${Find} label="Find a command" value=${words} onInput=${setWords} />`;
  return html`
    <${Dialog} title="Keyboard" isWide onClose=${closeDialog} head=${head}>
      <div class="keys-grid" tabindex="0">
        ${groups.map(({ name, rows }) => html`
          <section key=${name}><h3>${name}</h3><dl>${rows.map((row) => html`
            <div key=${row.label}><dt>${row.label}</dt><dd>${row.keys.map((key) => html`<kbd>${keyText(key)}</kbd>`)}</dd></div>`)}</dl></section>`)}
        ${groups.length === 0 && html`<p class="keys-none">No command has "${words}" in its name.</p>`}
      </div>
      <footer class="keys-foot"><${Switch} label="Single letters as shortcuts" note="They are off anyway while you type." isOn=${areKeysOn.value} onChange=${setKeysOn} /></footer>
    <//>`;
}

/** Search for a command and run it. */
export function Commands() {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = matching(COMMANDS.filter((command) => command.run && (command.isOn?.() ?? true)), words);
  const chosen = Math.min(at, found.length - 1);
  /** @param {Command | undefined} command */
  const run = (command) => {
    if (!command) return;
    closeDialog();
    command.run?.();
    command.release?.();
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setAt((chosen + by + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  const head = html`<${Find} label="What do you want to do?" value=${words} onInput=${(/** @type {string} */ typed) => { setWords(typed); setAt(0); }}
    role="combobox" aria-expanded="true" aria-controls=${id} aria-activedescendant=${found.length ? `${id}-${chosen}` : undefined} onKeyDown=${onKey} />`;
  return html`
    <${Dialog} title="Commands" onClose=${closeDialog} head=${head}>
      <ul class="commands" role="listbox" aria-label="Commands" id=${id}>
        ${found.map((command, index) => html`
          <li key=${command.id} id=${`${id}-${index}`} role="option" aria-selected=${String(index === chosen)} class=${index === chosen ? 'is-on' : ''}
            ref=${(/** @type {HTMLElement | null} */ row) => { if (index === chosen) row?.scrollIntoView({ block: 'nearest' }); }}
            onPointerMove=${() => setAt(index)} onClick=${() => run(command)}>
            <span>${command.label}</span><small>${command.group}</small>${command.keys[0] && html`<kbd>${keyText(command.keys[0])}</kbd>`}</li>`)}
      </ul>
      ${found.length === 0 && html`<p class="dlg-body">Nothing here does that now.</p>`}
    <//>`;
}
