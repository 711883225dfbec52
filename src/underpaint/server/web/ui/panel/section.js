// @ts-check
import { html } from 'htm/preact';
import { toggleSection } from '../../state/actions.js';
import { openSections } from '../../state/store.js';
import { Accordion } from '../parts.js';
/** @import { ComponentChildren } from 'preact' */

/**
 * A part of the panel that opens, and stays so with the project.
 * @param {{name: string, title: string, summary: string, isChanged?: boolean, children?: ComponentChildren}} props
 */
export const Section = ({ name, title, summary, isChanged, children }) => html`
  <${Accordion} title=${title} summary=${summary} isChanged=${isChanged} isOpen=${openSections.value.has(name)}
    onToggle=${() => toggleSection(name)}>${children}<//>`;
