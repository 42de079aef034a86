import type { CallRecord } from './records.ts';
import { causeWords } from './records.ts';

/** An event of `GET /v1/events`. */
export interface CallEvent {
  at: string;
  type: string;
  data: Record<string, unknown>;
}

/** The three upright lines of the picture. */
export type Lane = 'browser' | 'gateway' | 'line';

/** A step of the picture: an arrow from lane to lane, or a dot where both are the same. */
export interface Rung {
  from: Lane;
  to: Lane;
  words: string;
}

type Teller = (event: CallEvent, sides: Sides) => Rung;

/** Which lane speaks as whom in a call. */
interface Sides {
  caller: Lane;
  callee: Lane;
  record: Pick<CallRecord, 'from' | 'to'>;
}

const dot = (words: string): Teller => () => ({ from: 'gateway', to: 'gateway', words });
const back = (words: string): Teller => (_, { caller, callee }) => ({ from: callee, to: caller, words });

const TELLERS: Readonly<Record<string, Teller>> = {
  'call.initiated': (_, { caller, record }) => ({ from: caller, to: 'gateway', words: `${record.from} calls ${record.to}` }),
  'call.ringing': back('It rings'),
  'call.early_media': back('Sound before the answer'),
  'call.answered': back('Answered'),
  'call.held': (event) => hold(event, 'puts the call on hold'),
  'call.unheld': (event) => hold(event, 'takes the call up again'),
  'call.muted': ({ data }) => ({ from: 'browser', to: 'gateway', words: data.muted ? 'Microphone muted' : 'Microphone on again' }),
  'call.dtmf': ({ data }, sides) => {
    const from = data.from === 'caller' ? sides.caller : sides.callee;
    return { from, to: from === 'line' ? 'browser' : 'line', words: `Key ${String(data.digit)}` };
  },
  'call.transfer.started': ({ data }) => ({ from: 'browser', to: 'gateway', words: `Transfer to ${String(data.to)}` }),
  'call.transfer.accepted': dot('The transfer is accepted'),
  'call.transfer.failed': ({ data }) => ({ from: 'gateway', to: 'browser', words: `Transfer failed: ${cause(data)}` }),
  'call.transfer.completed': dot('Handed over'),
  'leg.reconnecting': () => ({ from: 'browser', to: 'browser', words: 'Connection to the browser lost' }),
  'leg.reconnected': () => ({ from: 'browser', to: 'gateway', words: 'The browser is back' }),
  'leg.owner_changed': ({ data }) => ({ from: 'gateway', to: 'gateway', words: owner(data) }),
  'call.ended': ({ data }, sides) => ended(data, sides),
};

/** The step that an event is; null for one that is not about the call's way. */
export function toRung(event: CallEvent, record: Pick<CallRecord, 'direction' | 'from' | 'to'>): Rung | null {
  const outbound = record.direction === 'outbound';
  const sides = { caller: outbound ? 'browser' : 'line', callee: outbound ? 'line' : 'browser', record } as const;
  return TELLERS[event.type]?.(event, sides) ?? null;
}

/** The steps of a call's events. What is told of each leg alike is one step. */
export function toRungs(events: readonly CallEvent[], record: Pick<CallRecord, 'direction' | 'from' | 'to'>): [CallEvent, Rung][] {
  const rungs: [CallEvent, Rung][] = [];
  for (const event of events) {
    const rung = toRung(event, record);
    const same = event.type === 'leg.owner_changed' && rung?.words === rungs.at(-1)?.[1].words;
    if (rung && !same) rungs.push([event, rung]);
  }
  return rungs;
}

function hold({ data }: CallEvent, what: string): Rung {
  if (data.by === 'system') return { from: 'gateway', to: 'gateway', words: `A program ${what}` };
  const from = data.by === 'far' ? 'line' : 'browser';
  return { from, to: 'gateway', words: `${from === 'line' ? 'The other side' : 'The user'} ${what}` };
}

function ended(data: Record<string, unknown>, { caller, callee }: Sides): Rung {
  const words = data.cause === 'normal' ? 'Hung up' : cause(data);
  if (data.by === 'caller') return { from: caller, to: callee, words };
  if (data.by === 'callee') return { from: callee, to: caller, words };
  return { from: 'gateway', to: 'gateway', words };
}

function owner({ owner: now }: Record<string, unknown>): string {
  if (now === 'bridge') return 'Joined';
  return now === 'parked' ? 'Parted' : 'In the hands of a program';
}

function cause(data: Record<string, unknown>): string {
  return causeWords(String(data.cause ?? 'ended'));
}
