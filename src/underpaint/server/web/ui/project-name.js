// @ts-check
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { renameProject } from '../state/actions.js';
import { project } from '../state/store.js';
import { Icon, Menu } from './parts.js';
/** @import { MenuItem } from './parts/menu.js' */

/** Name and menu of the project; "Rename" turns the name into a field. @param {{items: () => MenuItem[]}} props */
export function ProjectName({ items }) {
  const [isNaming, setIsNaming] = useState(false);
  const name = project.value?.name ?? '';
  if (isNaming) return html`<${NameField} name=${name} onDone=${() => setIsNaming(false)} />`;
  /** @returns {MenuItem[]} */
  const all = () => [{ label: 'Rename', icon: 'edit', run: () => setIsNaming(true) }, ...items()];
  return html`<${Menu} label="Project" class="proj" items=${all}><span>${name}</span><${Icon} name="down" size=${14} /><//>`;
}

/** @param {{name: string, onDone: () => void}} props */
function NameField({ name, onDone }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.select(), []);
  const take = () => {
    const wanted = field.current?.value.trim() ?? '';
    onDone();
    if (wanted && wanted !== name) void renameProject(wanted);
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key === 'Enter') take();
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onDone();
  };
  return html`
    <input ref=${field} class="projname" type="text" aria-label="Name of the project" value=${name} maxlength="200" onKeyDown=${onKeyDown}
      onBlur=${take} />`;
}
