import { type Call, type Disconnect, Emitter, type OffhookError, type Sample } from '@offhook/client';
import type { TransferProgress, WarningName } from '@offhook/client';
import type { Ender } from './messages.ts';

/** Samples that are kept of a call, one a second. */
const SAMPLES_MAX = 60;
/** A microphone quieter than this for so long is silent, not a pause. */
const QUIET_LEVEL = 0.02;

/** Events of a {@link Line}. */
export interface LineEvents {
  /** State, hold, mute or transfer are others now. */
  changed: [];
  /** The far side answered, or this side did. */
  opened: [];
  /** Another second was measured. */
  measured: [];
  /** Both levels, every 50 ms. */
  heard: [input: number, output: number];
  /** The far side pressed a key. */
  digit: [string];
  /** It was to be handed over, and came back. */
  returned: [TransferProgress];
  ended: [Disconnect];
}

/** A call with what the page knows of it beyond the SDK: its last minute, its transfer, who ended it. */
export class Line extends Emitter<LineEvents> {
  readonly call: Call;
  readonly samples: Sample[] = [];
  readonly warnings = new Set<WarningName>();
  /** Digits that were sent. */
  digits = '';
  ender: Ender = 'them';
  error: OffhookError | undefined;
  /** Whether the far phone rings without a sound of its own. */
  farRings = false;
  /** Whether it goes on ringing without a sound here. */
  silenced = false;
  farHolds = false;
  transfer: TransferProgress | null = null;
  #quietSince: number | null = null;
  // As it was asked last; the gateway's word comes a moment later.
  #held: boolean;

  constructor(call: Call) {
    super();
    this.call = call;
    this.#held = call.held;
    this.#follow();
    this.#measure();
  }

  /** Who is at the other end: text of strangers. */
  get peer(): string {
    const { direction, to, from, fromName } = this.call;
    return direction === 'outbound' ? to : (fromName ?? from ?? 'Unknown');
  }

  /** The number behind a name; empty where there is no name. */
  get detail(): string {
    const { direction, from, fromName } = this.call;
    return direction === 'inbound' && fromName ? (from ?? '') : '';
  }

  /** What to dial to reach the other end again; empty where it is unknown. */
  get number(): string {
    return (this.call.direction === 'outbound' ? this.call.to : this.call.from) ?? '';
  }

  get ringsHere(): boolean {
    return this.call.direction === 'inbound' && this.call.state === 'ringing';
  }

  get isOpen(): boolean {
    return this.call.state === 'open' || this.call.state === 'reconnecting';
  }

  /** Whether the far side is on hold, or is about to be; while it is handed over, it waits anyway. */
  get held(): boolean {
    return this.#held && this.transfer === null;
  }

  /** Whether this side hears the far side, or whom it consults. */
  get isActive(): boolean {
    return this.isOpen && !this.held;
  }

  /** Puts the far side on hold. */
  hold(): Promise<void> {
    return this.#park(true);
  }

  /** Takes the far side up again. */
  resume(): Promise<void> {
    return this.#park(false);
  }

  /** Since when it is answered, in seconds; null before that. */
  get seconds(): number | null {
    return this.call.answeredAt === null ? null : (Date.now() - this.call.answeredAt) / 1000;
  }

  /** For how many seconds nothing has come from the microphone. */
  get quietSeconds(): number {
    return this.#quietSince === null ? 0 : (Date.now() - this.#quietSince) / 1000;
  }

  async #park(held: boolean): Promise<void> {
    this.#held = held;
    try {
      await this.call.hold(held);
    } catch (error) {
      this.#held = this.call.held;
      throw error;
    }
  }

  #follow(): void {
    const { call } = this;
    const changed = () => this.emit('changed');
    call.on('stateChanged', changed);
    call.on('mute', changed);
    call.on('reconnected', changed);
    call.on('ringing', (early) => {
      this.farRings = !early;
      changed();
    });
    call.on('accept', () => {
      this.farRings = false;
      this.emit('opened');
      changed();
    });
    // A page that was loaded again learns only now how the call stands.
    call.on('reconnecting', () => (this.#held = call.held));
    call.on('hold', (held, by) => {
      if (by === 'far') this.farHolds = held;
      else this.#held = held;
      changed();
    });
    call.on('transfer', (progress) => {
      this.transfer = progress.state === 'failed' || progress.state === 'completed' ? null : progress;
      changed();
      if (progress.state === 'failed') this.emit('returned', progress);
    });
    call.on('dtmf', (digit) => this.emit('digit', digit));
    call.on('error', (error) => (this.error = error));
    call.on('disconnect', (end) => this.emit('ended', end));
  }

  #measure(): void {
    const { call, samples, warnings } = this;
    call.on('sample', (sample) => {
      if (samples.push(sample) > SAMPLES_MAX) samples.shift();
      this.emit('measured');
    });
    call.on('volume', (input, output) => {
      if (input > QUIET_LEVEL || call.muted) this.#quietSince = null;
      else this.#quietSince ??= Date.now();
      this.emit('heard', input, output);
    });
    call.on('warning', (name) => warnings.add(name));
    call.on('warning-cleared', (name) => warnings.delete(name));
  }
}
