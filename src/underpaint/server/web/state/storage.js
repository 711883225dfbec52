// @ts-check
/** What could not be sent to the server yet, in this browser. Where IndexedDB is not to be had, nothing is kept. */
/** @import { Kept } from './autosave.js' */

const NAME = 'underpaint';
const STORE = 'unsent';

/** @returns {Promise<IDBDatabase>} */
const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => { request.result.createObjectStore(STORE); };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T | null>} */
async function transact(mode, act) {
  try {
    const database = await open();
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch {
    return null;
  }
}

export const unsent = {
  /** @param {string} key @param {Kept} value */
  put: async (key, value) => { await transact('readwrite', (store) => store.put(value, key)); },
  /** @param {string} key @returns {Promise<Kept | null>} */
  get: async (key) => /** @type {Kept | null} */ ((await transact('readonly', (store) => store.get(key))) ?? null),
  /** @param {string} key */
  remove: async (key) => { await transact('readwrite', (store) => store.delete(key)); },
};
