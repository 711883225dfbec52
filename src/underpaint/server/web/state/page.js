// @ts-check
/** What the page takes from the browser: theme, width, leaving. */
import { effect } from '@preact/signals-core';
import * as store from './store.js';
import { autosave } from './saving.js';

const PHONE = '(max-width: 899px), (pointer: coarse) and (max-width: 1099px)';
const DRAWER = '(max-width: 1199px)';

/** Theme as chosen, else as the system has it; the layout that fits. */
export function startPage() {
  const chosen = localStorage.getItem('underpaint.theme');
  const isLight = chosen ? chosen === 'light' : matchMedia('(prefers-color-scheme: light)').matches;
  store.theme.value = isLight ? 'light' : 'dark';
  store.areKeysOn.value = localStorage.getItem('underpaint.keys') !== 'off';
  const phone = matchMedia(PHONE);
  const drawer = matchMedia(DRAWER);
  store.isPhone.value = phone.matches;
  const fitPanel = () => {
    store.isDrawer.value = drawer.matches;
    store.isPanelOpen.value = !drawer.matches;
  };
  fitPanel();
  phone.addEventListener('change', () => { store.isPhone.value = phone.matches; });
  drawer.addEventListener('change', fitPanel);
}

export function followPage() {
  effect(() => { document.documentElement.dataset.theme = store.theme.value; });
  effect(() => { document.title = store.project.value ? `${store.project.value.name} – Underpaint` : 'Underpaint'; });
  const flush = () => { void autosave.flush().catch(() => undefined); };
  addEventListener('visibilitychange', () => { if (document.hidden) flush(); });
  addEventListener('pagehide', flush);
}
