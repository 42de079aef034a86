import type { OffhookError } from './errors.ts';
import type { Cause, EndedBy, HeldBy, TransferKind, TransferState } from './protocol.ts';
import type { Sample } from './stats.ts';
import type { WarningName } from './warnings.ts';

/**
 * `pending` (preparing), `connecting` (asked), `ringing`, `open` (answered), `reconnecting` (its sound is away and being
 * brought back), `closed`.
 */
export type CallState = 'pending' | 'connecting' | 'ringing' | 'open' | 'reconnecting' | 'closed';

/** `outbound` leaves this browser, `inbound` comes to it. */
export type CallDirection = 'outbound' | 'inbound';

/** How and why a call ended. */
export interface Disconnect {
  by: EndedBy;
  cause: Cause;
  sipCode: number | null;
  sipReason: string | null;
  q850: number | null;
}

/** How far the handing over of a call has come. */
export interface TransferProgress {
  kind: TransferKind;
  state: TransferState;
  /** As it was asked. */
  to: string;
  /** Why it failed. */
  cause: Cause | null;
}

/** Events of a {@link Call}. Each call but an ignored one ends with exactly one `disconnect`. */
export interface CallEvents {
  stateChanged: [CallState];
  /** The far side rings; with `early`, it also sends sound already. */
  ringing: [early: boolean];
  /** The call is answered, by the far side or by this one. */
  accept: [];
  /** Busy or declined, here or there. A `disconnect` follows. */
  reject: [];
  /** Ended before anyone answered, or ignored. A `disconnect` follows unless ignored. */
  cancel: [];
  disconnect: [Disconnect];
  /** The sound is away and being brought back; `reconnected`, or an end, follows. */
  reconnecting: [];
  reconnected: [];
  mute: [muted: boolean];
  /** A side holds, or no more. */
  hold: [held: boolean, by: HeldBy];
  /** How the handing over of the call goes. With `completed`, a `disconnect` follows here. */
  transfer: [TransferProgress];
  /** The far side pressed a key. */
  dtmf: [digit: string, durationMs: number];
  /** Once a second. */
  sample: [Sample];
  /** Every 50 ms: microphone and far side, 0 to 1, linear in decibels from -60 dBFS. */
  volume: [input: number, output: number];
  warning: [WarningName];
  'warning-cleared': [WarningName];
  error: [OffhookError];
}
