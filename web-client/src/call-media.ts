import type { Devices } from './devices.ts';
import { LevelMeter } from './level.ts';
import { type Candidate, Peer } from './peer.ts';
import type { Platform } from './platform.ts';

/** After these, a browser lets a page play sound. */
const GESTURES = ['pointerup', 'keydown'] as const;

/** What the sound of a call tells its owner. */
export interface CallMediaHandlers {
  candidate(candidate: Candidate): void;
  connection(state: RTCPeerConnectionState): void;
  stream(stream: MediaStream): void;
  /** The microphone went away and none took its place. */
  microphoneLost(error: unknown): void;
}

/** What a call's sound is made with. */
export interface CallMediaOptions {
  platform: Platform;
  devices: Devices;
  iceServers: RTCIceServer[];
  audioContext: AudioContext | undefined;
}

/** The sound of one call: microphone, peer connection, loudspeaker and the two level meters. */
export class CallMedia {
  readonly #options: CallMediaOptions;
  readonly #handlers: CallMediaHandlers;
  readonly #peer: Peer;
  readonly #speaker: HTMLAudioElement;
  readonly #offs: (() => void)[];
  #microphone: MediaStream | undefined;
  #input: LevelMeter | undefined;
  #output: LevelMeter | undefined;
  #muted = false;
  #offered = false;
  #turn = 0;
  #closed = false;

  constructor(options: CallMediaOptions, handlers: CallMediaHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#speaker = options.platform.createAudioElement();
    this.#speaker.autoplay = true;
    this.#peer = new Peer(options.platform, options.iceServers, {
      candidate: handlers.candidate,
      stream: (stream) => this.#play(stream),
      state: handlers.connection,
    });
    this.#offs = [
      options.devices.on('microphone', () => void this.#reopen()),
      options.devices.on('speaker', (id) => void this.#route(id)),
    ];
  }

  /** Takes over an open microphone and returns the offer for it; without one, this side is silent until there is one. */
  async offer(microphone: MediaStream | undefined): Promise<string> {
    if (microphone) this.#adopt(microphone);
    this.#offered = true;
    return this.#peer.offer(microphone);
  }

  /** Returns an offer that restarts ICE. */
  restart(): Promise<string> {
    return this.#peer.restart();
  }

  /** Hands the microphone over; what is left of this can only be closed. */
  letGo(): MediaStream | undefined {
    const microphone = this.#microphone;
    for (const track of microphone?.getAudioTracks() ?? []) track.onended = null;
    this.#microphone = undefined;
    return microphone;
  }

  answer(sdp: string): Promise<void> {
    return this.#peer.answer(sdp);
  }

  addCandidate(candidate: Candidate): Promise<void> {
    return this.#peer.addCandidate(candidate);
  }

  stats(): Promise<RTCStatsReport> {
    return this.#peer.stats();
  }

  /** How loud both sides are now, 0 to 1; null where the browser cannot tell. */
  levels(): { input: number; output: number } | null {
    if (!this.#input && !this.#output) return null;
    return { input: this.#muted ? 0 : (this.#input?.read() ?? 0), output: this.#output?.read() ?? 0 };
  }

  /** An intent: it holds for whatever track is sent later, too. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  /** Lets go of the microphone, the connection and the loudspeaker. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const off of this.#offs) off();
    this.#input?.close();
    this.#output?.close();
    this.#peer.close();
    release(this.#microphone);
    this.#speaker.srcObject = null;
  }

  #adopt(microphone: MediaStream): void {
    if (this.#closed) return release(microphone);
    release(this.#microphone);
    this.#microphone = microphone;
    this.setMuted(this.#muted);
    const track = microphone.getAudioTracks()[0];
    if (track) track.onended = () => void this.#reopen();
    this.#input?.close();
    this.#input = this.#meter(microphone);
  }

  async #reopen(): Promise<void> {
    if (!this.#offered) return;
    const turn = ++this.#turn;
    try {
      const microphone = await this.#options.devices.openMicrophone();
      // Chosen again meanwhile: only the last choice counts.
      if (turn !== this.#turn) return release(microphone);
      this.#adopt(microphone);
      const track = microphone.getAudioTracks()[0];
      if (track && !this.#closed) await this.#peer.replaceTrack(track);
    } catch (error) {
      if (!this.#closed) this.#handlers.microphoneLost(error);
    }
  }

  #play(stream: MediaStream): void {
    this.#speaker.srcObject = stream;
    void this.#route(this.#options.devices.speaker);
    this.#start();
    this.#output?.close();
    this.#output = this.#meter(stream);
    this.#handlers.stream(stream);
  }

  // Refused where nobody has touched the page, as after a reload: then the first touch starts it.
  #start(): void {
    this.#speaker.play?.()?.catch(() => {
      const page = this.#options.platform.page();
      const touched = () => {
        for (const gesture of GESTURES) page?.removeEventListener(gesture, touched);
        if (!this.#closed) this.#speaker.play().catch(() => undefined);
      };
      for (const gesture of GESTURES) page?.addEventListener(gesture, touched);
      this.#offs.push(touched);
    });
  }

  // Not every browser lets a page choose a loudspeaker; the default one then stays.
  async #route(id: string): Promise<void> {
    await this.#speaker.setSinkId?.(id).catch(() => this.#speaker.setSinkId('').catch(() => undefined));
  }

  #meter(stream: MediaStream): LevelMeter | undefined {
    const context = this.#options.audioContext;
    if (!context) return undefined;
    void context.resume().catch(() => undefined);
    return new LevelMeter(context, stream);
  }
}

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
}
