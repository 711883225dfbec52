// @ts-check
/** One way to the server, and its two ways to fail. */

/** The server answered, and said no. */
export class ApiError extends Error {
  /** @param {number} status @param {{code: string, message: string, field?: string | null}} problem */
  constructor(status, problem) {
    super(problem.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code;
    this.field = problem.field ?? null;
  }
}

/** The server did not answer. */
export class Unreachable extends Error {
  constructor() {
    super('The server does not answer.');
    this.name = 'Unreachable';
  }
}

/** Of this tab; events carry it, so that a tab ignores its own echoes. */
export const clientId = crypto.randomUUID().slice(0, 8);

/** @param {Response} response @returns {Promise<ApiError>} */
async function errorOf(response) {
  /** @type {unknown} */
  const body = await response.json().catch(() => null);
  const error = /** @type {{error?: {code: string, message: string, field?: string | null}} | null} */ (body)?.error;
  return new ApiError(response.status, error ?? { code: 'http', message: `The server answered ${response.status}.` });
}

/** @typedef {{json?: unknown, body?: BodyInit, type?: string, signal?: AbortSignal, keepalive?: boolean}} Options */

/** @param {string} method @param {string} path @param {Options} [options] @returns {Promise<Response>} */
export async function send(method, path, { json, body, type, signal, keepalive } = {}) {
  const headers = new Headers({ 'X-Client': clientId });
  if (json !== undefined) headers.set('Content-Type', 'application/json');
  if (type) headers.set('Content-Type', type);
  let response;
  try {
    response = await fetch(`/api${path}`, {
      method, headers, signal: signal ?? null, keepalive: keepalive ?? false, body: json === undefined ? body ?? null : JSON.stringify(json),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable();
  }
  if ([502, 503, 504].includes(response.status) && !response.headers.get('content-type')?.includes('json')) throw new Unreachable();
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** @template T @param {string} method @param {string} path @param {Options} [options] @returns {Promise<T>} */
export async function call(method, path, options) {
  const response = await send(method, path, options);
  return /** @type {Promise<T>} */ (response.status === 204 ? undefined : response.json());
}

/**
 * Sends a file and says how far it got, which fetch cannot.
 * @template T
 * @param {string} method @param {string} path @param {File | Blob} file @param {Record<string, string>} [fields]
 * @param {(share: number) => void} [onProgress]
 * @returns {Promise<T>}
 */
export function upload(method, path, file, fields = {}, onProgress = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file, file instanceof File ? file.name : 'picture.png');
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    request.open(method, `/api${path}`);
    request.setRequestHeader('X-Client', clientId);
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onerror = () => reject(new Unreachable());
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status || 500 });
      if (response.ok) response.json().then(resolve, reject);
      else errorOf(response).then(reject);
    };
    request.send(form);
  });
}
