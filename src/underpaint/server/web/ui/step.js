// @ts-check
/** The panel beside the tree: one step, what it changed, how it was made, and the ways on from it. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../api/client.js';
import { continueFrom, loadRecipe, openDialog, renameNode, saveNode, showResults, starNode } from '../state/actions.js';
import { defaultRequest } from '../state/defaults.js';
import { canDelete, fileFormat, hasFileMetadata, nodes, originOf, selectedNode } from '../state/results.js';
import { isSettingsLike } from '../state/settings.js';
import { fitted } from '../state/sticky.js';
import { headNode, isSwitching } from '../state/store.js';
import { checksOf } from './checks.js';
import { CopyButton } from './copy.js';
import { Cut, useChangedBox } from './cut.js';
import { FileChoice } from './inspector.js';
import { Button, Icon, IconButton } from './parts.js';
import { recipeRows, recipeText } from './recipe-rows.js';
import { removeStep, renamed, rerunChanged } from './step-verbs.js';
import { momentText } from './time-words.js';
/** @import { Node } from '../api/api.d.ts' */
/** @import { Row } from './recipe-rows.js' */

export function StepPanel() {
  const node = selectedNode.value;
  if (!node) return html`<aside class="panel step-panel" aria-label="Step" data-region="panel"></aside>`;
  const { job } = originOf(node);
  const isHead = node.id === headNode.value?.id;
  const hasRecipe = job !== null || isSettingsLike(node.recipe);
  return html`
    <aside class="panel step-panel" aria-label="Step" data-region="panel">
      <div class="pb" tabindex="-1">
        <${Overview} key=${node.id} node=${node} />
        <${Changes} node=${node} />
        <${Recipe} node=${node} />
        <${MoreVerbs} node=${node} />
        <section class="ps"><h3>Save this picture</h3><${FileChoice} onSave=${() => saveNode(node.id, fileFormat.value, hasFileMetadata.value)} /></section>
      </div>
      <footer class="go">
        <div class="two b">
          <${Button} keys="L" disabled=${!hasRecipe} onClick=${() => loadRecipe(node.id)}>Load recipe<//>
          <${Button} keys="R" disabled=${!job} onClick=${() => showResults(job?.id ?? null)}>Show results<//>
        </div>
        <${Button} kind="primary" id="continue" keys="↵" disabled=${isSwitching.value} onClick=${() => continueFrom(node.id)}>${isHead ? 'Continue here' : 'Continue from here'}<//>
      </footer>
    </aside>`;
}

/** @param {{node: Node}} props */
function Overview({ node }) {
  const isRenaming = renamed.value === node.id;
  const { width, height } = node.picture;
  return html`
    <section class="ps">
      <div class="step-name">
        ${isRenaming ? html`<${NameInput} node=${node} />` : html`<h2>${node.name}</h2>`}
        <${IconButton} icon="edit" label="Rename" keys="F2" size=${16} onClick=${() => { renamed.value = isRenaming ? null : node.id; }} />
        <${IconButton} icon="star" label="Star" keys="*" size=${16} isOn=${node.is_starred} onClick=${() => starNode(node.id, !node.is_starred)} />
        <${IconButton} icon="trash" label="Delete with all below" keys="Del" size=${16} disabled=${!canDelete(node.id)} onClick=${() => removeStep(node)} />
      </div>
      <p class="step-meta">${momentText(node.created_at, new Date())} · ${width} × ${height}</p>
      <img class="wide" src=${urls.thumbnail(node.picture.sha256, 768)} alt=${node.name} style=${{ aspectRatio: `${width} / ${height}` }} />
    </section>`;
}

/** @param {{node: Node}} props */
function NameInput({ node }) {
  const [name, setName] = useState(node.name);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => input.current?.select(), []);
  const finish = async () => {
    renamed.value = null;
    if (name.trim() && name.trim() !== node.name) await renameNode(node.id, name.trim());
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    event.stopPropagation();
    if (event.key === 'Enter') void finish();
    if (event.key === 'Escape') renamed.value = null;
  };
  return html`<input class="input" ref=${input} aria-label="Name of this step" maxlength="200" value=${name} onKeyDown=${onKey} onBlur=${finish}
    onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setName(event.currentTarget.value)} />`;
}

/** @param {{node: Node}} props */
function Changes({ node }) {
  const parent = nodes.value.find((each) => each.id === node.parent_id);
  const changed = useChangedBox(parent?.picture, node.picture);
  const { job, result } = originOf(node);
  if (!parent) return null;
  const checks = job && result ? checksOf({ ...job, variety_delta_e: null }, result) : [];
  return html`
    <section class="ps">
      <h3>What changed</h3>
      <div class="pair">
        <${Cut} picture=${parent.picture} box=${changed} alt=${`${parent.name}, before`} />
        <${Cut} picture=${node.picture} box=${changed} alt=${`${node.name}, after`} />
      </div>
      ${checks.length > 0 && html`<ul class="checks">${checks.map((check) => html`
        <li class=${`is-${check.verdict}`}><${Icon} name=${check.icon} size=${16} /><b>${check.name}</b><span>${check.value}</span></li>`)}</ul>`}
    </section>`;
}

/** @param {{node: Node}} props */
function Recipe({ node }) {
  const rows = rowsOf(node);
  if (!rows.length) return null;
  return html`
    <section class="ps">
      <h3>Recipe<${CopyButton} class="lk" label="Copy" text=${() => recipeText(rows)} /></h3>
      <dl class="rec">${rows.map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl>
    </section>`;
}

/** @param {Node} node @returns {Row[]} */
function rowsOf(node) {
  const { job, result } = originOf(node);
  if (job && result) {
    const image = job.results.length > 1 ? `result ${result.index + 1} of ${job.results.length}` : '';
    return recipeRows({ request: job.request, underpainting: job.underpainting, seed: result.seed, image, hasMask: job.node_id !== null });
  }
  return isSettingsLike(node.recipe) ? recipeRows({ request: fitted(defaultRequest(), node.recipe.request), hasMask: node.parent_id !== null }) : [];
}

/** @param {{node: Node}} props */
function MoreVerbs({ node }) {
  const parent = nodes.value.find((each) => each.id === node.parent_id);
  const isSameSize = parent?.picture.width === node.picture.width && parent.picture.height === node.picture.height;
  const { job } = originOf(node);
  if (!parent || (!job && !isSameSize)) return null;
  return html`
    <section class="ps"><h3>Go on from here</h3>
      <div class="acts">
        ${job && html`<button type="button" onClick=${() => rerunChanged(node)}>
          <${Icon} name="refresh" size=${18} /><span><b>Run again with changes</b><small>goes to ${parent.name}, fills in this recipe</small></span></button>`}
        ${isSameSize && html`<button type="button" onClick=${() => openDialog({ name: 'blend', nodeId: node.id })}>
          <${Icon} name="inter" size=${18} /><span><b>Blend with ${parent.name}</b><small>by opacity, or only where the mask is</small></span></button>`}
      </div>
    </section>`;
}
