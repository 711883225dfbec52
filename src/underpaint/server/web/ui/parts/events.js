// @ts-check
/** What a field holds, out of its event. */

/** @typedef {{currentTarget: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement}} FieldEvent */

/** @param {(text: string) => void} use */
export const onText = (use) => (/** @type {FieldEvent} */ event) => use(event.currentTarget.value);

/** Selects all of a number when it gets the focus, so that typing replaces it. @param {{currentTarget: HTMLInputElement}} event */
export const selectAll = (event) => event.currentTarget.select();
