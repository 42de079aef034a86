import type { Desk } from './desk.ts';
import { byId, make, makeButton } from './dom.ts';
import type { Line } from './line.ts';
import { lineWords, toClock } from './messages.ts';

const SIZE = { width: 320, height: 190 };

/** What browsers with such windows have (Document Picture-in-Picture). */
interface Pictures {
  requestWindow(size: typeof SIZE): Promise<Window>;
}

/** A small window above all others with the call that matters most; only where the browser has such windows. */
export class MiniPhone {
  readonly #desk: Desk;
  readonly #pictures = (globalThis as { documentPictureInPicture?: Pictures }).documentPictureInPicture;
  readonly #view = make('div', { class: 'mini' });
  #window: Window | undefined;
  #drawn = '';

  constructor(desk: Desk) {
    this.#desk = desk;
    const button = byId('mini');
    button.hidden = this.#pictures === undefined;
    button.addEventListener('click', () => void this.#toggle());
    desk.on('changed', () => this.#draw());
    setInterval(() => this.#draw(), 500);
  }

  async #toggle(): Promise<void> {
    if (this.#window) return this.#window.close();
    const opened = await this.#pictures?.requestWindow(SIZE).catch(() => undefined);
    if (!opened) return;
    this.#window = opened;
    this.#dress(opened.document);
    opened.addEventListener('pagehide', () => (this.#window = undefined));
    this.#drawn = '';
    this.#draw();
  }

  #dress(there: Document): void {
    const link = there.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL('phone.css', location.href).href;
    there.documentElement.lang = document.documentElement.lang;
    there.title = document.title;
    there.head.append(link);
    there.body.append(this.#view);
  }

  // Only what changed is drawn, so that a button stays under the finger.
  #draw(): void {
    if (!this.#window) return;
    const line = this.#desk.ringing[0] ?? this.#desk.front;
    const drawn = line ? [line.call.id, lineWords(line), line.call.muted, line.held].join() : 'nothing';
    if (drawn !== this.#drawn) this.#view.replaceChildren(...(line ? this.#parts(line) : [make('p', { class: 'hint' }, 'No call')]));
    this.#drawn = drawn;
    const time = this.#view.querySelector('time');
    if (time) time.textContent = line?.seconds == null ? '' : toClock(line.seconds);
  }

  #parts(line: Line): Node[] {
    const words = line.ringsHere ? 'Incoming call' : lineWords(line);
    const head = make('p', { class: 'call-state' }, make('span', {}, words), make('time', { class: 'timer' }));
    return [head, make('h2', { class: 'peer' }, line.peer), make('div', { class: 'button-row' }, ...this.#buttons(line))];
  }

  #buttons(line: Line): Node[] {
    const { call } = line;
    const end = makeButton('end-button', () => this.#desk.end(line), line.ringsHere ? 'Decline' : 'Hang up');
    if (line.ringsHere) return [end, makeButton('wide-button', () => this.#desk.answer(line), 'Answer')];
    const mute = makeButton('plain-button', () => call.mute(!call.muted), call.muted ? 'Unmute' : 'Mute');
    const hold = makeButton('plain-button', () => this.#desk.turn(line), line.held ? 'Resume' : 'Hold');
    return line.isOpen ? [mute, hold, end] : [mute, end];
  }
}
