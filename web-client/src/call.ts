import type { CallDirection, CallEvents, CallState, Disconnect } from './call-events.ts';
import { CallMedia } from './call-media.ts';
import { CallMonitor } from './call-monitor.ts';
import type { Devices } from './devices.ts';
import { Emitter } from './emitter.ts';
import { type OffhookError, fail, toCause, toOffhookError } from './errors.ts';
import type { Candidate } from './peer.ts';
import type { Platform } from './platform.ts';
import type { CallFrame, Cause, EndedBy, FrameOf, Welcome } from './protocol.ts';

/** What a client lends to its calls. */
export interface CallContext {
  platform: Platform;
  devices: Devices;
  audioContext(): AudioContext | undefined;
  online(): Promise<Welcome>;
  request(type: string, call: string, data: object): Promise<unknown>;
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
  #media: CallMedia | undefined;
  #monitor: CallMonitor | undefined;
  #muted = false;
  #early = false;
  // Whether this side is the caller of the two.
  #calling: boolean;
  #answeredAt: number | null = null;
  #remoteStream: MediaStream | null = null;
  // Candidates found before the request that introduces the call has left.
  #candidates: Candidate[] | undefined = [];

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
  }

  get state(): CallState {
    return this.#state;
  }

  get muted(): boolean {
    return this.#muted;
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
    void this.#establish('call.accept', {});
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

  /** Sends `0-9 A-D * #` to the far side, each tone `durationMs` long. Rejects what cannot be sent. */
  async sendDigits(digits: string, durationMs?: number): Promise<void> {
    if (!DIGITS.test(digits)) throw fail('invalid-digits');
    const duration = durationMs === undefined ? {} : { duration_ms: durationMs };
    await this.#context.request('call.send_digits', this.id, { digits, ...duration });
  }

  /** The browser's own statistics of this call's connection; undefined before there is one. */
  async getStats(): Promise<RTCStatsReport | undefined> {
    return this.#media?.stats();
  }

  /** @internal Opens an outbound call. */
  async start(request: object): Promise<void> {
    await this.#establish('call.start', request);
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
        void this.#media?.answer(message.data.sdp).catch((error) => this.#fail(fail('media-failed', error)));
        break;
      case 'call.candidate':
        // One that this browser cannot use is no reason to give up the others.
        void this.#media?.addCandidate(message.data.candidate ?? null).catch(() => undefined);
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
      case 'call.digit':
        this.emit('dtmf', message.data.digit, message.data.duration_ms);
        break;
      case 'call.quality':
        if (this.#monitor) this.#monitor.quality = message.data;
        break;
      case 'call.ended':
        this.#close(toDisconnect(message.data));
        break;
    }
  }

  async #establish(type: 'call.start' | 'call.accept', request: object): Promise<void> {
    let microphone: MediaStream | undefined;
    try {
      const online = this.#context.online();
      online.catch(() => undefined);
      microphone = await this.#context.devices.openMicrophone();
      const welcome = await online;
      if (this.#closedMeanwhile()) return release(microphone);
      const sdp = await this.#openMedia(welcome.ice_servers ?? []).offer(microphone);
      if (this.#closedMeanwhile()) return;
      this.#become('connecting');
      const answer = this.#context.request(type, this.id, { ...request, sdp });
      this.#trickle();
      await answer;
    } catch (error) {
      if (!this.#media) release(microphone);
      this.#fail(toOffhookError(error, 'media-failed'));
    }
  }

  #openMedia(iceServers: unknown[]): CallMedia {
    const { platform, devices } = this.#context;
    const options = {
      platform,
      devices,
      iceServers: iceServers as RTCIceServer[],
      audioContext: this.#context.audioContext(),
    };
    const media = new CallMedia(options, {
      candidate: (candidate) => this.#found(candidate),
      connection: (state) => this.#watch(state),
      stream: (stream) => (this.#remoteStream = stream),
      microphoneLost: (error) => this.emit('error', toOffhookError(error, 'microphone-busy')),
    });
    media.setMuted(this.#muted);
    this.#media = media;
    this.#monitor = new CallMonitor(media, {
      sample: (sample) => this.emit('sample', sample),
      volume: (input, output) => this.emit('volume', input, output),
      warning: (name) => this.emit('warning', name),
      warningCleared: (name) => this.emit('warning-cleared', name),
    });
    return media;
  }

  #found(candidate: Candidate): void {
    if (this.#candidates) this.#candidates.push(candidate);
    else this.#tell('call.candidate', { candidate });
  }

  #trickle(): void {
    const found = this.#candidates ?? [];
    this.#candidates = undefined;
    for (const candidate of found) this.#tell('call.candidate', { candidate });
  }

  #watch(state: RTCPeerConnectionState): void {
    if (state === 'disconnected') this.emit('warning', 'ice-connectivity-lost');
    if (state === 'connected') this.emit('warning-cleared', 'ice-connectivity-lost');
    if (state === 'failed') this.#fail(fail('media-connection-failed'));
  }

  #ring(early: boolean): void {
    if (this.#state === 'open') return;
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
    this.#media?.setMuted(muted);
    this.emit('mute', muted);
  }

  // What the gateway does not take no longer matters to this side: it ends calls on its own.
  #tell(type: string, data: object): void {
    this.#context.request(type, this.id, data).catch(() => undefined);
  }

  #fail(error: OffhookError): void {
    if (this.#state === 'closed') return;
    this.emit('error', error);
    if (this.#closedMeanwhile()) return;
    if (this.#candidates === undefined) this.#tell('call.hangup', {});
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
    this.#monitor?.stop();
    this.#media?.close();
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

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
