import type { Cause } from '@offhook/client';

/** A call that has ended, as `GET /v1/cdrs` tells it. */
export interface CallRecord {
  call: string;
  direction: 'inbound' | 'outbound';
  state: string;
  from: string;
  to: string;
  user: string;
  trunk?: string;
  created_at: string;
  answered_at?: string;
  ended_at: string;
  duration_ms: number;
  talk_ms: number;
  ended_by?: 'caller' | 'callee' | 'system';
  cause?: Cause;
  sip_code?: number;
  q850?: number;
}

/** One page of a list. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** Which way, and whether somebody missed it. */
export type Way = 'out' | 'in' | 'missed';

/** How a record is drawn. */
export function wayOf({ direction, answered_at, cause }: CallRecord): Way {
  if (direction === 'outbound') return 'out';
  return answered_at === undefined && cause !== 'declined' ? 'missed' : 'in';
}

/** The number at the other end from the user. */
export function farNumber({ direction, from, to }: CallRecord): string {
  return direction === 'outbound' ? to : from;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  busy: 'Busy',
  declined: 'Declined',
  canceled: 'Given up before an answer',
  'no-answer': 'No answer',
  'ring-timeout': 'No answer',
  unavailable: 'Not reachable',
  'not-found': 'No such number',
  transferred: 'Handed over',
  'answered-elsewhere': 'Answered elsewhere',
};

/** How it ended, in a few words. */
export function outcome({ answered_at, cause, ended_by }: CallRecord): string {
  if (cause === 'normal' || cause === undefined) {
    return answered_at === undefined || ended_by === undefined ? 'Ended' : `${ended_by === 'system' ? 'Offhook' : `The ${ended_by}`} hung up`;
  }
  return OUTCOMES[cause] ?? causeWords(cause);
}

/** A cause as words. */
export function causeWords(cause: string): string {
  const words = cause.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** Whether what was typed is part of a number or name of the record. */
export function matches({ from, to, user }: CallRecord, typed: string): boolean {
  const wanted = typed.trim().toLowerCase();
  return [from, to, user].some((one) => one.toLowerCase().includes(wanted));
}

/** Records by the day on which they began, in their order. */
export function byDay(records: readonly CallRecord[]): [day: string, records: CallRecord[]][] {
  const days = new Map<string, CallRecord[]>();
  for (const record of records) {
    const day = new Date(record.created_at).toDateString();
    days.set(day, [...(days.get(day) ?? []), record]);
  }
  return [...days];
}
