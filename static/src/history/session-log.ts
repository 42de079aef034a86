import type { Call, Disconnect, Sample } from '@offhook/client';
import type { Line } from '../phone/line.ts';
import type { CallEvent } from './ladder.ts';
import type { CallRecord } from './records.ts';

/** Calls that are remembered, and events of each. */
const CALLS_MAX = 100;
const EVENTS_MAX = 200;

interface Entry {
  record: CallRecord;
  events: CallEvent[];
  samples: readonly Sample[];
}

/** What this page itself saw of its calls, for a user whose token may not read the gateway's history. */
export class SessionLog {
  readonly #entries = new Map<string, Entry>();

  /** Writes down what happens to a call. */
  follow(line: Line, user: string): void {
    const { call, samples } = line;
    const entry: Entry = { record: begin(call, user), events: [], samples };
    const note = (type: string, data: Record<string, unknown> = {}) => {
      if (entry.events.length < EVENTS_MAX) entry.events.push({ at: new Date().toISOString(), type, data });
    };
    note('call.initiated');
    listen(call, note);
    call.on('disconnect', (end) => {
      note('call.ended', { by: end.by, cause: end.cause });
      Object.assign(entry.record, finish(call, entry.record, end));
      this.#keep(call.id, entry);
    });
  }

  /** The calls that ended, newest first. */
  get records(): CallRecord[] {
    return [...this.#entries.values()].map(({ record }) => record).reverse();
  }

  /** What happened in a call; empty for one that this page was not in. */
  events(call: string): readonly CallEvent[] {
    return this.#entries.get(call)?.events ?? [];
  }

  /** How its last minute sounded; empty for one that this page was not in. */
  samples(call: string): readonly Sample[] {
    return this.#entries.get(call)?.samples ?? [];
  }

  #keep(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > CALLS_MAX && oldest !== undefined) this.#entries.delete(oldest);
  }
}

type Note = (type: string, data?: Record<string, unknown>) => void;

function listen(call: Call, note: Note): void {
  const far = call.direction === 'outbound' ? 'callee' : 'caller';
  call.on('ringing', (early) => note(early ? 'call.early_media' : 'call.ringing'));
  call.on('accept', () => note('call.answered'));
  call.on('hold', (held, by) => note(held ? 'call.held' : 'call.unheld', { by }));
  call.on('mute', (muted) => note('call.muted', { muted }));
  call.on('dtmf', (digit) => note('call.dtmf', { digit, from: far }));
  call.on('transfer', ({ state, to, cause }) => {
    if (state !== 'ringing') note(`call.transfer.${state}`, { to, cause });
  });
  call.on('reconnecting', () => note('leg.reconnecting'));
  call.on('reconnected', () => note('leg.reconnected'));
}

function begin({ id, direction, from, to }: Call, user: string): CallRecord {
  const now = new Date().toISOString();
  return { call: id, direction, state: 'ringing', from: from ?? user, to, user, created_at: now, ended_at: now, duration_ms: 0, talk_ms: 0 };
}

function finish({ answeredAt }: Call, { created_at }: CallRecord, end: Disconnect): Partial<CallRecord> {
  const now = Date.now();
  return {
    state: 'completed',
    ended_at: new Date(now).toISOString(),
    duration_ms: now - Date.parse(created_at),
    ended_by: end.by,
    cause: end.cause,
    ...(answeredAt !== null && { answered_at: new Date(answeredAt).toISOString(), talk_ms: now - answeredAt }),
    ...(end.sipCode !== null && { sip_code: end.sipCode }),
  };
}
