import { type CallDirection, type CallState, type Disconnect, type ErrorInfo, explain } from '@offhook/client';
import type { TransferProgress, WarningName } from '@offhook/client';
import type { Line } from './line.ts';

/** What the page says above the dial pad. */
export interface Notice {
  kind: 'done' | 'hint' | 'failure';
  title: string;
  hint: string;
}

/** Who pressed the button that ended the call. */
export type Ender = 'me' | 'them';

/** What the page knows of a call that has ended. */
export interface Past {
  direction: CallDirection;
  ender: Ender;
  /** How long it was answered for; null if it never was. */
  seconds: number | null;
}

/** Expected outcomes of a call, which no one needs to repair. */
const OUTCOMES: Partial<Record<Disconnect['cause'], Notice>> = {
  busy: { kind: 'hint', title: 'Busy', hint: 'They are on another call. Try again in a few minutes.' },
  declined: { kind: 'hint', title: 'Call declined', hint: 'They did not take the call.' },
  'no-answer': { kind: 'hint', title: 'No answer', hint: 'Nobody picked up. Try again later.' },
  'ring-timeout': { kind: 'hint', title: 'No answer', hint: 'Nobody picked up. Try again later.' },
  unavailable: { kind: 'hint', title: 'Not reachable', hint: 'Their phone is off or not connected.' },
  'not-found': { kind: 'hint', title: 'No such number', hint: 'Check the number and try again.' },
  'invalid-number': { kind: 'hint', title: 'This number cannot be dialled', hint: 'Check it and try again.' },
  transferred: { kind: 'done', title: 'Call handed over', hint: '' },
  'answered-elsewhere': { kind: 'done', title: 'Answered on another phone', hint: '' },
};

/** The notice after a call of the desk. */
export function noticeAfter({ call, ender, error, seconds }: Line, end: Disconnect): Notice | null {
  return error ? failure(error) : afterCall(end, { direction: call.direction, ender, seconds });
}

/** The notice after a call, or null where there is nothing to say. */
export function afterCall(end: Disconnect, { direction, ender: who, seconds }: Past): Notice | null {
  if (seconds !== null && end.cause === 'normal') {
    const subject = who === 'me' ? 'You' : 'The other side';
    return { kind: 'done', title: 'Call ended', hint: `${subject} hung up after ${toClock(seconds)}.` };
  }
  if (end.cause === 'canceled' && who === 'them') return givenUp(direction);
  if (end.cause === 'canceled' || (end.cause === 'declined' && who === 'me')) return null;
  const outcome = OUTCOMES[end.cause];
  if (outcome) return outcome;
  const info = explain(end.cause);
  return info && failure(info, end.sipCode);
}

/** The notice after a call that somebody else gave up before it was answered. */
function givenUp(direction: CallDirection): Notice {
  if (direction === 'inbound') return { kind: 'done', title: 'Missed call', hint: '' };
  return { kind: 'done', title: 'Call cancelled', hint: 'It was ended from elsewhere before anyone answered.' };
}

/** An error in words: what happened, then what to do. */
export function failure(info: ErrorInfo, sipCode: number | null = null): Notice {
  const code = sipCode === null ? '' : ` (SIP ${sipCode})`;
  return { kind: 'failure', title: info.description, hint: `${info.solutions.join(' ')}${code}` };
}

/** The line above the number during a call. */
export function stateLine(state: CallState, direction: CallDirection, early: boolean): string {
  switch (state) {
    case 'pending':
      return 'Waiting for the microphone';
    case 'connecting':
      return direction === 'outbound' ? 'Calling' : 'Connecting';
    case 'ringing':
      return early ? 'Ringing, with sound from the other side' : 'Ringing';
    case 'open':
      return 'In call';
    case 'reconnecting':
      return 'Getting the sound back';
    case 'closed':
      return 'Call ended';
  }
}

/** The line above the number for a call that may be held or handed over. */
export function lineWords({ call, held, farHolds, transfer }: Line): string {
  if (call.state === 'open' && transfer) return transfer.state === 'accepted' ? 'Asking' : 'Handing over';
  if (call.state === 'open' && held) return 'On hold';
  if (call.state === 'open' && farHolds) return 'The other side has put you on hold';
  return stateLine(call.state, call.direction, call.early);
}

/** How a handing over goes, in a sentence; empty while there is none. */
export function transferWords({ transfer, peer }: Pick<Line, 'transfer' | 'peer'>): string {
  if (!transfer) return '';
  const { kind, state, to } = transfer;
  if (kind === 'attended' && state === 'accepted') return `You are talking to ${to}. ${peer} is waiting.`;
  if (state === 'ringing') return `It rings at ${to}. ${peer} is waiting.`;
  return `Calling ${to}. ${peer} is waiting.`;
}

/** The notice when a call comes back from whom it was to be handed over to; null where that was this side's wish. */
export function notHandedOver({ to, cause }: TransferProgress, peer: string): Notice | null {
  if (cause === 'canceled') return null;
  const why = cause ? (OUTCOMES[cause]?.title ?? explain(cause)?.description) : undefined;
  return { kind: 'hint', title: 'Not handed over', hint: `${to}: ${(why ?? 'Not reached').replace(/\.$/, '')}. You are talking to ${peer} again.` };
}

/** What a warning means to the person on the phone. */
export const WARNINGS: Readonly<Record<WarningName, string>> = {
  'high-rtt': 'The connection is slow: expect pauses before answers arrive.',
  'high-jitter': 'The connection is uneven: sound may stutter.',
  'high-packet-loss': 'The connection is losing sound.',
  'low-mos': 'The connection is poor.',
  'no-audio-sent': 'No sound leaves this computer. Check the microphone.',
  'no-audio-received': 'No sound arrives from the other side.',
  'ice-connectivity-lost': 'The connection is interrupted. Trying to get it back.',
};

/** The state of the connection to the gateway. */
export const CONNECTION: Readonly<Record<string, string>> = {
  offline: 'Offline',
  connecting: 'Connecting',
  online: 'Ready',
  reconnecting: 'Reconnecting',
  closed: 'Offline',
};

/** Seconds as `m:ss`, or `h:mm:ss` from an hour on. */
export function toClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(s).padStart(2, '0')}`;
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`;
}

/** A moment as people say it: the time today, the weekday within a week, the date before. */
export function toWhen(at: number, now = Date.now()): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = then.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  if (then.toDateString() === today.toDateString()) return time;
  const days = (now - at) / 86_400_000;
  if (days < 6) return `${then.toLocaleDateString([], { weekday: 'short' })} ${time}`;
  return then.toLocaleDateString([], { day: 'numeric', month: 'short' });
}
