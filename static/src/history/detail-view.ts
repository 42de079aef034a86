import type { QualityStrip } from '../elements/quality-strip.ts';
import { byId, make, svgElement } from '../phone/dom.ts';
import { toClock } from '../phone/messages.ts';
import { type CallEvent, type Lane, type Rung, toRungs } from './ladder.ts';
import type { Past, Source } from './past.ts';
import { type CallRecord, farNumber, outcome } from './records.ts';

/** Why there is nothing to draw. */
const WITHOUT: Readonly<Record<Source, string>> = {
  gateway: 'Its events are no longer kept.',
  page: 'Your token does not allow to read events (events:read), and this page was not in the call.',
};
const LANES: Readonly<Record<Lane, number>> = { browser: 20, gateway: 90, line: 160 };

/** One call that ended: what is known of it, and what happened step by step. */
export class DetailView {
  readonly #past: Past;
  readonly #view = byId('detail');
  #record: CallRecord | undefined;

  constructor(past: Past, call: (to: string) => void, closed: (id: string) => void) {
    this.#past = past;
    byId('detail-call').addEventListener('click', () => this.#record && call(farNumber(this.#record)));
    byId('detail-close').addEventListener('click', () => {
      this.#view.hidden = true;
      if (this.#record) closed(this.#record.call);
    });
  }

  async show(record: CallRecord): Promise<void> {
    this.#record = record;
    byId('detail-title').textContent = farNumber(record);
    byId('detail-call-label').textContent = `Call ${farNumber(record)}`;
    byId('detail-facts').replaceChildren(...facts(record).map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
    this.#draw(record);
    byId('ladder').replaceChildren();
    byId('ladder-heads').hidden = true;
    this.#view.hidden = false;
    this.#view.focus();
    await this.#climb(record);
  }

  #draw({ call }: CallRecord): void {
    const samples = this.#past.samples(call);
    byId('detail-sound').hidden = samples.length === 0;
    byId<QualityStrip>('detail-strip').readings = samples;
  }

  async #climb(record: CallRecord): Promise<void> {
    const hint = byId('ladder-hint');
    hint.textContent = 'Looking';
    try {
      const { data, source } = await this.#past.events(record.call);
      if (record !== this.#record) return;
      const began = Date.parse(record.created_at);
      const rungs = toRungs(data, record).map(([event, rung]) => toStep(event, rung, began));
      byId('ladder').replaceChildren(...rungs);
      byId('ladder-heads').hidden = rungs.length === 0;
      hint.textContent = rungs.length === 0 ? WITHOUT[source] : '';
    } catch {
      hint.textContent = 'Its events cannot be read.';
    }
  }
}

function facts(record: CallRecord): [string, string][] {
  const { direction, from, to, user, trunk, created_at, talk_ms, duration_ms, answered_at, sip_code } = record;
  const all: [string, string | undefined][] = [
    ['Direction', direction === 'outbound' ? 'Outgoing' : 'Incoming'],
    ['From', from],
    ['To', to],
    ['User', user],
    ['Trunk', trunk],
    ['Began', new Date(created_at).toLocaleString()],
    ['Rang for', toClock((answered_at === undefined ? duration_ms : duration_ms - talk_ms) / 1000)],
    ['Talked for', answered_at === undefined ? undefined : toClock(talk_ms / 1000)],
    ['Ended', `${outcome(record)}${sip_code === undefined ? '' : ` (SIP ${sip_code})`}`],
  ];
  return all.filter((one): one is [string, string] => one[1] !== undefined && one[1] !== '');
}

function toStep({ at }: CallEvent, rung: Rung, began: number): HTMLLIElement {
  const after = `${((Date.parse(at) - began) / 1000).toFixed(1)} s`;
  return make('li', { class: 'rung' }, make('time', { datetime: at }, after), arrow(rung), make('span', {}, rung.words));
}

function arrow({ from, to }: Rung): SVGSVGElement {
  const svg = svgElement('svg', { class: 'rung-picture', viewBox: '0 0 180 36', 'aria-hidden': 'true' });
  const [a, b] = [LANES[from], LANES[to]];
  if (a === b) svg.append(svgElement('circle', { class: 'dot', cx: String(a), cy: '18', r: '5' }));
  else svg.append(svgElement('path', { class: 'arrow', d: path(a, b) }));
  return svg;
}

function path(a: number, b: number): string {
  const tip = b > a ? -6 : 6;
  return `M${a} 18H${b}M${b + tip} 13L${b} 18L${b + tip} 23`;
}
