// @ts-check
/** The one undo list of the project: strokes, settings, kept and discarded results, branches. */
import { editor } from '../context.js';
import { switched } from '../loading.js';
import { announce, attempt } from './page.js';
import { endGesture } from './settings.js';

export async function undo() {
  await switched();
  endGesture();
  const label = await attempt(() => editor().history.undo());
  if (label) announce(`Undone: ${label}`);
}

export async function redo() {
  await switched();
  endGesture();
  const label = await attempt(() => editor().history.redo());
  if (label) announce(`Redone: ${label}`);
}
