import { Call, type CallContext } from './call.ts';
import { Debug } from './debug.ts';
import { type DeviceList, Devices } from './devices.ts';
import { Emitter } from './emitter.ts';
import { type Diagnostics, Observer } from './diagnostics.ts';
import { type OffhookError, fail } from './errors.ts';
import { newCallId } from './ids.ts';
import { watchNetwork } from './network.ts';
import { type Platform, browserPlatform } from './platform.ts';
import { type PreflightOptions, type PreflightReport, preflight } from './preflight.ts';
import type { CallFrame, Envelope, FrameOf, Welcome } from './protocol.ts';
import type { SessionMemory } from './session-memory.ts';
import { Session, type SessionState } from './session.ts';
import { TabMemory } from './tab-memory.ts';
import { VERSION } from './version.ts';

/** A call waits this long for the gateway to be reached. */
const ONLINE_TIMEOUT_MS = 10_000;

/** How to reach a gateway. Either `token` or `getToken` is needed. */
export interface ClientOptions {
  /** The gateway's `/v1/rtc`, as `wss:` or `https:` URL. */
  url: string;
  token?: string;
  /** Asked before each connection, and before the token expires, so that it may be short-lived. */
  getToken?: () => Promise<string> | string;
  /** What becomes of calls when the page is left: `keep` them for the page that is loaded next, or `hang-up`. */
  onPageLeft?: 'keep' | 'hang-up';
  /** Offers {@link Client.debug}. */
  debug?: boolean;
  /** Makes the element that plays the far side; by default one outside the document. */
  createAudioElement?: () => HTMLAudioElement;
  /** Keeps the session for whoever goes on with it; by default the page that this tab loads next. */
  memory?: SessionMemory;
  /** Stands in for the browser, for tests and other hosts. */
  platform?: Partial<Platform>;
}

/** Whom to call. */
export interface ConnectOptions {
  /** A number (E.164 or as dialled) or a SIP URI. */
  to: string;
  /** The caller id to show, among those this user may use. */
  from?: string;
  /** Extra SIP headers for the far side (`X-...`). */
  params?: Record<string, string>;
}

/** Events of a {@link Client}. */
export interface ClientEvents {
  stateChanged: [SessionState];
  /** Somebody calls; only after {@link Client.register}. */
  incoming: [Call];
  /** A call that the page before this one was in goes on here. */
  attached: [Call];
  /** A call began or ended. */
  callsChanged: [];
  /** The token is about to expire; with `getToken`, it is renewed unasked. */
  tokenWillExpire: [msLeft: number];
  /** Signalling is lost and is being set up again. */
  reconnecting: [];
  reconnected: [];
  deviceChange: [DeviceList];
  error: [OffhookError];
}

/** A user's connection to Offhook: places calls, and takes them once registered. */
export class Client extends Emitter<ClientEvents> {
  /** Microphone, loudspeaker and ringer. */
  readonly devices: Devices;
  /** Mishaps at will; only with `debug: true`. */
  readonly debug: Debug | undefined;
  readonly #memory: SessionMemory;
  readonly #options: ClientOptions;
  readonly #offs: (() => void)[];
  readonly #platform: Platform;
  readonly #session: Session;
  readonly #observer = new Observer();
  readonly #calls = new Map<string, Call>();
  readonly #context: CallContext;
  #registered = false;
  #token: string;
  #audioContext: AudioContext | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#platform = { ...browserPlatform, ...withElement(options), ...options.platform };
    this.#options = options;
    this.#token = options.token ?? '';
    this.devices = new Devices(this.#platform);
    const url = options.url.replace(/^http/, 'ws');
    this.#memory = options.memory ?? new TabMemory(this.#platform, url);
    this.#session = new Session({
      url,
      getToken: () => (options.getToken ? options.getToken() : this.#token),
      renews: options.getToken !== undefined,
      platform: this.#platform,
      memory: this.#memory,
    });
    this.debug = options.debug ? new Debug(this.#session, () => this.calls) : undefined;
    this.#offs = [watchNetwork(this.#platform, () => this.#networkChanged()), this.#watchPage()];
    this.#context = this.#lend();
    this.#listen();
  }

  /** Whether the gateway is reached. */
  get state(): SessionState {
    return this.#session.state;
  }

  /** What the gateway said on connecting: user, limits, demo mode; undefined while it is not reached. */
  get welcome(): Welcome | undefined {
    return this.#session.welcome;
  }

