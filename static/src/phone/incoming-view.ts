import type { Desk } from './desk.ts';
import { byId, icon, make, makeButton } from './dom.ts';
import type { Line } from './line.ts';

/** Whoever has pressed no key for so long does not type. */
const PAUSE_MS = 2_000;

interface Card {
  element: HTMLElement;
  answer: HTMLButtonElement;
  answerWords: HTMLElement;
}

/** What the cards ask of the page. */
export interface IncomingHandlers {
  answer(line: Line): void;
  decline(line: Line): void;
  /** It goes on ringing far away, but not here. */
  silence(line: Line): void;
}

/** The calls that ring here, a card each, one above the other. */
export class IncomingView {
  readonly #desk: Desk;
  readonly #handlers: IncomingHandlers;
  readonly #stack = byId('incoming');
  readonly #cards = new Map<Line, Card>();
  #count = 0;
  #typedAt = -Infinity;

  constructor(desk: Desk, handlers: IncomingHandlers) {
    this.#desk = desk;
    this.#handlers = handlers;
    desk.on('changed', () => this.#update());
    addEventListener('keydown', () => (this.#typedAt = performance.now()), { capture: true });
  }

  #update(): void {
    const { ringing, taken } = this.#desk;
    for (const line of this.#cards.keys()) if (!ringing.includes(line)) this.#remove(line);
    for (const line of ringing) if (!this.#cards.has(line)) this.#add(line);
    const busy = taken.some(({ isActive }) => isActive);
    for (const { answerWords } of this.#cards.values()) answerWords.textContent = busy ? 'Hold and answer' : 'Answer';
    this.#nameFirst();
  }

  #add(line: Line): void {
    this.#count += 1;
    const card = this.#build(line, `incoming-${this.#count}`);
    this.#cards.set(line, card);
    this.#stack.append(card.element);
    // Whoever talks or types is told by voice and sight; a key meant for something else must not answer.
    if (this.#desk.taken.length === 0 && !this.#isTyping()) card.answer.focus();
  }

  #isTyping(): boolean {
    return document.activeElement instanceof HTMLInputElement && performance.now() - this.#typedAt < PAUSE_MS;
  }

  #remove(line: Line): void {
    const card = this.#cards.get(line);
    this.#cards.delete(line);
    const hadFocus = card?.element.contains(document.activeElement) ?? false;
    card?.element.remove();
    if (hadFocus) [...this.#cards.values()][0]?.answer.focus();
  }

  // Names and numbers come from strangers and are shown as text only.
  #build(line: Line, id: string): Card {
    const [answerWords, to] = [make('span'), line.call.to];
    const faces = (name: string) => make('span', { class: 'action-face' }, icon(name));
    const answer = makeButton('action go', () => this.#handlers.answer(line), faces('phone'), answerWords);
    const decline = makeButton('action end', () => this.#handlers.decline(line), faces('hangup'), make('span', {}, 'Decline'));
    const silence = makeButton('quiet-button', () => this.#handlers.silence(line), icon('bell-off'));
    silence.setAttribute('aria-label', 'Silence');
    answer.dataset.role = 'answer';
    decline.dataset.role = 'decline';
    const element = make(
      'section',
      { class: 'incoming card', role: 'alertdialog', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-who` },
      make('div', { class: 'incoming-head' }, make('h2', { class: 'incoming-title', id: `${id}-title` }, 'Incoming call'), silence),
      make(
        'div',
        { id: `${id}-who` },
        make('p', { class: 'peer', 'data-role': 'incoming-peer' }, line.peer),
        make('p', { class: 'peer-detail', 'data-role': 'incoming-detail' }, line.detail),
        make('p', { class: 'hint' }, `calls ${to}`),
      ),
      make('div', { class: 'incoming-actions' }, decline, answer),
    );
    element.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#handlers.silence(line));
    return { element, answer, answerWords };
  }

  // The oldest card has the names that scripts and shortcuts know.
  #nameFirst(): void {
    [...this.#cards.values()].forEach(({ element }, index) => {
      for (const part of element.querySelectorAll<HTMLElement>('[data-role]')) {
        if (index === 0) part.id = part.dataset.role!;
        else part.removeAttribute('id');
      }
    });
  }
}
