// @ts-check
/** The one undo list of the project: strokes, settings, kept and discarded results, branches. */
import { editor } from '../context.js';
import { announce, attempt } from './page.js';
import { endGesture } from './settings.js';

export async function undo() {
  endGesture();
  const label = await attempt(() => editor().history.undo());
  if (label) announce(`Undone: ${label}`);
}

export async function redo() {
  endGesture();
  const label = await attempt(() => editor().history.redo());
  if (label) announce(`Redone: ${label}`);
}
