import { Call, type CallContext } from './call.ts';
import { type DeviceList, Devices } from './devices.ts';
import { Emitter } from './emitter.ts';
import { type OffhookError, fail } from './errors.ts';
import { newCallId } from './ids.ts';
import { type Platform, browserPlatform } from './platform.ts';
import type { CallFrame, Envelope, FrameOf, Welcome } from './protocol.ts';
import { Session, type SessionState } from './session.ts';

/** A call waits this long for the gateway to be reached. */
const ONLINE_TIMEOUT_MS = 10_000;

/** How to reach a gateway. Either `token` or `getToken` is needed. */
export interface ClientOptions {
  /** The gateway's `/v1/rtc`, as `wss:` or `https:` URL. */
  url: string;
  token?: string;
  /** Asked before each connection, so that a token may be short-lived. */
  getToken?: () => Promise<string> | string;
  /** Makes the element that plays the far side; by default one outside the document. */
  createAudioElement?: () => HTMLAudioElement;
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
  readonly #platform: Platform;
  readonly #session: Session;
  readonly #calls = new Map<string, Call>();
  readonly #context: CallContext;
  #registered = false;
  #audioContext: AudioContext | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#platform = { ...browserPlatform, ...withElement(options), ...options.platform };
    this.devices = new Devices(this.#platform);
    this.#session = new Session({
      url: options.url.replace(/^http/, 'ws'),
      getToken: () => (options.getToken ? options.getToken() : (options.token ?? '')),
      platform: this.#platform,
    });
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

  /** Calls somebody. The call is returned at once; listen to its `accept`, `disconnect`, `error`. */
  connect({ to, from, params }: ConnectOptions): Call {
    const parties = { direction: 'outbound', from: from ?? null, fromName: null, to } as const;
    const call = new Call(this.#context, { id: newCallId(), ...parties });
    this.#calls.set(call.id, call);
    const request = { to, ...(from && { from }), ...(params && { headers: params }) };
    // The caller attaches listeners first; nothing is emitted in this turn.
    queueMicrotask(() => void call.start(request));
    return call;
  }

  /** Ends all calls and the connection, for good. */
  destroy(): void {
    for (const call of this.calls) call.disconnect();
    this.#session.close();
    this.devices.close();
    void this.#audioContext?.close().catch(() => undefined);
    this.removeAllListeners();
  }

  #lend(): CallContext {
    return {
      platform: this.#platform,
      devices: this.devices,
      audioContext: () => (this.#audioContext ??= this.#platform.createAudioContext()),
      online: () => this.#online(),
      request: (type, call, data) => this.#session.request(type, call, data),
      closed: (call) => void this.#calls.delete(call.id),
    };
  }

  #listen(): void {
    const session = this.#session;
    session.on('stateChanged', (state) => {
      this.emit('stateChanged', state);
      if (state === 'reconnecting') this.emit('reconnecting');
    });
    session.on('reconnected', () => this.emit('reconnected'));
    session.on('error', (error) => this.emit('error', error));
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
    if (frame.type === 'call.incoming') this.#ring(frame);
    else if (frame.call !== undefined) this.#calls.get(frame.call)?.receive(frame);
  }

  #ring({ call: id, data }: FrameOf<'call.incoming'>): void {
    if (this.#calls.has(id)) return;
    const { from, from_name, to } = data;
    const parties = { direction: 'inbound', from, fromName: from_name ?? null, to } as const;
    const call = new Call(this.#context, { id, ...parties });
    this.#calls.set(id, call);
    // A client that never asked to receive must not keep the caller waiting.
    if (this.#registered) this.emit('incoming', call);
    else call.reject('busy');
  }
}

function withElement({ createAudioElement }: ClientOptions): Partial<Platform> {
  return createAudioElement ? { createAudioElement } : {};
}
