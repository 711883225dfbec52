// @ts-check
/** Settings kept under a name. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import { deletePreset, loadPreset, savePreset } from '../../state/actions.js';
import { presets } from '../../state/store.js';
import { Button, Icon, IconButton, Popover, TextField } from '../parts.js';

export function Presets() {
  const [at, setAt] = useState(/** @type {{x: number, y: number, right: boolean} | null} */ (null));
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const open = () => {
    const box = button.current?.getBoundingClientRect();
    if (box) setAt({ x: box.right, y: box.bottom + 6, right: true });
  };
  const close = () => {
    setAt(null);
    button.current?.focus();
  };
  return html`
    <button ref=${button} type="button" class="lk" aria-haspopup="dialog" aria-expanded=${String(at !== null)}
      onClick=${() => (at ? close() : open())}>Presets</button>
    ${at && html`<${Popover} at=${at} label="Presets" onClose=${close} class="presetbox"><${PresetList} onClose=${close} /><//>`}`;
}

/** @param {{onClose: () => void}} props */
function PresetList({ onClose }) {
  const [name, setName] = useState('');
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    if (!name.trim()) return;
    await savePreset(name.trim());
    setName('');
  };
  /** @param {string} known */
  const load = (known) => {
    loadPreset(known);
    onClose();
  };
  return html`
    <ul class="presetlist">
      ${presets.value.map((preset) => html`
        <li key=${preset.name}>
          <button type="button" onClick=${() => load(preset.name)}><${Icon} name="tune" size=${16} /><span>${preset.name}</span></button>
          <${IconButton} icon="trash" label=${`Remove preset ${preset.name}`} isSmall onClick=${() => deletePreset(preset.name)} />
        </li>`)}
      ${presets.value.length === 0 && html`<li class="none">No presets yet. A preset keeps all settings of this panel.</li>`}
    </ul>
    <form class="naming" onSubmit=${save}>
      <${TextField} label="Name of the preset" placeholder="Name" value=${name} onInput=${setName} maxLength=${200} />
      <${Button} type="submit" disabled=${!name.trim()}>Save<//>
    </form>`;
}
