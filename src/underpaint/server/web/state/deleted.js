// @ts-check
/** The open project may be deleted in another window: it stays on the page, and nothing is sent, until it is restored or left. */
import * as store from './store.js';
import { api, ApiError } from '../api/client.js';

/** Nothing was asked of the server: it would not find the project. */
export class ProjectDeleted extends Error {
  constructor() {
    super('This project was deleted in another window.');
    this.name = 'ProjectDeleted';
  }
}

/** Not so for a model that is not there, though its status is the same. @param {unknown} error */
export const isMissing = (error) => error instanceof ApiError && error.code === 'not-found';

/** Looks whether the open project is still there; something of it was not found, or nothing is heard of it any more. */
export async function noticeDeletion() {
  const open = store.project.value;
  if (!open || store.isProjectDeleted.value) return;
  try {
    await api.project(open.id);
  } catch (error) {
    if (isMissing(error) && store.project.value?.id === open.id) store.isProjectDeleted.value = true;
  }
}

/** @template T @param {() => Promise<T>} send a request about the open project @returns {Promise<T>} */
export async function unlessDeleted(send) {
  if (store.isProjectDeleted.value) throw new ProjectDeleted();
  return send();
}
