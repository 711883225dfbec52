// @ts-check
/** The verb that reads a prompt off the picture. */
import * as store from '../store.js';
import { api } from '../../api/client.js';
import { announce, attempt, toast } from './page.js';
import { endGesture, setSetting } from './settings.js';

/** Puts what the captioner sees in the picture in place of the prompt; one undo step. */
export async function describe() {
  const node = store.headNode.value;
  if (!node || store.isDescribing.value) return;
  const reason = store.describingBlocked.value;
  if (reason) {
    announce(reason, true);
    return;
  }
  store.isDescribing.value = true;
  const told = await attempt(() => api.describe(node.id));
  store.isDescribing.value = false;
  if (!told || store.headNode.value?.id !== node.id) return;
  if (!told.prompt) {
    toast(`${told.captioner} finds no words for this picture.`);
    return;
  }
  endGesture();
  setSetting('prompt.positive', told.prompt);
  endGesture();
  announce(`Prompt: ${told.prompt}`);
}
