import { byId, icon, make, makeButton } from './dom.ts';
import type { Desk } from './desk.ts';
import { toWhen } from './messages.ts';
import { type Recent, RecentNumbers } from './recent.ts';

const WAYS: Readonly<Record<Recent['way'], string>> = { out: 'Called', in: 'Called you', missed: 'Missed' };

/** The numbers called and heard from lately; one press calls. */
export class RecentView {
  readonly #recent = new RecentNumbers();
  readonly #call: (to: string) => void;

  constructor(desk: Desk, call: (to: string) => void) {
    this.#call = call;
    byId('recent-clear').addEventListener('click', () => this.#clear());
    desk.on('ended', (line, end) => {
      this.#recent.add(line, end);
      this.#show();
    });
    this.#show();
  }

  #clear(): void {
    this.#recent.clear();
    this.#show();
  }

  #show(): void {
    const list = this.#recent.list();
    byId('recent-empty').hidden = list.length > 0;
    byId('recent-clear').hidden = list.length === 0;
    byId('recent').replaceChildren(...list.map((one) => this.#row(one)));
    byId('transfer-known').replaceChildren(...list.map(({ number, name }) => new Option(name, number)));
  }

  #row({ number, name, way, at }: Recent): HTMLLIElement {
    const words = make('span', { class: 'recent-when' }, `${WAYS[way] ?? ''} ${toWhen(at)}`);
    const button = makeButton('recent-number', () => this.#call(number), icon(way), make('b', {}, name), words);
    button.dataset.way = way;
    button.setAttribute('aria-label', `Call ${name}. ${words.textContent}`);
    return make('li', {}, button);
  }
}
