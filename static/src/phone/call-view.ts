import { advise } from './advice.ts';
import { byId, make, showLevel, tellLevel } from './dom.ts';
import type { Line } from './line.ts';
import { lineWords, toClock } from './messages.ts';
import { toDigits } from './numbers.ts';
import { buildPad, flash } from './pad.ts';
import { TransferView } from './transfer-view.ts';

/** What the call view asks of the page. */
export interface CallViewHandlers {
  end(line: Line): void;
  /** Puts it on hold, or takes it up again. */
  turn(line: Line): void;
  addCall(): void;
  digitSent(digit: string): void;
  ask(request: Promise<void>): void;
}

/** The call that is looked at: who, how long, how loud, what is wrong, and what can be done. */
export class CallView {
  readonly #view = byId('call-view');
  readonly #pad = byId('call-pad');
  readonly #padPanel = byId('in-call-pad');
  readonly #handlers: CallViewHandlers;
  readonly #transfer: TransferView;
  #line: Line | undefined;
  #offs: (() => void)[] = [];

  constructor(handlers: CallViewHandlers) {
    this.#handlers = handlers;
    this.#transfer = new TransferView(handlers.ask);
    buildPad(this.#pad, (key) => this.#send(key));
    setInterval(() => this.#tick(), 250);
    byId('hangup').addEventListener('click', () => this.#with(handlers.end));
    byId('mute').addEventListener('click', () => this.#with(({ call }) => call.mute(!call.muted)));
    byId('hold').addEventListener('click', () => this.#with(handlers.turn));
    byId('keypad').addEventListener('click', () => this.togglePad());
    byId('add-call').addEventListener('click', () => handlers.addCall());
    this.#view.addEventListener('keydown', (event) => this.#typed(event));
    this.#view.addEventListener('paste', (event) => this.#pasted(event));
  }

  /** Shows `line` until another one or nothing is shown. */
  show(line: Line): void {
    if (line !== this.#line) this.#take(line);
    this.#update(line);
  }

  hide(): void {
    this.#letGo();
    this.#view.hidden = true;
  }

  togglePad(): void {
    if (this.#line && !byId<HTMLButtonElement>('keypad').disabled) this.#openPad(this.#padPanel.hidden === true);
  }

  toggleTransfer(): void {
    this.#transfer.toggle();
  }

  #with(act: (line: Line) => void): void {
    if (this.#line) act(this.#line);
  }

  #take(line: Line): void {
    this.#letGo();
    this.#line = line;
    byId('peer').textContent = line.peer;
    byId('peer-detail').textContent = line.detail;
    this.#openPad(false);
    this.#transfer.close();
    this.#showDigits(line);
    this.#offs = [
      line.on('heard', (input, output) => this.#hear(input, output)),
      line.on('measured', () => this.#advise(line)),
    ];
    this.#hear(0, 0);
    this.#advise(line);
    this.#view.hidden = false;
    this.#view.focus();
  }

  #letGo(): void {
    for (const off of this.#offs) off();
    this.#offs = [];
    this.#line = undefined;
  }

  #update(line: Line): void {
    const { call, held, isOpen } = line;
    byId('call-state').textContent = lineWords(line);
    byId('hangup-label').textContent = isOpen ? 'Hang up' : 'Cancel';
    press('mute', call.muted, call.muted ? 'mic-off' : 'mic');
    press('hold', held, held ? 'resume' : 'hold');
    allow('hold', isOpen && line.transfer === null);
    allow('keypad', isOpen || call.early);
    allow('transfer', isOpen && line.transfer === null);
    this.#view.dataset.held = String(held);
    this.#transfer.show(line);
    this.#tick();
  }

  #tick(): void {
    const seconds = this.#line?.seconds ?? null;
    byId('timer').hidden = seconds === null;
    byId('timer').textContent = toClock(seconds ?? 0);
  }

  #hear(input: number, output: number): void {
    showLevel(byId('meter-in'), input);
    showLevel(byId('meter-out'), output);
  }

  // Once a second: twenty times would be noise to a screen reader.
  #advise(line: Line): void {
    tellLevel(byId('meter-in'));
    tellLevel(byId('meter-out'));
    const words = advise(line);
    const shown = [...byId('advice').children].map(({ textContent }) => textContent);
    if (words.join() === shown.join()) return;
    byId('advice').replaceChildren(...words.map((sentence) => make('p', { class: 'warning' }, sentence)));
  }

  #openPad(open: boolean): void {
    this.#padPanel.hidden = !open;
    byId('keypad').setAttribute('aria-expanded', String(open));
  }

  #typed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9*#]$/.test(event.key) || writes(event)) return;
    event.preventDefault();
    flash(this.#pad, event.key);
    this.#send(event.key);
  }

  #pasted(event: ClipboardEvent): void {
    if (!writes(event)) this.#send(event.clipboardData?.getData('text') ?? '');
  }

  #send(text: string): void {
    const [digits, line] = [toDigits(text), this.#line];
    if (digits === '' || !line || (!line.isOpen && !line.call.early)) return;
    this.#handlers.ask(line.call.sendDigits(digits).then(() => this.#sent(line, digits)));
  }

  #sent(line: Line, digits: string): void {
    line.digits = `${line.digits}${digits}`.slice(-24);
    this.#showDigits(line);
    this.#handlers.digitSent(digits.slice(-1));
  }

  #showDigits(line: Line): void {
    if (line === this.#line) byId('digits').textContent = line.digits;
  }
}

function press(id: string, pressed: boolean, face: string): void {
  byId(id).setAttribute('aria-pressed', String(pressed));
  byId(`${id}-icon`).setAttribute('href', `#icon-${face}`);
}

function allow(id: string, allowed: boolean): void {
  byId<HTMLButtonElement>(id).disabled = !allowed;
}

function writes({ target }: Event): boolean {
  return target instanceof HTMLInputElement;
}
