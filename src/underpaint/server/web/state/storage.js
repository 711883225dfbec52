// @ts-check
/** What could not be sent to the server yet, in this browser. Where IndexedDB is not to be had, nothing is kept. */
import * as store from './store.js';
/** @import { Kept } from './autosave.js' */

const NAME = 'underpaint';
const STORE = 'unsent';

/** @type {Promise<IDBDatabase> | null} */
let connection = null;
const forget = () => { connection = null; };

/** One connection for the life of the page; opened again after it failed or was closed. */
const connected = () => (connection ??= open().catch((error) => {
  forget();
  throw error;
}));

/** @returns {Promise<IDBDatabase>} */
const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => { request.result.createObjectStore(STORE); };
  request.onsuccess = () => {
    request.result.onclose = forget;
    resolve(request.result);
  };
  request.onerror = () => reject(request.error);
});

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function transact(mode, act) {
  const database = await connected();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error); // a full disk shows only here
  });
}

function sayUnkept() {
  const message = 'What the server does not have yet could not be kept in this browser either. Leave the page open until it is saved.';
  store.problem.value = { code: 'storage', message, field: null };
}

export const unsent = {
  /** @param {string} key @param {Kept} value */
  put: async (key, value) => { await transact('readwrite', (entries) => entries.put(value, key)).catch(sayUnkept); },
  /** @param {string} key @returns {Promise<Kept | null>} */
  get: async (key) => /** @type {Kept | null} */ ((await transact('readonly', (entries) => entries.get(key)).catch(() => null)) ?? null),
  /** @param {string} key */
  remove: async (key) => { await transact('readwrite', (entries) => entries.delete(key)).catch(() => undefined); },
};
