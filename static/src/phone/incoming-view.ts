import type { Call } from '@offhook/client';
import { byId } from './dom.ts';

/** What the incoming card asks of the page. */
export interface IncomingHandlers {
  answer(call: Call): void;
  decline(call: Call): void;
  /** Escape: it goes on ringing far away, but not here. */
  silence(): void;
}

/** The card of a call that comes in; a modal dialog, so that the keyboard stays inside. */
export class IncomingView {
  readonly #dialog = byId<HTMLDialogElement>('incoming');
  readonly #title = document.title;
  #call: Call | undefined;

  constructor(handlers: IncomingHandlers) {
    byId('answer').addEventListener('click', () => this.#call && handlers.answer(this.#call));
    byId('decline').addEventListener('click', () => this.#call && handlers.decline(this.#call));
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      handlers.silence();
    });
  }

  /** Shows who calls. Names and numbers come from strangers and are shown as text only. */
  show(call: Call): void {
    this.#call = call;
    const from = call.from ?? 'Unknown';
    byId('incoming-peer').textContent = call.fromName ?? from;
    byId('incoming-detail').textContent = call.fromName ? from : '';
    document.title = `Incoming call: ${call.fromName ?? from}`;
    this.#dialog.showModal();
    byId('answer').focus();
  }

  hide(): void {
    this.#call = undefined;
    document.title = this.#title;
    this.#dialog.close();
  }
}
