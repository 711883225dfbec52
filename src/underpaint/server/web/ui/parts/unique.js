// @ts-check
import { useState } from 'preact/hooks';

let last = 0;

/** An id for this place in the page, that no other has. @returns {string} */
export function useUnique() {
  const [id] = useState(() => {
    last += 1;
    return `u${last}-`;
  });
  return id;
}
