// @ts-check
/** One line: what went wrong, else the most urgent advice, else what the tool in hand does. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { applyFix, hideAdvice, showProblem } from '../state/actions.js';
import { headAndRest } from '../state/zones.js';
import { advice, headNode, problem, tool } from '../state/store.js';
import { toolEntry } from '../state/tools.js';
import { Button, Icon, IconButton } from './parts.js';
/** @import { Advice } from '../api/api.d.ts' */

const CALM_MS = 2000;

/** The newest advice, but not another one within two seconds. @param {Advice | null} wanted @returns {Advice | null} */
function useCalm(wanted) {
  const [shown, setShown] = useState(wanted);
  const changedAt = useRef(0);
  const isSameRule = wanted?.code === shown?.code;
  useEffect(() => {
    const wait = isSameRule ? 0 : Math.max(0, changedAt.current + CALM_MS - Date.now());
    const timer = setTimeout(() => {
      if (!isSameRule) changedAt.current = Date.now();
      setShown(wanted);
    }, wait);
    return () => clearTimeout(timer);
  }, [wanted]);
  return shown;
}

export function AdviceStrip() {
  const shown = useCalm(advice.value);
  if (problem.value) return html`<${ProblemStrip} />`;
  return html`
    <div class=${`tip ${shown?.kind === 'warning' ? 'warn' : ''}`} role="status">
      ${shown ? html`<${AdviceLine} key=${shown.code} shown=${shown} />` : html`<${ToolHint} />`}
    </div>`;
}

/** What went wrong last; the live region has said it already. */
export function ProblemStrip() {
  if (!problem.value) return null;
  return html`
    <div class="tip err">
      <${Icon} name="warn" size=${16} />
      <p><b>${problem.value.message}</b></p>
      <${IconButton} icon="x" label="Close" isSmall onClick=${() => showProblem(null)} />
    </div>`;
}

/** @param {{shown: Advice}} props */
function AdviceLine({ shown }) {
  const [isWhyShown, setIsWhyShown] = useState(false);
  const [head, rest] = headAndRest(shown.message);
  return html`
    <${Icon} name=${shown.kind === 'warning' ? 'warn' : 'hint'} size=${16} />
    <p><b>${head}</b> ${rest}${isWhyShown && html`<span class="why">${shown.why}</span>`}</p>
    ${shown.why && html`
      <button type="button" class="lk" aria-expanded=${String(isWhyShown)} onClick=${() => setIsWhyShown(!isWhyShown)}>Why</button>`}
    ${shown.fix && html`<${Button} isSmall onClick=${() => applyFix(shown)}>${shown.fix.label}<//>`}
    <${IconButton} icon="x" label="Hide this advice" isSmall onClick=${() => hideAdvice(shown.code)} />`;
}

function ToolHint() {
  if (!headNode.value) {
    return html`<${Icon} name="hint" size=${16} /><p>Describe the picture, then generate. The result you keep becomes the first step.</p>`;
  }
  const entry = toolEntry(tool.value);
  return entry ? html`<${Icon} name=${entry.icon} size=${16} /><p>${entry.hint}</p>` : null;
}
