import { type Closed, Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import { type OffhookError, fail, fromServer, toOffhookError } from './errors.ts';
import type { Platform } from './platform.ts';
import { type Envelope, type ErrorBody, type FrameOf, SUBPROTOCOL, type Welcome } from './protocol.ts';
import { Requests } from './requests.ts';
import type { Kept, SessionMemory } from './session-memory.ts';
import { TokenClock } from './token-clock.ts';
import { VERSION } from './version.ts';

/** First pause before connecting again; it doubles up to {@link RETRY_MAX_MS}. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 15_000;
/** The longest pause while a session can still be resumed. */
const RESUME_RETRY_MAX_MS = 4_000;
/** On another network, a connection that is silent for so long is replaced. */
const PROBE_MS = 500;
/** A token that could not be renewed is asked for again after this. */
const RENEW_AGAIN_MS = 10_000;

/** Refusals that connecting again cannot change. */
const FATAL: ReadonlySet<string> = new Set([
  'token-missing',
  'token-invalid',
  'token-expired',
  'scope-missing',
  'origin-forbidden',
  'session-replaced',
  'protocol-violation',
]);

/** Whether the gateway can be reached. */
export type SessionState = 'offline' | 'connecting' | 'online' | 'reconnecting' | 'closed';

/** Where and as whom to connect. */
export interface SessionOptions {
  url: string;
  getToken(): Promise<string> | string;
  /** Whether `getToken` may bring another token than before. */
  renews: boolean;
  platform: Platform;
  memory: SessionMemory;
}

interface SessionEvents {
  stateChanged: [SessionState];
  message: [Envelope];
  /** The session is gone, and with it every call of it. */
  lost: [OffhookError];
  reconnected: [];
  /** The connection is gone; the session may not be. */
  broken: [];
  tokenWillExpire: [msLeft: number];
  error: [OffhookError];
}

/** What opens a session again whose connection broke. */
interface Ticket {
  /** Without `last_seq`, the session is a former page's. */
  resume: { session: string; resume_token: string; last_seq?: number };
  /** Until the gateway gives the session up. */
  timer?: ReturnType<typeof setTimeout>;
}

/**
 * Keeps one signalling session up, and is the only one that does: whatever is wrong with the connection, it connects
 * again and resumes, and never touches a call's media.
 *
 * ```text
 *   offline ─▶ connecting ─▶ online ◀──────── resumed: calls go on ────────┐
 *      ▲           │ refused   │ connection broke                          │
 *      └───────────┘           ▼                                           │
 *                         reconnecting, with a ticket ─── welcome ─────────┤
 *                              │ resume window over                        │
 *                              ▼                                           │
 *                         reconnecting, without: `lost` ──── welcome ──────┘ a new session
 * ```
 */
export class Session extends Emitter<SessionEvents> {
  readonly #options: SessionOptions;
  #state: SessionState = 'offline';
  readonly #requests = new Requests();
  #connection: Connection | undefined;
  #ticket: Ticket | undefined;
  #welcome: Welcome | undefined;
  #attempts = 0;
  #everOnline = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #waiting: { resolve(welcome: Welcome): void; reject(error: OffhookError): void }[] = [];
  #bye: { action: string; retryAfterMs: number } | undefined;
  #url: string;
  readonly #clock: TokenClock;
  // A token that has expired is renewed once before it counts as refused.
  #renewed = false;
  #hurry = false;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
    this.#url = options.url;
    this.#clock = new TokenClock((msLeft) => this.#renew(msLeft));
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The gateway's last welcome, while online. */
  get welcome(): Welcome | undefined {
    return this.#state === 'online' ? this.#welcome : undefined;
  }

  /** Resolves when online; rejects only where trying again cannot help. */
  open(): Promise<Welcome> {
    if (this.welcome) return Promise.resolve(this.welcome);
    if (this.#state === 'closed') return Promise.reject(destroyed());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#state === 'offline') this.#connect();
    });
  }

  /** Sends a request of the protocol, now or once the session is resumed. */
  async request(type: string, call: string | undefined, data: object): Promise<unknown> {
    if (!this.welcome && !this.#ticket) throw fail('connection-lost');
    return (await this.#requests.ask(type, call, data)).data;
  }

  /** Ends the session for good. */
  close(): void {
    this.#stop('closed', destroyed());
  }

  /** Ends the session until it is opened again. */
  leave(): void {
    if (!this.#ended()) this.#stop('offline', fail('connection-lost'));
  }

  /** The network is another, or back: makes sure of the connection at once. */
  probe(): void {
    if (this.welcome) {
      this.#hurry = true;
      this.#connection?.probe(PROBE_MS);
    } else if (this.#retryTimer !== undefined && !this.#ended() && !this.#connection) {
      this.#retry(0);
    }
  }

  /** Shows the gateway a newer token; nothing else changes. */
  async updateToken(token: string): Promise<void> {
    this.#clock.watch(token);
    if (this.welcome || this.#ticket) await this.#requests.ask('token.update', undefined, { token });
  }

  /** Asks the gateway for a sign of life, and waits for it. */
  async ping(): Promise<void> {
    await this.#requests.ask('ping', undefined, {});
  }

  /** @internal For `debug.simulate`: the connection ends as if the gateway had closed it so, or as if it had broken. */
  breakOff(closed: Closed, message?: Envelope): void {
    if (message) this.#receive(message);
    this.#connection?.breakOff(closed);
  }

  async #renew(msLeft: number): Promise<void> {
    this.emit('tokenWillExpire', msLeft);
    if (!this.#options.renews || this.#ended()) return;
    try {
      await this.updateToken(await this.#options.getToken());
    } catch (cause) {
      this.emit('error', toOffhookError(cause, 'token-missing'));
      setTimeout(() => !this.#ended() && void this.#renew(Math.max(0, msLeft - RENEW_AGAIN_MS)), RENEW_AGAIN_MS);
    }
  }

  async #connect(): Promise<void> {
    this.#become(this.#everOnline ? 'reconnecting' : 'connecting');
    const [token, kept] = await Promise.all([this.#token(), this.#recall()]);
    if (token === undefined || this.#ended()) return;
    if (kept) this.#ticket = { resume: { session: kept.session, resume_token: kept.resume_token } };
    this.#clock.watch(token);
    const connection = new Connection(
      this.#options.platform.createSocket(this.#url, SUBPROTOCOL),
      { message: (message) => this.#receive(message), closed: (closed) => this.#lose(closed) },
    );
    this.#connection = connection;
    try {
      const client = { name: '@offhook/client', version: VERSION };
      const resume = this.#ticket?.resume;
      this.#online(connection, await connection.hello({ token, client, ...(resume && { resume }) }));
    } catch (cause) {
      // One that has been lost or given up meanwhile was dealt with there.
      if (connection !== this.#connection) return;
      connection.abandon();
      this.#failed(toOffhookError(cause, 'connection-failed'));
    }
  }

  // Only the first connection of a page is a former page's to go on with.
  async #recall(): Promise<Kept | undefined> {
    return this.#everOnline || this.#ticket ? undefined : this.#options.memory.recall();
  }

  async #token(): Promise<string | undefined> {
    try {
      return await this.#options.getToken();
    } catch (cause) {
      // The page's own server may be away for a moment, like any other.
      this.#failed(fail('token-missing', cause), 'again');
      return undefined;
    }
  }

  #online(connection: Connection, welcome: Welcome): void {
    const again = this.#everOnline;
    if (!welcome.resumed) this.#abandon(fail('connection-lost'));
    this.#useTicket();
    this.#welcome = welcome;
    this.#options.memory.remember({ session: welcome.session, resume_token: welcome.resume_token });
    this.#renewed = this.#hurry = false;
    this.#everOnline = true;
    this.#attempts = 0;
    this.#bye = undefined;
    this.#become('online');
    this.#requests.attach((message) => connection.send(message));
    for (const { resolve } of this.#waiting.splice(0)) resolve(welcome);
    if (again) this.emit('reconnected');
  }

  #receive(message: Envelope): void {
    if (message.type === 'bye') this.#take(message.data as FrameOf<'bye'>['data']);
    if (message.type === 'error' && message.id === undefined) this.emit('error', fromServer(message.data as ErrorBody));
    if (message.id !== undefined) this.#requests.answer(message);
    else this.emit('message', message);
  }

  #take({ action, retry_after_s, alternate_url }: FrameOf<'bye'>['data']): void {
    if (alternate_url) this.#url = alternate_url.replace(/^http/, 'ws');
    this.#bye = { action, retryAfterMs: (retry_after_s ?? 0) * 1000 };
  }

  #lose({ code, error }: Closed): void {
    const seq = this.#connection?.seq ?? 0;
    this.#connection = undefined;
    this.#requests.detach();
    const reason = error ?? closeError(code) ?? fail('connection-lost');
    const online = this.#state === 'online';
    if (online) this.#hold(seq, reason);
    this.#failed(reason);
    if (online) this.emit('broken');
  }

  // The gateway keeps the session for a while, unless it said otherwise.
  #hold(last_seq: number, reason: OffhookError): void {
    const { session, resume_token, resume_window_s } = this.#welcome!;
    const action = this.#bye?.action ?? 'resume';
    const timer = setTimeout(() => this.#abandon(reason), resume_window_s * 1000);
    this.#ticket = { resume: { session, resume_token, last_seq }, timer };
    if (resume_window_s === 0 || action !== 'resume' || this.#isFatal(reason)) this.#abandon(reason);
  }

  #useTicket(): void {
    clearTimeout(this.#ticket?.timer);
    this.#ticket = undefined;
  }

  #abandon(reason: OffhookError): void {
    if (!this.#ticket) return;
    this.#useTicket();
    this.emit('lost', reason);
    this.#requests.fail(reason);
  }

  #failed(error: OffhookError, then: 'again' | 'judge' = 'judge'): void {
    if (this.#ended()) return;
    this.#connection = undefined;
    const renewable = this.#isRenewable(error);
    this.emit('error', error);
    const refused = then === 'judge' && this.#isFatal(error);
    if (refused || this.#bye?.action === 'stop') return this.#stop('offline', error);
    this.#renewed ||= renewable;
    this.#become(this.#everOnline ? 'reconnecting' : 'connecting');
    this.#retry(renewable || this.#hurry ? 0 : this.#pause());
    this.#hurry = false;
  }

  #retry(ms: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#connect(), ms);
  }

  #isRenewable({ code }: OffhookError): boolean {
    return code === 'token-expired' && this.#options.renews && !this.#renewed;
  }

  #isFatal(error: OffhookError): boolean {
    return FATAL.has(error.code) && !this.#isRenewable(error);
  }

  // Full jitter keeps a thousand pages from coming back in the same instant.
  #pause(): number {
    const asked = this.#bye?.retryAfterMs;
    this.#bye = undefined;
    const longest = this.#ticket ? RESUME_RETRY_MAX_MS : RETRY_MAX_MS;
    const ceiling = Math.min(longest, RETRY_MIN_MS * 2 ** this.#attempts++);
    return (asked ?? ceiling / 2) + (Math.random() * ceiling) / 2;
  }

  #stop(state: 'offline' | 'closed', error: OffhookError): void {
    clearTimeout(this.#retryTimer);
    this.#clock.stop();
    this.#options.memory.forget();
    this.#connection?.close();
    this.#connection = undefined;
    this.#requests.detach();
    this.#abandon(error);
    this.#requests.fail(error);
    this.#everOnline = false;
    // A listener may well open the session again: that one is not refused yet.
    const waiting = this.#waiting.splice(0);
    this.#become(state);
    for (const { reject } of waiting) reject(error);
  }

  #ended(): boolean {
    return this.#state === 'closed' || this.#state === 'offline';
  }

  #become(state: SessionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

function destroyed(): OffhookError {
  return fail('connection-lost', new Error('the client was destroyed'));
}

/** The documented close codes after which the gateway will not take this client again. */
function closeError(code: number): OffhookError | undefined {
  if (code === 4401) return fail('token-invalid');
  if (code === 4403) return fail('origin-forbidden');
  if (code === 4409) return fail('session-replaced');
  return undefined;
}
