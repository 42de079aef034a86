import type { Words } from './words.ts';

const KEYS = '123456789*0#';
const SVG = 'http://www.w3.org/2000/svg';
const PHONE = ['M6.6 3H4a1 1 0 0 0-1 1.1A17 17 0 0 0 19.9 21a1 1 0 0 0 1.1-1v-2.7a1 1 0 0 0-.8-1l-3.3-.7a1 1 0 0 0-1 .4l-1.3 1.7a13 13 0 0 1-5.9-5.9l1.7-1.3a1 1 0 0 0 .4-1l-.8-3.3a1 1 0 0 0-1-.7z'];
const HANG_UP = ['M3 14.5C7.5 9.5 16.500 9.5 21 14.500l-2.600 2.200-3.600-1.700v-2.300a12 12 0 0 0-5.600 0V15l-3.600 1.700z'];
const MICROPHONE = ['M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z', 'M5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21'];
const SLASH = ['M4 3.500l16 17'];
const DOTS = ['M5 5h.01M12 5h.01M19 5h.01M5 12h.01M12 12h.01M19 12h.01M5 19h.01M12 19h.01M19 19h.01'];

/** What the user does in a {@link View}. */
export interface ViewHandlers {
  call(): void;
  hangUp(): void;
  mute(): void;
  digit(digit: string): void;
  close(): void;
}

/** How a call is shown: beside the button, in its corner, or over the page. */
export type Variant = 'inline' | 'floating' | 'modal';

/** What a call looks like at a moment; null between calls. */
export interface Shown {
  text: string;
  busy: boolean;
  muted: boolean;
  early: boolean;
  since: number | null;
}

/** The shadow tree of `<click-to-call>`. Made of nodes, not of markup: nothing of it needs a laxer policy. */
export class View {
  readonly root = node('div', { class: 'root', part: 'root' });
  readonly #button: HTMLButtonElement;
  readonly #label = node('span', { part: 'label' });
  readonly #consent = node('div', { class: 'consent', part: 'consent' });
  readonly #agree = node('input', { type: 'checkbox', part: 'agree-box' });
  readonly #agreeText = node('span');
  readonly #agreeLine = node('label', { class: 'agree', part: 'agree' });
  readonly #panel = node('div', { class: 'panel', part: 'panel', role: 'group' });
  readonly #dialog = node('dialog', { part: 'dialog' });
  readonly #who = node('p', { class: 'who', part: 'who' });
  readonly #state = node('p', { class: 'state', part: 'state', role: 'status' });
  readonly #timer = node('span', { class: 'timer', part: 'timer', role: 'timer', 'aria-live': 'off' });
  readonly #mute: HTMLButtonElement;
  readonly #keypad: HTMLButtonElement;
  readonly #pad = node('div', { class: 'pad', part: 'pad', role: 'group' });
  readonly #end: HTMLButtonElement;
  readonly #endText = node('span');
  #variant: Variant = 'inline';
  #words: Words | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #since: number | null = null;
  #ended = false;

