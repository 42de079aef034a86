import { CallMedia } from './call-media.ts';
import { CallMonitor, type CallMonitorHandlers } from './call-monitor.ts';
import type { Devices } from './devices.ts';
import { type OffhookError, fail, toOffhookError } from './errors.ts';
import type { Candidate } from './peer.ts';
import type { Platform } from './platform.ts';
import type { CallQuality, Welcome } from './protocol.ts';
import { FRESH, type Happening, REATTACHING, type Step, patience, recover } from './recovery.ts';

/** What a client lends to the media of its calls. */
export interface LinkContext {
  platform: Platform;
  devices: Devices;
  audioContext(): AudioContext | undefined;
  online(): Promise<Welcome>;
  request(type: string, call: string, data: object): Promise<unknown>;
}

/** What a {@link CallLink} tells its call. */
export interface CallLinkHandlers extends CallMonitorHandlers {
  /** The offer is ready and about to leave. */
  asked(): void;
  stream(stream: MediaStream): void;
  /** Something is wrong that the call survives. */
  error(error: OffhookError): void;
  /** The call cannot go on. */
  failed(error: OffhookError): void;
  /** The sound is away and being brought back. */
  suffering(): void;
  recovered(): void;
}

/** A call's way to the gateway: one connection after the other, each with its offer, its candidates and its recovery. */
export class CallLink {
  readonly #context: LinkContext;
  readonly #id: string;
  readonly #handlers: CallLinkHandlers;
  #media: CallMedia | undefined;
  #monitor: CallMonitor | undefined;
  #muted = false;
  #closed = false;
  #recovering = FRESH;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // Candidates found before the request that introduces the connection has left.
  #candidates: Candidate[] | undefined = [];
  #introduced = false;
  // Answers still to come: only the last is to the offer that is open.
  #owed = 0;

  constructor(context: LinkContext, id: string, handlers: CallLinkHandlers) {
    this.#context = context;
    this.#id = id;
    this.#handlers = handlers;
  }

  /** Whether the gateway was asked for this call. */
  get introduced(): boolean {
    return this.#introduced;
  }

