// @ts-check
/** Shows the dialog that is open. */
import { html } from 'htm/preact';
import '@preact/signals';
import { dialog } from '../../state/store.js';
import { Blank } from './blank.js';
import { Blend } from './blend.js';
import { Confirm } from './confirm.js';
import { Drop, SettingsFile } from './drop.js';
import { Export } from './export.js';
import { Extend } from './extend.js';
import { Masks } from './masks.js';
import { Projects } from './projects.js';
import { Commands, Shortcuts } from './shortcuts.js';

export function Dialogs() {
  const open = dialog.value;
  switch (open?.name) {
    case undefined: return null;
    case 'shortcuts': return html`<${Shortcuts} />`;
    case 'commands': return html`<${Commands} />`;
    case 'projects': return html`<${Projects} />`;
    case 'blank': return html`<${Blank} />`;
    case 'extend': return html`<${Extend} />`;
    case 'blend': return html`<${Blend} key=${open.nodeId} nodeId=${open.nodeId} />`;
    case 'masks': return html`<${Masks} />`;
    case 'settings-file': return html`<${SettingsFile} file=${open.file} />`;
    case 'drop': return html`<${Drop} file=${open.file} />`;
    case 'export': return html`<${Export} />`;
    case 'confirm': return html`<${Confirm} title=${open.title} text=${open.text} action=${open.action} run=${open.run} />`;
    default: return null;
  }
}