  constructor(handlers: ViewHandlers) {
    const icon = node('slot', { name: 'icon' }, [svg(PHONE)]);
    this.#button = button({ class: 'call', part: 'button' }, [icon, this.#label], handlers.call);
    this.#agreeLine.append(this.#agree, this.#agreeText);
    this.#agree.addEventListener('change', () => this.#allow());
    this.#consent.append(node('slot', { name: 'consent' }), this.#agreeLine);
    const slash = svg([...MICROPHONE, ...SLASH]);
    slash.lastElementChild?.classList.add('slash');
    this.#mute = button({ class: 'tool', part: 'mute', 'aria-pressed': 'false' }, [slash], handlers.mute);
    this.#keypad = button({ class: 'tool', part: 'keypad', 'aria-expanded': 'false' }, [svg(DOTS)], () => this.#toggle());
    this.#end = button({ class: 'end', part: 'hang-up' }, [svg(HANG_UP), this.#endText], () =>
      this.#ended ? handlers.close() : handlers.hangUp(),
    );
    for (const key of KEYS) this.#pad.append(button({ part: 'key' }, [key], () => handlers.digit(key)));
    this.#pad.addEventListener('keydown', ({ key }) => {
      if (key.length === 1 && KEYS.includes(key)) handlers.digit(key);
    });
    const line = node('div', { class: 'line' }, [this.#state, this.#timer]);
    const tools = node('div', { class: 'keys' }, [this.#mute, this.#keypad, this.#end]);
    this.#panel.append(this.#who, line, this.#pad, tools, node('slot', { name: 'panel' }));
    // Escape would hide a call that goes on.
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (this.#ended) handlers.close();
    });
    // A browser lets nothing prevent a second Escape.
    this.#dialog.addEventListener('close', () => {
      if (!this.#panel.hidden) this.#dialog.showModal();
    });
    this.#panel.hidden = this.#pad.hidden = true;
    this.root.append(this.#panel, this.#dialog, this.#button, this.#consent);
  }

  /** Takes over language, label and manner. */
  set(words: Words, options: { label: string; variant: Variant; consent: boolean; pad: boolean }): void {
    this.#words = words;
    this.#variant = options.variant;
    this.#label.textContent = options.label || words.call;
    this.#who.textContent = options.label || words.call;
    this.#panel.setAttribute('aria-label', options.label || words.call);
    this.#dialog.setAttribute('aria-label', options.label || words.call);
    this.#agreeText.textContent = words.agree;
    this.#agreeLine.hidden = !options.consent;
    this.#keypad.hidden = !options.pad;
    this.#keypad.setAttribute('aria-label', words.keypad);
    this.#pad.setAttribute('aria-label', words.keypad);
    this.#allow();
    if (this.#panel.hidden) this.#place();
  }

  /** Shows a call, what became of it, or, with null, the button. */
  show(shown: Shown | null): void {
    const opening = this.#panel.hidden && shown !== null;
    if (shown) this.#describe(shown);
    if (opening) this.#open();
    if (!shown && !this.#panel.hidden) this.#close();
  }

  #describe({ text, busy, muted, early, since }: Shown): void {
    const words = this.#words!;
    this.#ended = !busy;
    if (this.#state.textContent !== text) this.#state.textContent = text;
    this.#mute.hidden = !busy;
    this.#mute.setAttribute('aria-pressed', String(muted));
    this.#mute.setAttribute('aria-label', muted ? words.unmute : words.mute);
    this.#keypad.disabled = !busy || (since === null && !early);
    if (!busy) this.#pad.hidden = true;
    this.#keypad.setAttribute('aria-expanded', String(!this.#pad.hidden));
    this.#endText.textContent = busy ? words.hangUp : words.close;
    this.#end.firstElementChild?.toggleAttribute('hidden', !busy);
    this.#tick(busy ? since : null);
  }

  #open(): void {
    this.#place();
    this.#panel.hidden = false;
    this.#button.hidden = this.#consent.hidden = this.#variant !== 'modal';
    if (this.#variant === 'modal') this.#dialog.showModal();
    this.#end.focus();
  }

  #close(): void {
    const focused = this.#panel.contains((this.root.getRootNode() as ShadowRoot).activeElement);
    this.#tick(null);
    this.#panel.hidden = this.#pad.hidden = true;
    this.#button.hidden = this.#consent.hidden = false;
    if (this.#dialog.open) this.#dialog.close();
    if (focused) this.#button.focus();
  }

  #place(): void {
    const home = this.#variant === 'modal' ? this.#dialog : this.root;
    if (this.#panel.parentElement !== home) home.prepend(this.#panel);
  }

  #allow(): void {
    this.#button.disabled = !this.#agreeLine.hidden && !this.#agree.checked;
  }

  #toggle(): void {
    this.#pad.hidden = !this.#pad.hidden;
    this.#keypad.setAttribute('aria-expanded', String(!this.#pad.hidden));
  }

  #tick(since: number | null): void {
    this.#since = since;
    clearInterval(this.#clock);
    const show = () => (this.#timer.textContent = this.#since === null ? '' : clock(Date.now() - this.#since));
    show();
    if (since !== null) this.#clock = setInterval(show, 500);
  }
}

/** Milliseconds as `m:ss`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function node<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  children: (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function button(attributes: Record<string, string>, children: (Node | string)[], act: () => void): HTMLButtonElement {
  const made = node('button', { type: 'button', ...attributes }, children);
  made.addEventListener('click', act);
  return made;
}

function svg(paths: string[]): SVGSVGElement {
  const made = document.createElementNS(SVG, 'svg');
  made.setAttribute('viewBox', '0 0 24 24');
  made.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    made.append(path);
  }
  return made;
}
