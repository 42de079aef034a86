import type { Call } from '../call.ts';
import { Client, type ClientOptions } from '../client.ts';
import type { OffhookError } from '../errors.ts';
import { browserPlatform } from '../platform.ts';
import { TabMemory } from '../tab-memory.ts';
import { STYLE } from './style.ts';
import { type Variant, View } from './view.ts';
import { type Words, outcome, wordsFor } from './words.ts';

/** How long the end of a call is shown. */
const SHOW_END_MS = 6_000;
/** A session that is gone on with tells of its calls within this time. */
const ATTACH_MS = 3_000;

let sheet: CSSStyleSheet | undefined;

// Importing is safe where there is no page.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<click-to-call url to token-url label variant lang dial-pad require-consent>`: a button that calls one fixed
 * destination.
 *
 * Slots: `icon`, `consent`, `panel`. Parts: `root button label consent agree agree-box panel dialog who state timer mute
 * keypad pad key hang-up`. Custom properties: `--offhook-go end on-strong surface sunken text text-quiet line accent radius
 * font z-index`. Events, all bubbling: `call-start` (cancelable), `call-state`, `call-accept`, `call-end`, `call-error`.
 */
export class ClickToCall extends Element {
  static readonly observedAttributes = ['label', 'variant', 'lang', 'dial-pad', 'require-consent'];

  /** Brings the token, where `token-url` is not enough. */
  getToken: ClientOptions['getToken'];
  /** More options for the client. */
  options: Partial<ClientOptions> = {};
  readonly #view = new View({
    call: () => this.call(),
    hangUp: () => this.hangUp(),
    mute: () => this.#call?.mute(!this.#call.muted),
    digit: (digit) => void this.#call?.sendDigits(digit).catch((error: OffhookError) => this.#tell(error)),
    close: () => this.#end(),
  });
  #client: Client | undefined;
  #call: Call | undefined;
  #error: OffhookError | undefined;
  #words: Words = wordsFor([]).words;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: 'open', delegatesFocus: true });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
    }
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#view.root);
  }

  connectedCallback(): void {
    this.#set();
    // A call of the page before this one is not left alone.
    if (this.url && !this.#memory().isEmpty) void this.#resume();
  }

  disconnectedCallback(): void {
    this.#end();
    this.#disconnect();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#set();
  }

  /** The gateway's `/v1/rtc`. */
  get url(): string {
    return this.getAttribute('url') ?? '';
  }

  /** The destination. */
  get to(): string {
    return this.getAttribute('to') ?? '';
  }

  /** The call that is shown, if there is one. */
  get current(): Call | undefined {
    return this.#call;
  }

  /** Places the call, unless there is one or a listener of `call-start` prevents it. */
  call(): void {
    if (this.#call || !this.#fire('call-start', { to: this.to }, true)) return;
    this.#end();
    this.#take(this.#connect().connect({ to: this.to }));
  }

  /** Ends the call. */
  hangUp(): void {
    this.#call?.disconnect();
  }

  async #resume(): Promise<void> {
    await this.#connect().resume().catch(() => undefined);
    this.#timer = setTimeout(() => this.#call || this.#disconnect(), ATTACH_MS);
  }

  #disconnect(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  // Each element of a page goes on with its own call.
  #memory(): TabMemory {
    const key = [this.url, this.id, this.to, this.getAttribute('variant') ?? ''].join(' ');
    return new TabMemory({ ...browserPlatform, ...this.options.platform }, key);
  }

  #connect(): Client {
    if (this.#client) return this.#client;
    const url = new URL(this.url, location.href).href;
    const client = new Client({ url, getToken: () => this.#token(), memory: this.#memory(), ...this.options });
    client.on('attached', (call) => this.#take(call));
    this.#client = client;
    return client;
  }

  async #token(): Promise<string> {
    if (this.getToken) return this.getToken();
    const response = await fetch(this.getAttribute('token-url') ?? '', { method: 'POST' });
    if (!response.ok) throw new Error(`token: HTTP ${response.status}`);
    return ((await response.json()) as { token: string }).token;
  }

  #take(call: Call): void {
    clearTimeout(this.#timer);
    this.#call = call;
    this.#error = undefined;
    call.on('stateChanged', (state) => {
      this.#fire('call-state', { state });
      this.#show();
    });
    call.on('ringing', () => this.#show());
    call.on('mute', () => this.#show());
    call.on('accept', () => this.#fire('call-accept', { id: call.id }));
    call.on('error', (error) => this.#tell(error));
    call.on('disconnect', ({ by, cause }) => {
      this.#call = undefined;
      const text = outcome(this.#words, cause, this.#error?.code);
      this.#view.show({ text, busy: false, muted: false, early: false, since: null });
      this.#timer = setTimeout(() => this.#end(), SHOW_END_MS);
      // A visitor's page holds no connection between calls.
      this.#disconnect();
      this.#fire('call-end', { by, cause });
    });
    this.#show();
  }

  #tell(error: OffhookError): void {
    this.#error = error;
    this.#fire('call-error', { code: error.code, message: error.description });
  }

  #show(): void {
    const call = this.#call;
    if (!call || call.state === 'closed') return;
    const { muted, early, answeredAt: since } = call;
    this.#view.show({ text: this.#words.states[call.state], busy: true, muted, early, since });
  }

  #end(): void {
    clearTimeout(this.#timer);
    if (!this.#call) this.#view.show(null);
  }

  #set(): void {
    const page = this.closest('[lang]')?.getAttribute('lang') ?? '';
    const { words, lang, dir } = wordsFor([page, ...navigator.languages]);
    this.#words = words;
    this.#view.root.lang = lang;
    this.#view.root.dir = dir;
    const variant = this.getAttribute('variant');
    this.#view.set(words, {
      label: this.getAttribute('label') ?? '',
      variant: variant === 'floating' || variant === 'modal' ? variant : ('inline' satisfies Variant),
      consent: this.hasAttribute('require-consent'),
      pad: this.hasAttribute('dial-pad'),
    });
    this.#show();
  }

  #fire(type: string, detail: object, cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));
  }
}
