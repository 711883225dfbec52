// @ts-check
/** The branch of the picture that is worked on, step by step. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../api/client.js';
import { continueFrom, setView } from '../state/actions.js';
import { branch, treeCounts } from '../state/results.js';
import { draft, headNode, tasks } from '../state/store.js';
import { Icon } from './parts.js';
import { counted } from './time-words.js';
import { fitClass } from './tray.js';
/** @import { Node } from '../api/api.d.ts' */

export function Film() {
  const row = useRef(/** @type {HTMLOListElement | null} */ (null));
  const head = headNode.value;
  useEffect(() => {
    row.current?.scrollTo({ left: row.current.scrollWidth });
  }, [head?.id]);
  const { branches } = treeCounts.value;
  return html`
    <section class="film" aria-label="History of this branch" data-region="history">
      <header class="film-head">
        <h2>History</h2><small>Ctrl Z steps back, nothing is lost</small><div class="grow"></div>
        <button type="button" class="lk" onClick=${() => setView('history')}>Tree${branches > 1 ? `, ${counted(branches, 'branch', 'branches')}` : ''}</button>
      </header>
      <ol class="film-row" ref=${row}>
        ${branch.value.map((node) => html`<${Frame} key=${node.id} node=${node} isHead=${node.id === head?.id} />`)}
        ${head && html`<li><span class="frame is-next"><i><${Icon} name="plus" size=${16} /></i><span>${nextName()}</span></span></li>`}
      </ol>
    </section>`;
}

/** @param {{node: Node, isHead: boolean}} props */
const Frame = ({ node, isHead }) => html`
  <li>
    <button type="button" class=${`frame ${isHead ? 'is-on' : ''}`} aria-current=${isHead ? 'step' : undefined}
      title=${isHead ? node.name : `Continue from ${node.name}`} onClick=${() => continueFrom(node.id)}>
      <img class=${fitClass(node.picture)} src=${urls.thumbnail(node.picture.sha256, 256)} alt="" draggable=${false} /><span>${node.name}</span>
    </button>
    <span class="sep"><${Icon} name="chev" size=${12} /></span>
  </li>`;

const nextName = () => tasks.value.find((preset) => preset.task === draft.value.task)?.name ?? 'Next step';