  /** Opens the microphone and a connection, and asks the gateway for the call. Throws what stopped it. */
  async open(type: 'call.start' | 'call.accept', request: object): Promise<void> {
    const online = this.#context.online();
    online.catch(() => undefined);
    const microphone = await this.#context.devices.openMicrophone();
    try {
      await this.#offer(type, request, microphone, await online);
    } catch (error) {
      if (!this.#media) release(microphone);
      throw error;
    }
  }

  /** Brings back the sound of a call that a former page was in. A page without its microphone hears all the same. */
  async reattach(): Promise<void> {
    this.#introduced = true;
    this.#recovering = REATTACHING;
    await this.#rebuild().catch((error: unknown) => this.#refuse(error));
    this.#wait();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#media?.setMuted(muted);
  }

  /** The gateway's answer. */
  answer(sdp: string): void {
    this.#owed = Math.max(0, this.#owed - 1);
    if (this.#owed > 0) return;
    void this.#media?.answer(sdp).catch((error: unknown) => {
      if (this.#recovering.phase === 'mending') this.happen('failed');
      else this.#handlers.failed(fail('media-failed', error));
    });
  }

  addCandidate(candidate: Candidate): void {
    // One that this browser cannot use is no reason to give up the others.
    void this.#media?.addCandidate(candidate).catch(() => undefined);
  }

  set quality(quality: CallQuality) {
    if (this.#monitor) this.#monitor.quality = quality;
  }

  async stats(): Promise<RTCStatsReport | undefined> {
    return this.#media?.stats();
  }

  /** Something happened that bears on the connection. */
  happen(happening: Happening): void {
    if (this.#closed) return;
    // An answer that did not come in time does not come.
    if (happening === 'timeout') this.#owed = 0;
    const [next, ...steps] = recover(this.#recovering, happening);
    this.#recovering = next;
    for (const step of steps) this.#take(step);
    if (steps.length > 0 || next.phase !== 'mending') this.#wait();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#monitor?.stop();
    this.#media?.close();
  }

  #take(step: Step): void {
    switch (step) {
      case 'restart':
        void this.#restart().catch((error: unknown) => this.#refuse(error));
        break;
      case 'rebuild':
        void this.#rebuild().catch((error: unknown) => this.#refuse(error));
        break;
      case 'suffer':
        this.#handlers.suffering();
        break;
      case 'recover':
        this.#handlers.recovered();
        break;
      case 'give-up':
        this.#handlers.failed(fail('media-connection-failed'));
    }
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const ms = patience(this.#recovering);
    if (ms !== undefined && !this.#closed) this.#timer = setTimeout(() => this.happen('timeout'), ms);
  }

  // Time without signalling is the session's; only a word of the gateway is a refusal.
  #refuse(error: unknown): void {
    const { code } = toOffhookError(error, 'media-failed');
    if (!code.startsWith('connection-') && code !== 'request-timeout') this.happen('refused');
  }

  async #restart(): Promise<void> {
    const sdp = await this.#media?.restart();
    if (sdp && !this.#closed) await this.#ask('call.restart_ice', { sdp });
  }

  async #ask(type: string, data: object): Promise<void> {
    this.#owed++;
    try {
      await this.#context.request(type, this.#id, data);
    } catch (error) {
      this.#owed = Math.max(0, this.#owed - 1);
      throw error;
    }
  }

  async #rebuild(): Promise<void> {
    const former = this.#media;
    const microphone = former?.letGo() ?? (await this.#microphoneIfAny());
    const welcome = await this.#context.online();
    if (this.#closed) return release(microphone);
    former?.close();
    this.#candidates = [];
    await this.#offer('call.reattach', {}, microphone, welcome);
  }

  async #microphoneIfAny(): Promise<MediaStream | undefined> {
    try {
      return await this.#context.devices.openMicrophone();
    } catch (error) {
      this.#handlers.error(toOffhookError(error, 'microphone-busy'));
      return undefined;
    }
  }

  async #offer(type: string, request: object, microphone: MediaStream | undefined, welcome: Welcome): Promise<void> {
    if (this.#closed) return release(microphone);
    const sdp = await this.#openMedia(welcome).offer(microphone);
    if (this.#closed) return;
    this.#handlers.asked();
    this.#introduced = true;
    const answer = this.#ask(type, { ...request, sdp });
    this.#trickle();
    await answer;
  }

  #openMedia({ ice_servers }: Welcome): CallMedia {
    const { platform, devices } = this.#context;
    const iceServers = (ice_servers ?? []) as RTCIceServer[];
    const media: CallMedia = new CallMedia(
      { platform, devices, iceServers, audioContext: this.#context.audioContext() },
      {
        candidate: (candidate) => this.#found(candidate),
        connection: (state) => media === this.#media && this.#watch(state),
        stream: (stream) => this.#handlers.stream(stream),
        microphoneLost: (error) => this.#handlers.error(toOffhookError(error, 'microphone-busy')),
      },
    );
    media.setMuted(this.#muted);
    this.#media = media;
    if (this.#monitor) this.#monitor.watch(media);
    else this.#monitor = new CallMonitor(media, this.#handlers);
    return media;
  }

  #watch(state: RTCPeerConnectionState): void {
    if (state === 'connected' || state === 'disconnected' || state === 'failed') this.happen(state);
  }

  #found(candidate: Candidate): void {
    if (this.#candidates) this.#candidates.push(candidate);
    else this.#tellCandidate(candidate);
  }

  #trickle(): void {
    const found = this.#candidates ?? [];
    this.#candidates = undefined;
    for (const candidate of found) this.#tellCandidate(candidate);
  }

  #tellCandidate(candidate: Candidate): void {
    this.#context.request('call.candidate', this.#id, { candidate }).catch(() => undefined);
  }
}

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
