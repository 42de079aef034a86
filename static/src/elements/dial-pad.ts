import { buildPad } from '../phone/pad.ts';
import { make } from '../phone/dom.ts';
import { sheet } from './sheet.ts';

const STYLE = sheet(`
  :host { display: block; font: 400 1rem/1.2 var(--font, system-ui, sans-serif); color: var(--text, ButtonText); }
  :host([hidden]) { display: none; }
  .pad { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.5rem; }
  .key { display: grid; align-content: center; justify-items: center; min-height: 3.5rem; border: 0; border-radius: 0.875rem;
    background: var(--sunken, ButtonFace); color: inherit; font: 500 1.375rem/1.1 inherit; font-family: inherit; cursor: pointer; }
  .key:hover, .key.down { background: var(--pressed, Highlight); }
  .key:focus-visible { outline: 3px solid var(--accent, Highlight); outline-offset: 2px; }
  small { min-height: 0.9rem; font-size: 0.6875rem; letter-spacing: 0.12em; color: var(--text-quiet, inherit); }
`);

/** `<offhook-dial-pad>`: twelve keys. It emits `digit` with the key as detail; a long press of 0 is `+`. */
export class DialPad extends HTMLElement {
  constructor() {
    super();
    const pad = make('div', { class: 'pad', role: 'group', 'aria-label': 'Dial pad' });
    const press = (detail: string) => this.dispatchEvent(new CustomEvent('digit', { detail, bubbles: true }));
    buildPad(pad, press, press);
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [STYLE];
    root.append(pad);
  }
}
