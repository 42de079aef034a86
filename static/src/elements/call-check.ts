import type { Client, PreflightReport, Verdict } from '@offhook/client';
import { make, makeButton, svgElement } from '../phone/dom.ts';
import { type Colour, type Light, toLights, unlit } from './lights.ts';
import { sheet } from './sheet.ts';

const STYLE = sheet(`
  :host { display: grid; gap: 0.75rem; font: 400 0.9375rem/1.5 var(--font, system-ui, sans-serif); color: var(--text, CanvasText); }
  :host([hidden]) { display: none; }
  ul { display: grid; margin: 0; padding: 0; list-style: none; }
  li { display: grid; grid-template-columns: 1.75rem minmax(0, 9rem) minmax(0, 1fr); align-items: center; gap: 0.25rem 0.75rem;
    min-height: 2.75rem; border-bottom: 1px solid var(--line, GrayText); }
  .words { color: var(--text-quiet, inherit); overflow-wrap: anywhere; }
  .light { display: grid; place-items: center; width: 1.75rem; height: 1.75rem; border-radius: 50%; background: var(--text-quiet, GrayText); color: var(--surface, Canvas); }
  .light svg { width: 1.125rem; height: 1.125rem; fill: none; stroke: currentcolor; stroke-width: 3.2; stroke-linecap: round; stroke-linejoin: round; }
  [data-colour="good"] .light { background: var(--good, green); }
  [data-colour="fair"] .light { background: var(--fair, orange); }
  [data-colour="poor"] .light { background: var(--poor, red); }
  :host([running]) .light { animation: breathe 1.6s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: 0.35; } }
  @media (prefers-reduced-motion: reduce) { :host([running]) .light { animation: none; } }
  .verdict { margin: 0; font-weight: 600; }
  .reasons { margin: 0; color: var(--text-quiet, inherit); }
  button { justify-self: start; min-height: 2.75rem; padding: 0 1.25rem; border: 0; border-radius: 0.875rem;
    background: var(--accent, ButtonFace); color: var(--surface, ButtonText); font: inherit; font-weight: 600; cursor: pointer; }
  button:disabled { opacity: 0.6; cursor: default; }
  button:focus-visible { outline: 3px solid var(--accent, Highlight); outline-offset: 2px; }
  @media (max-width: 30rem) { li { grid-template-columns: 1.75rem minmax(0, 1fr); padding-block: 0.5rem; } .words { grid-column: 2; } }
`);

const SHAPES: Readonly<Record<Colour, string>> = {
  good: 'M5.5 12.8l4.3 4.2 8.7-9.5',
  fair: 'M12 5v8M12 18.5v.1',
  poor: 'M7 7l10 10M17 7L7 17',
  off: 'M7 12h10',
};
const SAID: Readonly<Record<Colour, string>> = { good: 'all right', fair: 'middling', poor: 'not all right', off: '' };
const VERDICTS: Readonly<Record<Verdict, string>> = {
  ready: 'Ready for calls.',
  degraded: 'Calls work, but not at their best.',
  blocked: 'Calls do not work from here.',
  permission_denied: 'The browser does not let this page use the microphone.',
};

/** `<offhook-check>`: looks at all that a call needs and shows a traffic light for each. Give it a `client`. */
export class CallCheck extends HTMLElement {
  /** Whose way is checked. */
  client: Client | undefined;
  /** A number that plays back what it hears; without one, the way of the sound is not looked at. */
  echo = '';
  readonly #list = make('ul');
  readonly #verdict = make('p', { class: 'verdict', role: 'status' });
  readonly #reasons = make('p', { class: 'reasons' });
  readonly #button = makeButton('', () => void this.run(), 'Check now');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [STYLE];
    root.append(this.#verdict, this.#reasons, this.#list, this.#button);
    this.#show(unlit('Not looked at yet'));
  }

  /** Runs the check; emits `checked` with the report as detail. */
  async run(): Promise<void> {
    if (!this.client || this.#button.disabled) return;
    this.#button.disabled = true;
    this.toggleAttribute('running', true);
    this.#verdict.textContent = 'Checking';
    this.#reasons.textContent = '';
    this.#show(unlit('Looking'));
    const report = await this.client.runPreflight(this.echo === '' ? {} : { echo: this.echo });
    this.#tell(report);
    this.toggleAttribute('running', false);
    this.#button.disabled = false;
    this.dispatchEvent(new CustomEvent('checked', { detail: report, bubbles: true }));
  }

  #tell(report: PreflightReport): void {
    this.#verdict.textContent = VERDICTS[report.verdict];
    this.#reasons.textContent = report.reasons.join(' ');
    this.#show(toLights(report));
  }

  #show(lights: readonly Light[]): void {
    this.#list.replaceChildren(...lights.map(toRow));
  }
}

function toRow({ name, colour, words }: Light): HTMLLIElement {
  const svg = svgElement('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  svg.append(svgElement('path', { d: SHAPES[colour] }));
  const light = make('span', SAID[colour] === '' ? { class: 'light' } : { class: 'light', role: 'img', 'aria-label': SAID[colour] }, svg);
  return make('li', { 'data-colour': colour }, light, make('b', {}, name), make('span', { class: 'words' }, words));
}
