import type { Call } from '@offhook/client';
import { byId, setState } from './dom.ts';
import { WARNINGS, stateLine, toClock } from './messages.ts';
import { toDigits } from './numbers.ts';
import { buildPad, flash } from './pad.ts';
import { browserLine, toGrade, trunkLine } from './quality.ts';

/** What the call view asks of the page. */
export interface CallViewHandlers {
  hangup(call: Call): void;
  digitSent(digit: string): void;
}

/** The call in progress: who, how long, how loud, how well, and what can be done. */
export class CallView {
  readonly #view = byId('call-view');
  readonly #pad = byId('call-pad');
  readonly #handlers: CallViewHandlers;
  #call: Call | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #warnings = new Set<keyof typeof WARNINGS>();

  constructor(handlers: CallViewHandlers) {
    this.#handlers = handlers;
    buildPad(this.#pad, (key) => this.#send(key));
    byId('hangup').addEventListener('click', () => this.#call && handlers.hangup(this.#call));
    byId('mute').addEventListener('click', () => this.#call?.mute(!this.#call.muted));
    byId('keypad').addEventListener('click', () => this.#togglePad());
    this.#view.addEventListener('keydown', (event) => this.#typed(event));
    this.#view.addEventListener('paste', (event) => this.#send(event.clipboardData?.getData('text') ?? ''));
  }

  /** Shows `call` until {@link hide}. */
  show(call: Call): void {
    this.#call = call;
    this.#warnings.clear();
    byId('peer').textContent = call.direction === 'outbound' ? call.to : (call.fromName ?? call.from);
    byId('peer-detail').textContent = call.fromName ? call.from : '';
    this.#reset();
    this.#listen(call);
    this.#showState();
    if (call.answeredAt !== null) this.#startTimer();
    this.#view.hidden = false;
    this.#view.focus();
  }

  hide(): void {
    clearInterval(this.#timer);
    this.#view.hidden = true;
    this.#call = undefined;
  }

  #reset(): void {
    byId('timer').hidden = true;
    byId('in-call-pad').hidden = true;
    byId('keypad').setAttribute('aria-expanded', 'false');
    byId('digits').textContent = '';
    byId('warning').hidden = true;
    byId('quality').dataset.grade = 'unknown';
    byId('quality-browser').textContent = 'measuring';
    byId('quality-trunk').textContent = trunkLine(null);
    this.#showMute(this.#call?.muted ?? false);
    this.#showLevel('meter-in', 0);
    this.#showLevel('meter-out', 0);
  }

  #listen(call: Call): void {
    call.on('stateChanged', () => this.#showState());
    call.on('ringing', () => this.#showState());
    call.on('accept', () => this.#startTimer());
    call.on('reconnected', () => this.#startTimer());
    call.on('mute', (muted) => this.#showMute(muted));
    call.on('dtmf', (digit) => setState('lastDigit', digit));
    call.on('volume', (input, output) => {
      this.#showLevel('meter-in', input);
      this.#showLevel('meter-out', output);
    });
    call.on('sample', (sample) => {
      byId('quality').dataset.grade = toGrade(sample);
      byId('quality-browser').textContent = browserLine(sample);
      byId('quality-trunk').textContent = trunkLine(sample.gateway?.trunk);
      this.#readLevels();
    });
    call.on('warning', (name) => this.#showWarnings(this.#warnings.add(name)));
    call.on('warning-cleared', (name) => {
      this.#warnings.delete(name);
      this.#showWarnings(this.#warnings);
    });
  }

  #showState(): void {
    const call = this.#call;
    if (!call) return;
    byId('call-state').textContent = stateLine(call.state, call.direction, call.early);
    const open = call.state === 'open' || call.state === 'reconnecting';
    byId('hangup-label').textContent = open ? 'Hang up' : 'Cancel';
    byId<HTMLButtonElement>('keypad').disabled = !open && !call.early;
  }

  #startTimer(): void {
    clearInterval(this.#timer);
    if (!this.#call || this.#call.answeredAt === null) return;
    const tick = () => {
      const since = this.#call?.answeredAt ?? Date.now();
      byId('timer').textContent = toClock((Date.now() - since) / 1000);
    };
    byId('timer').hidden = false;
    tick();
    this.#timer = setInterval(tick, 250);
  }

  #showMute(muted: boolean): void {
    byId('mute').setAttribute('aria-pressed', String(muted));
    byId('mute-icon').setAttribute('href', muted ? '#icon-mic-off' : '#icon-mic');
    setState('muted', String(muted));
  }

  #showLevel(id: string, level: number): void {
    byId(id).style.setProperty('--level', level.toFixed(3));
  }

  // Screen readers get the levels once a second; twenty times would be noise.
  #readLevels(): void {
    for (const id of ['meter-in', 'meter-out']) {
      const level = Number(byId(id).style.getPropertyValue('--level'));
      byId(id).setAttribute('aria-valuenow', String(Math.round(level * 100)));
    }
  }

  #showWarnings(warnings: Set<keyof typeof WARNINGS>): void {
    const [worst] = [...warnings].slice(-1);
    byId('warning').hidden = worst === undefined;
    byId('warning').textContent = worst === undefined ? '' : WARNINGS[worst];
  }

  #togglePad(): void {
    const pad = byId('in-call-pad');
    pad.hidden = !pad.hidden;
    byId('keypad').setAttribute('aria-expanded', String(!pad.hidden));
  }

  #typed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    flash(this.#pad, event.key);
    this.#send(event.key);
  }

  #send(text: string): void {
    const digits = toDigits(text);
    const call = this.#call;
    if (digits === '' || !call || (call.state !== 'open' && !call.early)) return;
    call.sendDigits(digits).then(
      () => this.#sent(digits),
      () => this.#showFailedDigits(digits),
    );
  }

  #sent(digits: string): void {
    const shown = byId('digits');
    shown.textContent = `${shown.textContent}${digits}`.slice(-24);
    this.#handlers.digitSent(digits.slice(-1));
  }

  #showFailedDigits(digits: string): void {
    byId('warning').hidden = false;
    byId('warning').textContent = `The digits ${digits} could not be sent. Try again.`;
  }
}
