import { byId, hasKeyboard } from './dom.ts';
import type { Notice } from './messages.ts';
import { toDialable } from './numbers.ts';
import { buildPad } from './pad.ts';

/** What the dial view asks of the page. */
export interface DialHandlers {
  call(to: string): void;
  key(key: string): void;
}

/** The number, the dial pad and the notice above them. */
export class DialView {
  readonly #view = byId('dial-view');
  readonly #number = byId<HTMLInputElement>('number');
  readonly #erase = byId('erase');
  readonly #notice = byId('notice');

  constructor(handlers: DialHandlers) {
    const press = (key: string) => {
      this.#insert(key);
      handlers.key(key);
    };
    buildPad(byId('dial-pad'), press, press);
    this.#number.addEventListener('input', () => this.#update());
    this.#number.addEventListener('paste', (event) => this.#paste(event));
    this.#erase.addEventListener('click', () => this.#delete());
    byId('notice-close').addEventListener('click', () => this.notify(null));
    this.#view.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(handlers);
    });
  }

  /** Shows the view; with a keyboard at hand, the cursor stands in the number. */
  show(): void {
    if (!this.#view.hidden) return;
    this.#view.hidden = false;
    if (hasKeyboard()) this.#number.focus();
  }

  hide(): void {
    this.#view.hidden = true;
  }

  /** Puts a number into the field, for a second try. */
  fill(to: string): void {
    this.#number.value = to;
    this.#update();
  }

  /** Says something above the pad, or takes it away. */
  notify(notice: Notice | null): void {
    this.#notice.hidden = notice === null;
    if (!notice) return;
    this.#notice.dataset.kind = notice.kind;
    byId('notice-title').textContent = notice.title;
    byId('notice-hint').textContent = notice.hint;
  }

  #submit({ call }: DialHandlers): void {
    const to = toDialable(this.#number.value);
    if (to !== '') return call(to);
    this.notify({ kind: 'hint', title: 'Enter a number first', hint: '' });
    this.#number.focus();
  }

  #paste(event: ClipboardEvent): void {
    event.preventDefault();
    this.#insert(toDialable(event.clipboardData?.getData('text') ?? ''));
  }

  #insert(text: string): void {
    const input = this.#number;
    const { selectionStart: start, selectionEnd: end } = input;
    input.setRangeText(text, start ?? input.value.length, end ?? input.value.length, 'end');
    this.#update();
  }

  #delete(): void {
    const input = this.#number;
    const end = input.selectionEnd ?? input.value.length;
    const start = input.selectionStart === end ? Math.max(0, end - 1) : (input.selectionStart ?? 0);
    input.setRangeText('', start, end, 'end');
    this.#update();
    // The button is gone with the last character; the focus must not be lost with it.
    if (input.value === '') input.focus();
  }

  #update(): void {
    this.#erase.hidden = this.#number.value === '';
  }
}
