// @ts-check
import { html } from 'htm/preact';
import { closeDialog } from '../../state/actions.js';
import { Button } from '../parts.js';
import { Dialog } from './dialog.js';

/** Asks once more before something that cannot be undone. @param {{title: string, text: string, action: string, run: () => void | Promise<void>}} props */
export function Confirm({ title, text, action, run }) {
  const go = async () => {
    closeDialog();
    await run();
  };
  const foot = html`<${Button} onClick=${closeDialog}>Cancel<//><${Button} kind="danger" onClick=${go}>${action}<//>`;
  return html`<${Dialog} title=${title} onClose=${closeDialog} foot=${foot}><div class="dlg-body"><p>${text}</p></div><//>`;
}
