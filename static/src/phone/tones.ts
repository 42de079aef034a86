/** Frequencies of the keys (ITU-T Q.23), Hz. */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYPAD = ['123', '456', '789', '*0#'];

/** One sound: frequencies together, from `at` for `length` seconds. */
interface Beep {
  frequencies: number[];
  at: number;
  length: number;
  volume: number;
}

/** A cadence that repeats every `period` seconds. */
interface Cadence {
  beeps: Beep[];
  period: number;
}

const RING: Cadence = {
  period: 3.2,
  beeps: [0, 0.16, 0.32, 0.48, 0.9, 1.06, 1.22, 1.38].map((at, i) => ({
    frequencies: [[587, 740, 880, 740][i % 4]!],
    at,
    length: 0.3,
    volume: 0.14,
  })),
};
const WAITING: Cadence = {
  period: 5,
  beeps: [0, 0.3].map((at) => ({ frequencies: [880], at, length: 0.14, volume: 0.04 })),
};
const RINGBACK: Cadence = { period: 5, beeps: [{ frequencies: [425], at: 0, length: 1, volume: 0.05 }] };
const BUSY: Beep[] = [0, 1, 2].map((at) => ({ frequencies: [425], at, length: 0.48, volume: 0.05 }));

const REST_AFTER_MS = 500;

/** The page's own sounds, made in the browser: ringing, ringback, busy, keys. */
export class Tones {
  #context: AudioContext | undefined;
  #unlocked = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #playing = new Set<OscillatorNode>();

  /** To be called from a gesture: browsers keep pages silent until then. */
  unlock(): void {
    if (this.#unlocked) return;
    void this.#open()?.resume().then(() => this.#unlock()).catch(() => undefined);
  }

  /** Rings on the device `sinkId` until {@link stop}. */
  ring(sinkId: string): void {
    this.#route(sinkId);
    this.#repeat(RING);
  }

  /** Tells of another caller while one talks, on the device `sinkId`, until {@link stop}. */
  waiting(sinkId: string): void {
    this.#route(sinkId);
    this.#repeat(WAITING);
  }

  /** One round of ringing, or a short tone, to try the device `sinkId`. */
  sample(what: 'ring' | 'tone', sinkId: string): void {
    this.stop();
    this.#route(sinkId);
    const beeps = what === 'ring' ? RING.beeps : [{ frequencies: [440], at: 0, length: 0.6, volume: 0.1 }];
    beeps.forEach((beep) => this.#beep(beep));
  }

  /** What a caller hears while it rings far away, on the device `sinkId`, until {@link stop}. */
  ringback(sinkId: string): void {
    this.#route(sinkId);
    this.#repeat(RINGBACK);
  }

  /** Three beeps. */
  busy(): void {
    this.stop();
    BUSY.forEach((beep) => this.#beep(beep));
  }

  /** The sound of a key, short and quiet. */
  key(key: string): void {
    const row = KEYPAD.findIndex((keys) => keys.includes(key));
    if (row < 0) return;
    const frequencies = [ROWS[row]!, COLUMNS[KEYPAD[row]!.indexOf(key)]!];
    this.#beep({ frequencies, at: 0, length: 0.11, volume: 0.04 });
  }

  /** Ends whatever sounds. */
  stop(): void {
    clearInterval(this.#timer);
    for (const oscillator of this.#playing) oscillator.stop();
    this.#playing.clear();
    this.#rest();
  }

  #repeat({ beeps, period }: Cadence): void {
    this.stop();
    const once = () => beeps.forEach((beep) => this.#beep(beep));
    once();
    this.#timer = setInterval(once, period * 1000);
  }

  #beep({ frequencies, at, length, volume }: Beep): void {
    const context = this.#open();
    if (!context) return;
    this.#unlocked ||= context.state === 'running';
    if (!this.#unlocked) return;
    void context.resume().catch(() => undefined);
    const start = context.currentTime + at;
    const gain = envelope(context, start, length, volume);
    for (const frequency of frequencies) {
      const oscillator = new OscillatorNode(context, { frequency });
      oscillator.connect(gain);
      oscillator.onended = () => this.#ended(oscillator);
      oscillator.start(start);
      oscillator.stop(start + length);
      this.#playing.add(oscillator);
    }
  }

  #unlock(): void {
    this.#unlocked = true;
    this.#rest();
  }

  #ended(oscillator: OscillatorNode): void {
    this.#playing.delete(oscillator);
    this.#rest();
  }

  // A context that runs costs processor time all day, also in silence. Not at once: one that is on its way to resume
  // takes no notice.
  #rest(): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      if (this.#playing.size === 0) void this.#context?.suspend().catch(() => undefined);
    }, REST_AFTER_MS);
  }

  // Not every browser lets a page choose; the default device then sounds.
  #route(sinkId: string): void {
    const context = this.#open() as (AudioContext & { setSinkId?(id: string): Promise<void> }) | undefined;
    void context?.setSinkId?.(sinkId).catch(() => undefined);
  }

  #open(): AudioContext | undefined {
    if (!this.#context && 'AudioContext' in globalThis) this.#context = new AudioContext();
    return this.#context;
  }
}

// Edges of 15 ms: a tone switched hard clicks.
function envelope(context: AudioContext, start: number, length: number, volume: number): GainNode {
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.015);
  gain.gain.setValueAtTime(volume, start + length - 0.015);
  gain.gain.linearRampToValueAtTime(0, start + length);
  gain.connect(context.destination);
  return gain;
}
