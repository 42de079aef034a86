import { byId, icon, make, makeButton } from '../phone/dom.ts';
import { toClock } from '../phone/messages.ts';
import { toDialable } from '../phone/numbers.ts';
import { DetailView } from './detail-view.ts';
import type { Past, Source } from './past.ts';
import { type CallRecord, byDay, farNumber, matches, outcome, wayOf } from './records.ts';
import { RestError } from './rest.ts';

const PAGE_SIZE = 30;
const OWN = ' Only those of this page: your token does not allow to read the others (calls:read).';
const WAYS = { out: 'Outgoing', in: 'Incoming', missed: 'Missed' } as const;

/** The calls that ended, newest first: typed letters narrow what is shown, the search asks the gateway. */
export class HistoryView {
  readonly #past: Past;
  readonly #detail: DetailView;
  readonly #typed = byId<HTMLInputElement>('history-number');
  readonly #from = byId<HTMLInputElement>('history-from');
  readonly #until = byId<HTMLInputElement>('history-until');
  readonly #rows = new Map<string, HTMLElement>();
  #records: CallRecord[] = [];
  #next: string | null = null;
  #source: Source = 'gateway';
  #asked = 0;

  constructor(past: Past, call: (to: string) => void) {
    this.#past = past;
    this.#detail = new DetailView(past, call, (id) => this.#closed(id));
    this.#typed.addEventListener('input', () => this.#draw());
    byId('history-more').addEventListener('click', () => void this.#load('more'));
    byId('history-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#load('anew');
    });
  }

  /** Asks for the newest calls. */
  async open(): Promise<void> {
    await this.#load('anew');
  }

  async #load(how: 'anew' | 'more'): Promise<void> {
    const asked = ++this.#asked;
    byId('history-hint').textContent = 'Looking';
    try {
      const page = await this.#past.records(this.#query(how));
      // What was asked later counts.
      if (asked !== this.#asked) return;
      this.#records = how === 'more' ? [...this.#records, ...page.data] : page.data;
      this.#next = page.next_cursor;
      this.#source = page.source;
      this.#draw();
    } catch (error) {
      if (asked === this.#asked) byId('history-hint').textContent = refusal(error);
    }
  }

  #query(how: 'anew' | 'more'): Record<string, string> {
    const number = toDialable(this.#typed.value);
    return {
      limit: String(PAGE_SIZE),
      ...(/^[+\d]/.test(number) && { number }),
      ...day('from', this.#from.value, 0),
      ...day('until', this.#until.value, 1),
      ...(how === 'more' && this.#next !== null && { after: this.#next }),
    };
  }

  #draw(): void {
    const typed = this.#typed.value;
    const shown = this.#records.filter((record) => matches(record, typed) || matches(record, toDialable(typed)));
    this.#rows.clear();
    byId('history-days').replaceChildren(...byDay(shown).map(([name, records]) => this.#day(name, records)));
    byId('history-more').hidden = this.#next === null;
    byId('history-hint').textContent = `${count(shown.length)}${this.#source === 'page' ? OWN : ''}`;
  }

  #day(name: string, records: CallRecord[]): HTMLElement {
    const words = new Date(name).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
    return make('section', {}, make('h3', {}, words), make('ul', { class: 'records' }, ...records.map((one) => this.#row(one))));
  }

  #row(record: CallRecord): HTMLLIElement {
    const way = wayOf(record);
    const time = new Date(record.created_at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const talk = record.answered_at === undefined ? '\u2013' : toClock(record.talk_ms / 1000);
    const button = makeButton(
      'record',
      () => this.#open(record),
      icon(way),
      make('span', { class: 'visually-hidden' }, `${WAYS[way]} call `),
      make('b', {}, farNumber(record)),
      make('span', { class: 'record-user' }, record.user),
      make('span', { class: 'record-outcome' }, outcome(record)),
      make('span', { class: 'record-talk' }, talk),
      make('time', { datetime: record.created_at }, time),
    );
    button.dataset.way = way;
    this.#rows.set(record.call, button);
    return make('li', {}, button);
  }

  #open(record: CallRecord): void {
    for (const [call, row] of this.#rows) row.setAttribute('aria-current', String(call === record.call));
    void this.#detail.show(record);
  }

  #closed(id: string): void {
    const row = this.#rows.get(id);
    row?.removeAttribute('aria-current');
    row?.focus();
  }
}

// A day as the person's clock has it, `later` days on.
function day(name: string, value: string, later: number): Record<string, string> {
  const [year, month, date] = value.split('-').map(Number);
  if (!year || !month || !date) return {};
  return { [name]: new Date(year, month - 1, date + later).toISOString() };
}

function count(calls: number): string {
  if (calls === 0) return 'No calls found.';
  return calls === 1 ? '1 call.' : `${calls} calls.`;
}

function refusal(error: unknown): string {
  return `The history cannot be read${error instanceof RestError ? `: ${error.message}` : '.'}`;
}
