import { byId } from './dom.ts';
import type { Line } from './line.ts';
import { transferWords } from './messages.ts';
import { toDialable } from './numbers.ts';

/** Hands a call over: at once, or after a talk with whoever gets it. */
export class TransferView {
  readonly #panel = byId<HTMLFormElement>('transfer-panel');
  readonly #to = byId<HTMLInputElement>('transfer-to');
  readonly #ask: (request: Promise<void>) => void;
  #line: Line | undefined;

  constructor(ask: (request: Promise<void>) => void) {
    this.#ask = ask;
    byId('transfer').addEventListener('click', () => this.toggle());
    byId('consult').addEventListener('click', () => this.#start((line, to) => line.call.consult(to)));
    byId('transfer-cancel').addEventListener('click', () => this.#finish((line) => line.call.cancelTransfer()));
    byId('transfer-complete').addEventListener('click', () => this.#finish((line) => line.call.completeTransfer()));
    this.#panel.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#start((line, to) => line.call.transfer(to));
    });
    this.#panel.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#escape());
  }

  /** Shows how the transfer of `line` goes, if it is being transferred. */
  show(line: Line): void {
    this.#line = line;
    const { transfer } = line;
    const progress = byId('transfer-progress');
    const hadFocus = progress.contains(document.activeElement);
    if (transfer) this.close();
    progress.hidden = transfer === null;
    if (!transfer && hadFocus) byId('call-view').focus();
    if (!transfer) return;
    progress.dataset.stage = transfer.state === 'accepted' ? 'talking' : 'calling';
    byId('three-far').textContent = line.peer;
    byId('three-target').textContent = transfer.to;
    byId('transfer-words').textContent = transferWords(line);
    byId('transfer-complete').hidden = transfer.kind === 'blind';
  }

  toggle(): void {
    if (byId<HTMLButtonElement>('transfer').disabled) return;
    this.#open(this.#panel.hidden === true);
    if (!this.#panel.hidden) this.#to.focus();
  }

  close(): void {
    this.#open(false);
  }

  #escape(): void {
    this.close();
    byId('transfer').focus();
  }

  #open(open: boolean): void {
    this.#panel.hidden = !open;
    byId('transfer').setAttribute('aria-expanded', String(open));
  }

  #start(begin: (line: Line, to: string) => Promise<void>): void {
    const to = toDialable(this.#to.value);
    if (to === '' || !this.#line) return this.#to.focus();
    this.#to.value = '';
    this.#ask(begin(this.#line, to));
  }

  #finish(finish: (line: Line) => Promise<void>): void {
    if (this.#line) this.#ask(finish(this.#line));
  }
}
