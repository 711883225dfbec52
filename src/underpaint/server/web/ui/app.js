// @ts-check
/** The whole page. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { togglePanel } from '../state/actions.js';
import { trayState } from '../state/results.js';
import { comparison, headNode, isDrawer, isPanelOpen, isPhone, panel, picked, pickedResult, project, view } from '../state/store.js';
import { AdviceStrip, ProblemStrip } from './advice.js';
import { Announcer } from './announcer.js';
import { Bar } from './bar.js';
import { CompareBar, StageBadge } from './compare.js';
import { DeletedBanner } from './deleted.js';
import { Dialogs } from './dialogs/dialogs.js';
import { EmptyView } from './empty.js';
import { EngineBanner } from './engine-banner.js';
import { Film } from './film.js';
import { DropTarget } from './incoming.js';
import { Inspector, KeepFooter } from './inspector.js';
import { listenForKeys } from './key-listener.js';
import { Layers } from './layers.js';
import { OfflineBanner } from './offline.js';
import { OptionBar } from './optionbar.js';
import { GenerateFooter, SettingsPanel } from './panel/panel.js';
import { PhoneApp } from './phone/phone.js';
import { QueuePanel } from './queue.js';
import { Rail } from './rail.js';
import { Stage } from './stage.js';
import { Toasts } from './toast.js';
import { Tray } from './tray.js';
import { HistoryView } from './tree.js';
/** @import { ComponentChildren } from 'preact' */

export function App() {
  useEffect(listenForKeys, []);
  return html`${isPhone.value ? html`<${PhoneApp} />` : html`<${DesktopApp} />`}
    <${Dialogs} /><${DropTarget} /><${Toasts} /><${Announcer} />`;
}

function DesktopApp() {
  return html`<${Bar} /><${OfflineBanner} /><${DeletedBanner} /><${EngineBanner} />${project.value ? html`<${Studio} />` : html`<${EmptyView} />`}`;
}

function Studio() {
  if (view.value === 'history') return html`<div class="work"><${HistoryView} /></div><${ProblemStrip} />`;
  const isComparing = picked.value !== null && comparison.value !== null;
  const isPicking = trayState.value !== 'hidden';
  return html`
    <div class="work">
      <${Rail} />
      <main class="centre" aria-label="Canvas">
        ${isComparing ? html`<${CompareBar} />` : html`<${OptionBar} />`}
        <${Stage}><${StageBadge} /><//>
        ${isPicking ? html`<${ProblemStrip} /><${Tray} />` : html`<${AdviceStrip} /><${Dock} />`}
      </main>
      ${isPanelOpen.value ? html`<${SidePanel} />` : html`<${FloatingFooter} />`}
    </div>`;
}

/** The main button, where the panel is closed. */
function FloatingFooter() {
  const result = panel.value === 'result' ? pickedResult.value : null;
  return html`<div class="float-go">${result ? html`<${KeepFooter} result=${result} />` : html`<${GenerateFooter} />`}</div>`;
}

const Dock = () => (headNode.value ? html`<div class="dock"><${Layers} /><${Film} /></div>` : null);

function SidePanel() {
  const shown = panel.value === 'queue' ? html`<${QueuePanel} />`
    : panel.value === 'result' && picked.value ? html`<${Inspector} />` : html`<${SettingsPanel} />`;
  return isDrawer.value ? html`<${Drawer}>${shown}<//>` : shown;
}

/** Over the canvas: the focus goes in and comes back, Escape closes. @param {{children?: ComponentChildren}} props */
function Drawer({ children }) {
  const drawer = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    const opener = document.activeElement;
    drawer.current?.querySelector('button')?.focus();
    return () => { if (opener instanceof HTMLElement && opener.isConnected) opener.focus(); };
  }, []);
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    togglePanel();
  };
  return html`<div class="drawer" ref=${drawer} onKeyDown=${onKeyDown}>${children}</div>`;
}
