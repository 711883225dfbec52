"""What is cut off, lies outside the window or on something else, as a person would see it."""

from playwright.sync_api import Page

FIND = r"""() => {
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest('.visually-hidden, .skip');
  const named = (element) => `${element.ariaLabel || element.innerText || element.className}`.slice(0, 40);
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  /** The part that ancestors leave of an element, and whether one of them can be scrolled to see the rest. */
  const shown = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const part = { left, top, right, bottom };
    let scrolls = false;
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(parent);
      if (overflowX !== 'visible' || overflowY !== 'visible') {
        const box = parent.getBoundingClientRect();
        scrolls ||= ['auto', 'scroll'].includes(overflowX) && parent.scrollWidth > parent.clientWidth;
        scrolls ||= ['auto', 'scroll'].includes(overflowY) && parent.scrollHeight > parent.clientHeight;
        part.left = Math.max(part.left, box.left);
        part.top = Math.max(part.top, box.top);
        part.right = Math.min(part.right, box.right);
        part.bottom = Math.min(part.bottom, box.bottom);
      }
      if (position === 'fixed') break;
    }
    return { element, whole: { left, top, right, bottom }, part, scrolls };
  };
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  const texts = [...document.querySelectorAll('body *')].filter((element) => isSeen(element) && hasText(element)).map(shown);
  for (const { element, whole, part, scrolls } of texts) {
    if (scrolls || whole.right - whole.left < 2) continue;
    const isCut = part.right - part.left < whole.right - whole.left - 2 || part.bottom - part.top < whole.bottom - whole.top - 2;
    if (isCut) faults.push(`cut: ${named(element)}`);
    if (whole.right > innerWidth + 1 || whole.left < -1 || whole.bottom > innerHeight + 1) faults.push(`outside: ${named(element)}`);
  }
  const controls = [...document.querySelectorAll('button, input, select, textarea')]
    .filter((element) => isSeen(element) && !element.closest('.layer, .card-frame, .sl, .swatch'))
    .map(shown);
  for (const [index, one] of controls.entries()) {
    for (const other of controls.slice(index + 1)) {
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const width = Math.min(one.part.right, other.part.right) - Math.max(one.part.left, other.part.left);
      const height = Math.min(one.part.bottom, other.part.bottom) - Math.max(one.part.top, other.part.top);
      if (width > 2 && height > 2) faults.push(`on each other: ${named(one.element)} and ${named(other.element)}`);
    }
  }
  return [...new Set(faults)];
}"""


def faults(page: Page) -> list[str]:
    """One line per fault."""
    page.wait_for_timeout(150)
    found: list[str] = page.evaluate(FIND)
    return found


def with_large_text(page: Page) -> list[str]:
    """Faults while text has twice its size."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found = faults(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found
