import type { CallDirection, CallEvents, CallState, Disconnect } from './call-events.ts';
import { CallLink, type LinkContext } from './call-link.ts';
import { Emitter } from './emitter.ts';
import { type OffhookError, fail, toCause, toOffhookError } from './errors.ts';
import type { CallFrame, Cause, EndedBy, FrameOf } from './protocol.ts';
import type { Happening } from './recovery.ts';

/** What a client lends to its calls. */
export interface CallContext extends LinkContext {
  closed(call: Call): void;
}

/** Who calls whom. */
export interface CallParties {
  id: string;
  direction: CallDirection;
  from: string | null;
  fromName: string | null;
  to: string;
}

const DIGITS = /^[0-9A-D*#]{1,64}$/;

/** One telephone call. Made by `client.connect()` or handed to the client's `incoming` listeners. */
export class Call extends Emitter<CallEvents> {
  readonly id: string;
  readonly direction: CallDirection;
  /** The caller's number or address. */
  readonly from: string | null;
  /** The caller's name as its network gives it: untrusted text. */
  readonly fromName: string | null;
  /** The number or address called. */
  readonly to: string;
  readonly #context: CallContext;
  #state: CallState;
  readonly #link: CallLink;
  #muted = false;
  #held = false;
  #early = false;
  // Whether this side is the caller of the two.
  #calling: boolean;
  #answeredAt: number | null = null;
  #remoteStream: MediaStream | null = null;

  /** @internal */
  constructor(context: CallContext, parties: CallParties) {
    super();
    this.#context = context;
    this.id = parties.id;
    this.direction = parties.direction;
    this.from = parties.from;
    this.fromName = parties.fromName;
    this.to = parties.to;
    this.#calling = parties.direction === 'outbound';
    this.#state = this.#calling ? 'pending' : 'ringing';
    this.#link = new CallLink(context, this.id, {
      asked: () => this.#asked(),
      stream: (stream) => (this.#remoteStream = stream),
      error: (error) => this.emit('error', error),
      failed: (error) => this.#fail(error),
      suffering: () => this.#suffer(),
      recovered: () => this.#recover(),
      sample: (sample) => this.emit('sample', sample),
      volume: (input, output) => this.emit('volume', input, output),
      warning: (name) => this.emit('warning', name),
      warningCleared: (name) => this.emit('warning-cleared', name),
    });
  }

  get state(): CallState {
    return this.#state;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Whether this side or a program has the far side on hold. */
  get held(): boolean {
    return this.#held;
  }

  /** Whether the far side sends sound before it answers. */
  get early(): boolean {
    return this.#early;
  }

  /** When it was answered, in milliseconds since the Unix epoch. */
  get answeredAt(): number | null {
    return this.#answeredAt;
  }

  /** What the far side says, for recording or drawing; the SDK already plays it. */
  get remoteStream(): MediaStream | null {
    return this.#remoteStream;
  }

  /** Answers an inbound call. */
  accept(): void {
    if (this.direction !== 'inbound' || this.#state !== 'ringing') return;
    this.#become('connecting');
    void this.#open('call.accept', {});
  }

  /** The same as {@link accept}. */
  answer(): void {
    this.accept();
  }

  /** Turns an inbound call down here; the last of the user's sessions to do so ends it for the caller. */
  reject(cause: 'declined' | 'busy' = 'declined'): void {
    if (this.direction !== 'inbound' || this.#state !== 'ringing') return;
    this.#tell('call.reject', { cause });
    this.#close(local('callee', cause));
  }

  /** Stops alerting here; the caller hears it ring on, and other sessions may answer. */
  ignore(): void {
    if (this.direction !== 'inbound' || this.#state !== 'ringing') return;
    this.#finish();
    this.emit('cancel');
  }

  /** Ends the call in whatever state it is; an inbound one that still rings is declined. */
  disconnect(): void {
    if (this.#state === 'closed') return;
    if (this.direction === 'inbound' && this.#state === 'ringing') return this.reject();
    const by = this.#calling ? 'caller' : 'callee';
    this.#tell('call.hangup', {});
    this.#close(local(by, this.#answeredAt === null ? 'canceled' : 'normal'));
  }

  /** The same as {@link disconnect}. */
  hangup(): void {
    this.disconnect();
  }

  /** Stops or resumes sending the microphone; holds across changes of device. */
  mute(muted = true): void {
    if (this.#state === 'closed' || this.#muted === muted) return;
    this.#applyMute(muted);
    this.#tell('call.mute', { muted });
  }

  /** Parts this side from the far side, or joins them again; the far side's phone is told nothing. */
  async hold(held = true): Promise<void> {
    await this.#ask(held ? 'call.hold' : 'call.unhold');
  }

  /** Hands the far side over to whoever answers at a user, a number or a SIP URI. */
  async transfer(to: string): Promise<void> {
    await this.#ask('call.transfer', { to });
  }

  /** Calls somebody to talk to while the far side is on hold. */
  async consult(to: string): Promise<void> {
    await this.#ask('call.consult', { to });
  }

  /** Hands the far side over to whom this side consults. */
  async completeTransfer(): Promise<void> {
    await this.#ask('call.complete_transfer');
  }

  /** Takes back a transfer or a consultation, and talks to the far side again. */
  async cancelTransfer(): Promise<void> {
    await this.#ask('call.cancel_transfer');
  }

  /** Sends `0-9 A-D * #` to the far side, each tone `durationMs` long. Rejects what cannot be sent. */
  async sendDigits(digits: string, durationMs?: number): Promise<void> {
    if (!DIGITS.test(digits)) throw fail('invalid-digits');
    const duration = durationMs === undefined ? {} : { duration_ms: durationMs };
    await this.#ask('call.send_digits', { digits, ...duration });
  }

  /** The browser's own statistics of this call's connection; undefined before there is one. */
  async getStats(): Promise<RTCStatsReport | undefined> {
    return this.#link.stats();
  }

  /** @internal Opens an outbound call. */
  async start(request: object): Promise<void> {
    await this.#open('call.start', request);
  }

  /** @internal Goes on with a call that a former page of this tab was in. */
  async reattach(told: FrameOf<'call.state'>['data']): Promise<void> {
    this.update(told);
    this.#become('reconnecting');
    this.emit('reconnecting');
    await this.#link.reattach();
  }

  /** @internal Takes over how the gateway says that this call stands. */
  update({ early_media, muted, held, answered_ms_ago: ago }: FrameOf<'call.state'>['data']): void {
    this.#early = early_media;
    this.#held = held;
    if (ago !== undefined && ago !== null) this.#answeredAt = Date.now() - ago;
    this.#applyMute(muted);
  }

  /** @internal Something happened that bears on the call's connection. */
  happen(happening: Happening): void {
    this.#link.happen(happening);
  }

  /** @internal The session that carried this call is gone; one that nobody has asked for yet can do with the next. */
  lose(): void {
    if (this.#state !== 'pending') this.#close(local('system', 'session-lost'));
  }

  /** @internal Takes what the gateway says about this call. */
  receive(message: CallFrame): void {
    if (this.#state === 'closed') return;
    switch (message.type) {
      case 'call.description':
        this.#link.answer(message.data.sdp);
        break;
      case 'call.candidate':
        this.#link.addCandidate(message.data.candidate ?? null);
        break;
      case 'call.state':
        this.update(message.data);
        break;
      case 'call.ringing':
        this.#ring(message.data.early_media);
        break;
      case 'call.answered':
        this.#opened();
        break;
      case 'call.muted':
        this.#applyMute(message.data.muted);
        break;
      case 'call.held':
        this.#hold(message.data);
        break;
      case 'call.transfer':
        this.emit('transfer', { ...message.data, cause: message.data.cause ?? null });
        break;
      case 'call.digit':
        this.emit('dtmf', message.data.digit, message.data.duration_ms);
        break;
      case 'call.quality':
        this.#link.quality = message.data;
        break;
      case 'call.ended':
        this.#close(toDisconnect(message.data));
        break;
    }
  }

  async #open(type: 'call.start' | 'call.accept', request: object): Promise<void> {
    try {
      await this.#link.open(type, request);
    } catch (error) {
      this.#fail(toOffhookError(error, 'media-failed'));
    }
  }

  #asked(): void {
    if (this.#state === 'pending') this.#become('connecting');
  }

  #suffer(): void {
    this.emit('warning', 'ice-connectivity-lost');
    if (this.#state === 'open') this.#become('reconnecting');
    this.emit('reconnecting');
  }

  #recover(): void {
    this.emit('warning-cleared', 'ice-connectivity-lost');
    if (this.#state === 'reconnecting') this.#become(this.#answeredAt !== null ? 'open' : 'ringing');
    this.emit('reconnected');
  }

  #ring(early: boolean): void {
    if (this.#answeredAt !== null) return;
    this.#early = early;
    // Told to an inbound call after it was taken: a program had this user rung first, to call somebody.
    this.#calling = true;
    if (this.direction === 'outbound') this.#become('ringing');
    this.emit('ringing', early);
  }

  #opened(): void {
    if (this.#answeredAt !== null) return;
    this.#answeredAt = Date.now();
    this.#become('open');
    this.emit('accept');
  }

  #applyMute(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    this.#link.setMuted(muted);
    this.emit('mute', muted);
  }

  #hold({ held, by }: FrameOf<'call.held'>['data']): void {
    if (by !== 'far') this.#held = held;
    this.emit('hold', held, by);
  }

  async #ask(type: string, data: object = {}): Promise<void> {
    await this.#context.request(type, this.id, data);
  }

  // What the gateway does not take no longer matters to this side: it ends calls on its own.
  #tell(type: string, data: object): void {
    this.#context.request(type, this.id, data).catch(() => undefined);
  }

  #fail(error: OffhookError): void {
    if (this.#state === 'closed') return;
    this.emit('error', error);
    if (this.#closedMeanwhile()) return;
    if (this.#link.introduced) this.#tell('call.hangup', {});
    else if (this.direction === 'inbound') this.#tell('call.reject', { cause: 'declined' });
    this.#close(local('system', toCause(error.code)));
  }

  #close(disconnect: Disconnect): void {
    if (this.#state === 'closed') return;
    const inboundUnanswered = this.direction === 'inbound' && this.#state === 'ringing';
    const rejected = disconnect.cause === 'declined' || disconnect.cause === 'busy';
    const canceled = disconnect.cause === 'canceled' || inboundUnanswered;
    this.#finish();
    if (rejected) this.emit('reject');
    else if (canceled) this.emit('cancel');
    this.emit('disconnect', disconnect);
  }

  #finish(): void {
    this.#link.close();
    this.#become('closed');
    this.#context.closed(this);
  }

  #closedMeanwhile(): boolean {
    return this.#state === 'closed';
  }

  #become(state: CallState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

function local(by: EndedBy, cause: Cause): Disconnect {
  return { by, cause, sipCode: null, sipReason: null, q850: null };
}

function toDisconnect(data: FrameOf<'call.ended'>['data']): Disconnect {
  const { by, cause, sip_code, sip_reason, q850 } = data;
  return {
    by,
    cause,
    sipCode: sip_code ?? null,
    sipReason: sip_reason ?? null,
    q850: q850 ?? null,
  };
}
