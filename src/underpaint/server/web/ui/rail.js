// @ts-check
import { html } from 'htm/preact';
import { setColour, setTool } from '../state/actions.js';
import { headNode, picked, tool, toolOptions } from '../state/store.js';
import { RAIL } from '../state/tools.js';
import { onText } from './parts/events.js';
import { IconButton, useRoving } from './parts.js';

/** One tab stop; arrows move along the tools. */
export function Rail() {
  const { ref, onKeyDown } = useRoving({ axis: 'vertical' });
  const isOff = headNode.value === null;
  const now = picked.value ? 'pan' : tool.value;
  return html`
    <nav class="rail" aria-label="Tools" data-region="tools">
      <div ref=${ref} class="tools" role="toolbar" aria-orientation="vertical" aria-label="Tools" onKeyDown=${onKeyDown}>
        ${RAIL.map((entry) => (entry === 'line'
          ? html`<i class="hr" role="none"></i>`
          : html`<${IconButton} key=${entry.tool} icon=${entry.icon} label=${entry.label} keys=${entry.keys} size=${20} disabled=${isOff}
              isOn=${now === entry.tool} tabindex=${now === entry.tool ? 0 : -1} onClick=${() => setTool(entry.tool)} />`))}
      </div>
      <div class="grow"></div>
      <${Swatch} />
    </nav>`;
}

/** The colour of the sketch brush, and the one before. */
function Swatch() {
  const { paint, colours } = toolOptions.value;
  return html`
    <span class="swatch">
      <i style=${{ background: paint.colour }}></i><i style=${{ background: colours[1] ?? paint.colour }}></i>
      <input type="color" value=${paint.colour} aria-label="Paint colour" title="Paint colour" onChange=${onText(setColour)} />
    </span>`;
}
