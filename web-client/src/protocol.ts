import type { CallEnded, CallHeld, CallTransfer, ServerFrame } from './generated/ws.ts';

export type {
  CallQuality,
  ClientFrame,
  ErrorBody,
  IceServer,
  Quality,
  ServerFrame,
  Welcome,
} from './generated/ws.ts';

/** Why a call ended; one vocabulary in the whole of Offhook. */
export type Cause = CallEnded['cause'];

/** Who ended a call. */
export type EndedBy = CallEnded['by'];

/** Who put a call on hold. */
export type HeldBy = CallHeld['by'];

/** `blind`: to whoever answers; `attended`: to somebody whom the user talks to first. */
export type TransferKind = CallTransfer['kind'];

/** How far the handing over of a call has come. */
export type TransferState = CallTransfer['state'];

/** The WebSocket subprotocol. */
export const SUBPROTOCOL = 'offhook.v1';

/** A frame before its type is looked at. */
export interface Envelope {
  type: string;
  id?: string;
  call?: string;
  seq?: number;
  data: unknown;
}

/** What the gateway says about one call. */
export type CallFrame = Extract<ServerFrame, { call: string }>;

/** The gateway's frame of one type. */
export type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;
