import type { CallEnded, ServerFrame } from './generated/ws.ts';

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