  /** The calls that are not over. */
  get calls(): Call[] {
    return [...this.#calls.values()];
  }

  /** Connects to receive calls. Keeps trying while the gateway is away; rejects when it refuses. */
  async register(): Promise<void> {
    this.#registered = true;
    await this.#session.open();
  }

  /**
   * Goes on with the calls of the page before this one in the same tab, if there were any; `attached` tells of each.
   * {@link register} does so, too.
   */
  async resume(): Promise<void> {
    if (!this.#memory.isEmpty) await this.#session.open();
  }

  /** Shows the gateway a newer token. With `getToken` there is no need to. */
  async updateToken(token: string): Promise<void> {
    this.#token = token;
    await this.#session.updateToken(token);
  }

  /** Checks signalling, devices and, over an echo number, the sound's way; never throws. */
  runPreflight(options: PreflightOptions = {}): Promise<PreflightReport> {
    const context = {
      online: () => this.#online(),
      ping: () => this.#session.ping(),
      devices: () => this.devices.list(),
      microphone: () => this.devices.openMicrophone(),
      connect: (to: string) => this.connect({ to }),
    };
    return preflight(context, options);
  }

  /** All that helps to find out what went wrong: the latest events and samples, without numbers, digits or tokens. */
  async diagnostics(): Promise<Diagnostics> {
    const { session = null, server = null } = this.welcome ?? {};
    return {
      at: new Date().toISOString(),
      sdk: VERSION,
      userAgent: globalThis.navigator?.userAgent ?? '',
      state: this.state,
      session,
      server,
      devices: await this.devices.list(),
      calls: this.#observer.calls(),
      journal: this.#observer.journal.entries,
    };
  }

  /** Calls somebody. The call is returned at once; listen to its `accept`, `disconnect`, `error`. */
  connect({ to, from, params }: ConnectOptions): Call {
    const parties = { direction: 'outbound', from: from ?? null, fromName: null, to } as const;
    const call = new Call(this.#context, { id: newCallId(), ...parties });
    this.#add(call);
    const request = { to, ...(from && { from }), ...(params && { headers: params }) };
    // The caller attaches listeners first; nothing is emitted in this turn.
    queueMicrotask(() => void call.start(request));
    return call;
  }

  /** Ends all calls and the connection, for good. */
  destroy(): void {
    for (const call of this.calls) call.disconnect();
    for (const off of this.#offs) off();
    this.#session.close();
    this.devices.close();
    this.#closeAudio();
    this.removeAllListeners();
  }

  // One that runs costs processor time all day, also in silence.
  #closeAudio(): void {
    void this.#audioContext?.close().catch(() => undefined);
    this.#audioContext = undefined;
  }

  #add(call: Call): void {
    this.#calls.set(call.id, call);
    this.#observer.watch(call);
    this.emit('callsChanged');
  }

  #lend(): CallContext {
    return {
      platform: this.#platform,
      devices: this.devices,
      audioContext: () => (this.#audioContext ??= this.#platform.createAudioContext()),
      online: () => this.#online(),
      request: (type, call, data) => this.#session.request(type, call, data),
      closed: (call) => {
        if (this.#calls.delete(call.id)) this.emit('callsChanged');
        if (this.#calls.size === 0) this.#closeAudio();
      },
    };
  }

  #listen(): void {
    const session = this.#session;
    session.on('stateChanged', (state) => {
      this.#observer.journal.note('session.state', { state });
      this.emit('stateChanged', state);
      if (state === 'reconnecting') this.emit('reconnecting');
    });
    session.on('reconnected', () => {
      this.calls.forEach((call) => call.happen('signalling-back'));
      this.emit('reconnected');
    });
    session.on('broken', () => this.calls.forEach((call) => call.happen('signalling-lost')));
    session.on('tokenWillExpire', (msLeft) => this.emit('tokenWillExpire', msLeft));
    session.on('error', (error) => {
      this.#observer.journal.note('session.error', { code: error.code, number: error.number });
      this.emit('error', error);
    });
    session.on('lost', () => this.calls.forEach((call) => call.lose()));
    session.on('message', (message) => this.#receive(message));
    this.devices.on('change', (list) => this.emit('deviceChange', list));
  }

  #online(): Promise<Welcome> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(fail('connection-failed')), ONLINE_TIMEOUT_MS);
      this.#session.open().then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #receive(envelope: Envelope): void {
    const frame = envelope as CallFrame;
    if (frame.type === 'call.incoming') this.#ring(frame.call, frame.data);
    else if (frame.type === 'call.state' && !this.#calls.has(frame.call)) this.#attach(frame);
    else if (frame.call !== undefined) this.#calls.get(frame.call)?.receive(frame);
  }

  // Where the sound comes through a new network, the old connection tells so only after seconds.
  #networkChanged(): void {
    this.#observer.journal.note('network.changed');
    this.#session.probe();
    this.calls.forEach((call) => call.happen('network-changed'));
  }

  #watchPage(): () => void {
    const page = this.#platform.page();
    const left = () => this.#pageLeft();
    const back = (event: Event) => {
      // Out of the browser's memory, with the connection closed.
      if ((event as PageTransitionEvent).persisted && this.#registered) void this.register().catch(() => undefined);
    };
    page?.addEventListener('pagehide', left);
    page?.addEventListener('pageshow', back);
    return () => {
      page?.removeEventListener('pagehide', left);
      page?.removeEventListener('pageshow', back);
    };
  }

  // A page cannot tell being closed from being loaded again: with calls, the gateway waits a moment for the next page.
  #pageLeft(): void {
    if (this.#options.onPageLeft === 'hang-up') for (const call of this.calls) call.disconnect();
    if (this.#calls.size === 0) this.#session.leave();
  }

  #attach({ call: id, data }: FrameOf<'call.state'>): void {
    if (!data.taken) return this.#ring(id, data);
    const { direction, from, from_name, to } = data;
    const call = new Call(this.#context, { id, direction, from, fromName: from_name ?? null, to });
    this.#add(call);
    this.emit('attached', call);
    void call.reattach(data);
  }

  #ring(id: string, { from, from_name, to }: Ringing): void {
    if (this.#calls.has(id)) return;
    const parties = { direction: 'inbound', from, fromName: from_name ?? null, to } as const;
    const call = new Call(this.#context, { id, ...parties });
    this.#add(call);
    // A client that never asked to receive must not keep the caller waiting.
    if (this.#registered) this.emit('incoming', call);
    else call.reject('busy');
  }
}

/** Who calls whom, in either frame that tells of a ringing call. */
type Ringing = Pick<FrameOf<'call.incoming'>['data'], 'from' | 'from_name' | 'to'>;

function withElement({ createAudioElement }: ClientOptions): Partial<Platform> {
  return createAudioElement ? { createAudioElement } : {};
}
