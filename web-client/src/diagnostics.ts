import type { Call } from './call.ts';
import type { DeviceList } from './devices.ts';
import { type Entry, Journal } from './journal.ts';
import type { Welcome } from './protocol.ts';
import type { SessionState } from './session.ts';
import type { Sample } from './stats.ts';

/** Samples that are kept of a call: its last two minutes. */
const SAMPLES_MAX = 120;
/** Calls whose samples are kept. */
const CALLS_MAX = 8;

/** All that helps to find out what went wrong, as plain data; nothing in it is secret. */
export interface Diagnostics {
  at: string;
  sdk: string;
  userAgent: string;
  state: SessionState;
  session: string | null;
  server: Welcome['server'] | null;
  devices: DeviceList;
  calls: { id: string; state: string; samples: Sample[] }[];
  journal: readonly Entry[];
}

/** Writes down what happens to calls. */
export class Observer {
  readonly journal = new Journal();
  readonly #samples = new Map<string, { call: Call; samples: Sample[] }>();

  /** Follows a call from its beginning to its end, and keeps what was seen after that. */
  watch(call: Call): void {
    const note = (what: string, more: object = {}) => this.journal.note(`call.${what}`, { call: call.id, ...more });
    const samples: Sample[] = [];
    this.#samples.set(call.id, { call, samples });
    const [oldest] = this.#samples.keys();
    if (this.#samples.size > CALLS_MAX) this.#samples.delete(oldest!);
    note('begins', { direction: call.direction });
    call.on('stateChanged', (state) => note('state', { state }));
    call.on('mute', (muted) => note('mute', { muted }));
    call.on('warning', (name) => note('warning', { name }));
    call.on('warning-cleared', (name) => note('warning-cleared', { name }));
    call.on('reconnecting', () => note('reconnecting'));
    call.on('reconnected', () => note('reconnected'));
    call.on('error', ({ code, number }) => note('error', { code, number }));
    call.on('disconnect', ({ by, cause, sipCode }) => note('ended', { by, cause, sipCode }));
    call.on('sample', (sample) => {
      if (samples.push(sample) > SAMPLES_MAX) samples.shift();
    });
  }

  /** The calls that were watched, each with its samples. */
  calls(): Diagnostics['calls'] {
    return [...this.#samples.values()].map(({ call, samples }) => ({ id: call.id, state: call.state, samples: [...samples] }));
  }
}
