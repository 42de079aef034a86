import type { Desk } from './desk.ts';
import { byId, icon, make, makeButton } from './dom.ts';
import type { Line } from './line.ts';
import { lineWords, toClock } from './messages.ts';

/** A row of the list: the call, and the button that puts it on hold or takes it up. */
interface Row {
  row: HTMLLIElement;
  look: HTMLButtonElement;
  name: HTMLElement;
  words: HTMLElement;
  time: HTMLElement;
  hold: HTMLButtonElement;
}

/** Every call that was placed or taken, as a list to change between them. */
export class LinesView {
  readonly #desk: Desk;
  readonly #list = byId('lines');
  readonly #rows = new Map<Line, Row>();

  constructor(desk: Desk) {
    this.#desk = desk;
    desk.on('changed', () => this.#update());
    setInterval(() => this.#tick(), 500);
  }

  #update(): void {
    const lines = this.#desk.taken;
    byId('lines-card').hidden = lines.length === 0;
    for (const [line, { row }] of this.#rows) {
      if (lines.includes(line)) continue;
      row.remove();
      this.#rows.delete(line);
    }
    for (const line of lines) this.#show(line, this.#rows.get(line) ?? this.#add(line));
    this.#tick();
  }

  #add(line: Line): Row {
    const [name, words, time] = [make('b'), make('span', { class: 'line-state' }), make('time', { class: 'line-time' })];
    const look = makeButton('line-look', () => this.#desk.select(line), name, words, time);
    const hold = makeButton('quiet-button', () => this.#desk.turn(line));
    const row = make('li', { class: 'line' }, look, hold);
    this.#list.append(row);
    const made = { row, look, name, words, time, hold };
    this.#rows.set(line, made);
    return made;
  }

  #show(line: Line, { row, look, name, words, hold }: Row): void {
    const { held } = line;
    name.textContent = line.peer;
    words.textContent = lineWords(line);
    row.dataset.state = held ? 'held' : line.isOpen ? 'open' : 'waiting';
    look.setAttribute('aria-current', String(line === this.#desk.selected));
    hold.hidden = !line.isOpen || line.transfer !== null;
    hold.setAttribute('aria-label', held ? `Talk to ${line.peer}` : `Put ${line.peer} on hold`);
    hold.replaceChildren(icon(held ? 'resume' : 'hold'));
  }

  #tick(): void {
    for (const [line, { time }] of this.#rows) time.textContent = line.seconds === null ? '' : toClock(line.seconds);
  }
}
