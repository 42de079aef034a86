import type { Platform } from '../src/platform.ts';

/** A frame as it went over the fake wire. */
export interface Frame {
  type: string;
  id?: string;
  call?: string;
  seq?: number;
  // Tests look into frames of every type.
  data: any;
}

/** A WebSocket whose far end is the test. */
export class FakeSocket {
  static readonly all: FakeSocket[] = [];
  readonly sent: Frame[] = [];
  readyState = 0;
  closedWith: number | undefined;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Frame);
  }

  close(code: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The gateway sends. */
  deliver(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }

  /** The connection breaks. */
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  last(type: string): Frame | undefined {
    return this.sent.filter((frame) => frame.type === type).at(-1);
  }

  /** Answers the last request of `type` with ok. */
  ok(type: string): void {
    this.deliver({ type: 'ok', id: this.last(type)?.id, data: {} });
  }
}

/** A microphone track. */
export class FakeTrack {
  enabled = true;
  stopped = false;
  onended: (() => void) | null = null;

  constructor(readonly label: string) {}

  stop(): void {
    this.stopped = true;
  }
}

/** A stream of one track. */
export class FakeStream {
  constructor(readonly track: FakeTrack) {}

  getTracks(): FakeTrack[] {
    return [this.track];
  }

  getAudioTracks(): FakeTrack[] {
    return [this.track];
  }
}

/** A peer connection that does what the test says. */
export class FakePeer {
  static readonly all: FakePeer[] = [];
  connectionState = 'new';
  signalingState = 'stable';
  /** How often ICE was restarted. */
  restarts = 0;
  remote: { type: string; sdp: string } | undefined;
  closed = false;
  sending: FakeTrack | undefined;
  report = new Map<string, object>();
  readonly candidates: unknown[] = [];
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null;
  ontrack: ((event: { track: object; streams: object[] }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;

  constructor(readonly configuration: RTCConfiguration) {
    FakePeer.all.push(this);
  }

  addTrack(track: FakeTrack): object {
    this.sending = track;
    return { replaceTrack: async (next: FakeTrack) => void (this.sending = next) };
  }

  addTransceiver(): object {
    return { sender: { replaceTrack: async (next: FakeTrack) => void (this.sending = next) } };
  }

  async createOffer(options: { iceRestart?: boolean } = {}): Promise<object> {
    if (options.iceRestart) this.restarts++;
    return { type: 'offer', sdp: options.iceRestart ? `v=0 restart ${this.restarts}` : 'v=0 offer' };
  }

  async setLocalDescription(): Promise<void> {
    this.signalingState = 'have-local-offer';
    this.find('early');
  }

  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    if (description.sdp === 'broken') throw new Error('broken');
    this.remote = description;
    this.signalingState = 'stable';
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    this.candidates.push(candidate ?? null);
  }

  async getStats(): Promise<Map<string, object>> {
    return this.report;
  }

  close(): void {
    this.closed = true;
  }

  /** The browser finds a candidate; null ends them. */
  find(candidate: string | null): void {
    const found = candidate === null ? null : { candidate, sdpMid: '0', sdpMLineIndex: 0 };
    this.onicecandidate?.({ candidate: found });
  }

  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

/** The sound devices of the fake browser. */
export class FakeMedia extends EventTarget {
  readonly opened: FakeTrack[] = [];
  readonly asked: MediaTrackConstraints[] = [];
  refusal: string | undefined;
  /** The chosen device is unplugged. */
  gone = false;

  async getUserMedia({ audio }: { audio: MediaTrackConstraints }): Promise<FakeStream> {
    if (this.refusal) throw new DOMException('no', this.refusal);
    if (audio.deviceId && this.gone) throw new DOMException('no', 'OverconstrainedError');
    this.asked.push(audio);
    const track = new FakeTrack(`microphone ${this.opened.length}`);
    this.opened.push(track);
    return new FakeStream(track);
  }

  devices: object[] = [
    { kind: 'audioinput', deviceId: 'm1', label: 'Headset' },
    { kind: 'audiooutput', deviceId: 's1', label: 'Loudspeaker' },
    { kind: 'videoinput', deviceId: 'v1', label: 'Camera' },
    { kind: 'audioinput', deviceId: '', label: '' },
  ];

  async enumerateDevices(): Promise<object[]> {
    return this.devices;
  }
}

/** A page and its tab: what a reload keeps is `stored`, what it does not is the rest. */
export class FakePage extends EventTarget {
  readonly stored = new Map<string, string>();
  readonly device = new Map<string, string>();

  storage(of: Map<string, string>): object {
    return {
      getItem: (key: string) => of.get(key) ?? null,
      setItem: (key: string, value: string) => void of.set(key, value),
      removeItem: (key: string) => void of.delete(key),
    };
  }

  /** Something happens to the page. */
  happen(type: string, more: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), more));
  }
}

/** What the pages of one browser share: each lock is one page's, the others wait in line. */
export class FakeLocks {
  readonly #lines = new Map<string, Promise<unknown>>();

  request(name: string, ...rest: unknown[]): Promise<unknown> {
    const take = rest.at(-1) as () => Promise<unknown>;
    const { signal } = (rest.length > 1 ? rest[0] : {}) as { signal?: AbortSignal };
    const before = this.#lines.get(name) ?? Promise.resolve();
    const turn = new Promise<unknown>((resolve, reject) => {
      let given = false;
      signal?.addEventListener('abort', () => {
        if (!given) reject(new DOMException('late', 'AbortError'));
      });
      void before.then(() => {
        if (signal?.aborted) return resolve(undefined);
        given = true;
        resolve(take());
      });
    });
    this.#lines.set(name, turn.catch(() => undefined));
    return turn;
  }
}

/** A browser of fakes; `media` is handed out so that a test may steer it. */
export function fakePlatform(media = new FakeMedia(), page?: FakePage, locks?: FakeLocks): Platform {
  const platform = {
    createSocket: (url: string, protocol: string) => new FakeSocket(url, protocol),
    createPeerConnection: (configuration: RTCConfiguration) => new FakePeer(configuration),
    mediaDevices: () => media,
    createAudioElement: () => ({ autoplay: false, srcObject: null, play: async () => undefined }),
    createAudioContext: () => undefined,
    page: () => page,
    network: () => undefined,
    tabStorage: () => page?.storage(page.stored),
    deviceStorage: () => page?.storage(page.device),
    locks: () => locks,
    createChannel: () => undefined,
  };
  return platform as unknown as Platform;
}

/** What the gateway says to a new session. */
export const WELCOME = {
  session: 'ses_00000000-0000-7000-8000-000000000001',
  user: 'alice',
  resumed: false,
  resume_token: 'r',
  resume_window_s: 30,
  ping_s: 10,
  timeout_s: 25,
  ice_servers: [],
  limits: { message_bytes: 65536, messages_per_s: 50, calls: 4 },
  capabilities: [],
  server: { version: '0.1.0', region: 'test' },
  demo: false,
};

/** Lets promises that are ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
