// @ts-check
/** The stream of events from the server, opened again and again until it stays. */
/** @import { ServerEvents } from './api.d.ts' */

const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
/** @type {(keyof ServerEvents)[]} */
const NAMES = ['snapshot', 'job', 'progress', 'result', 'queue', 'project', 'draft', 'engine'];

/** @typedef {{[Name in keyof ServerEvents]: (data: ServerEvents[Name]) => void}} Handlers */

export class EventStream {
  /** @type {EventSource | null} */ #source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #failures = 0;
  #path = '/api/events';
  #handlers;
  #onState;

  /** @param {Handlers} handlers @param {(isOpen: boolean, retryAt: number | null) => void} onState */
  constructor(handlers, onState) {
    this.#handlers = handlers;
    this.#onState = onState;
  }

  /** Listens for this project's events, or for those of none. @param {string | null} projectId */
  open(projectId) {
    const path = projectId ? `/api/events?project_id=${encodeURIComponent(projectId)}` : '/api/events';
    if (this.#source && path === this.#path) return;
    this.#path = path;
    this.#failures = 0;
    this.#connect();
  }

  /** Tries now. */
  retry() {
    this.#failures = 0;
    this.#connect();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #connect() {
    this.close();
    const source = new EventSource(this.#path);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#onState(true, null);
    };
    source.onerror = () => this.#lost(source);
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        const handle = /** @type {(data: unknown) => void} */ (this.#handlers[name]);
        handle(JSON.parse(/** @type {MessageEvent<string>} */ (event).data));
      });
    }
  }

  /** @param {EventSource} source */
  #lost(source) {
    if (source !== this.#source) return;
    this.close();
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 15_000;
    this.#failures += 1;
    this.#onState(false, Date.now() + wait);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }
}
