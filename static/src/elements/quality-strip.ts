import type { Call, Sample } from '@offhook/client';
import { make, svgElement } from '../phone/dom.ts';
import { plot, sentence } from './quality-plot.ts';
import { sheet } from './sheet.ts';

/** What is drawn of a second. */
export type Reading = Pick<Sample, 'mos' | 'loss' | 'jitterMs'>;

/** Seconds that are drawn. */
const SECONDS = 60;

const STYLE = sheet(`
  :host { display: grid; gap: 0.375rem; font: 400 0.8125rem/1.4 var(--font, system-ui, sans-serif); color: var(--text, CanvasText); }
  :host([hidden]) { display: none; }
  .row { display: grid; grid-template-columns: 3.25rem minmax(0, 1fr) 3.5rem; align-items: center; gap: 0.5rem; }
  .name { color: var(--text-quiet, GrayText); }
  .value { text-align: end; font-variant-numeric: tabular-nums; font-weight: 600; }
  svg { display: block; width: 100%; height: 1.75rem; border-radius: 0.375rem; background: var(--sunken, Canvas); overflow: hidden; }
  .mos svg { height: 4.5rem; }
  .line { fill: none; stroke: var(--accent, LinkText); stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
  .area { fill: var(--accent, LinkText); opacity: 0.14; }
  .bar { fill: var(--poor, LinkText); }
  .band { stroke: var(--line, GrayText); stroke-width: 1; stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; }
  @media (forced-colors: active) { svg { border: 1px solid; } }
`);

interface Row {
  svg: SVGSVGElement;
  value: HTMLElement;
}

/**
 * `<offhook-quality>`: the last minute of a call as a picture, MOS large, loss and jitter under it. Give it a `call`, or
 * `readings` of your own, one a second.
 */
export class QualityStrip extends HTMLElement {
  readonly #rows: Record<'mos' | 'loss' | 'jitter', Row>;
  #readings: readonly Reading[] = [];
  #off: (() => void) | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [STYLE];
    this.#rows = { mos: row(root, 'mos', 'MOS'), loss: row(root, 'loss', 'Loss'), jitter: row(root, 'jitter', 'Jitter') };
  }

  connectedCallback(): void {
    this.setAttribute('role', 'img');
    this.#draw();
  }

  /** One a second, the newest last. */
  set readings(readings: readonly Reading[]) {
    this.#readings = readings.slice(-SECONDS);
    this.#draw();
  }

  /** The call to draw; undefined stops. */
  set call(call: Call | undefined) {
    this.#off?.();
    this.readings = [];
    this.#off = call?.on('sample', (sample) => (this.readings = [...this.#readings, sample]));
  }

  #draw(): void {
    const { mos, loss, jitter } = plot(this.#readings, SECONDS);
    const rows = this.#rows;
    const bands = [4, 3.5].map((value) => svgElement('path', { class: 'band', d: `M0 ${mos.y(value)}H${SECONDS}` }));
    rows.mos.svg.replaceChildren(...bands, svgElement('path', { class: 'area', d: mos.area }), svgElement('path', { class: 'line', d: mos.line }));
    rows.loss.svg.replaceChildren(svgElement('path', { class: 'bar', d: loss.bars }));
    rows.jitter.svg.replaceChildren(svgElement('path', { class: 'line', d: jitter.line }));
    const last = this.#readings.at(-1);
    rows.mos.value.textContent = last?.mos == null ? '\u2013' : last.mos.toFixed(1);
    rows.loss.value.textContent = last ? `${(last.loss * 100).toFixed(1)} %` : '\u2013';
    rows.jitter.value.textContent = last?.jitterMs == null ? '\u2013' : `${Math.round(last.jitterMs)} ms`;
    this.setAttribute('aria-label', sentence(last));
  }
}

function row(root: ShadowRoot, kind: string, name: string): Row {
  const svg = svgElement('svg', { viewBox: `0 0 ${SECONDS} 100`, preserveAspectRatio: 'none' });
  const value = make('span', { class: 'value' });
  root.append(make('div', { class: `row ${kind}` }, make('span', { class: 'name' }, name), svg, value));
  return { svg, value };
}
