// Generated from gateway/api/ws.schema.json by `npm run generate`. Do not edit.

/**
 * Every frame of GET /v1/rtc, subprotocol offhook.v1.
 */
export type OffhookV1 = ClientFrame | ServerFrame;
/**
 * A frame of the browser.
 */
export type ClientFrame =
  | {
      data: Hello;
      id: string;
      type: 'hello';
    }
  | {
      call: CallId;
      data: CallStart;
      id: string;
      type: 'call.start';
    }
  | {
      call: CallId;
      data: CallAccept;
      id: string;
      type: 'call.accept';
    }
  | {
      call: CallId;
      data: CallReject;
      id: string;
      type: 'call.reject';
    }
  | {
      call: CallId;
      data: Empty;
      id: string;
      type: 'call.hangup';
    }
  | {
      call: CallId;
      data: Candidate;
      id: string;
      type: 'call.candidate';
    }
  | {
      call: CallId;
      data: SendDigits;
      id: string;
      type: 'call.send_digits';
    }
  | {
      call: CallId;
      data: MuteIntent;
      id: string;
      type: 'call.mute';
    }
  | {
      call: CallId;
      data: CallOffer;
      id: string;
      type: 'call.reattach';
    }
  | {
      call: CallId;
      data: CallOffer;
      id: string;
      type: 'call.restart_ice';
    }
  | {
      data: TokenUpdate;
      id: string;
      type: 'token.update';
    }
  | {
      call: CallId;
      data: Empty;
      id: string;
      type: 'call.hold';
    }
  | {
      call: CallId;
      data: Empty;
      id: string;
      type: 'call.unhold';
    }
  | {
      call: CallId;
      data: TransferTo;
      id: string;
      type: 'call.transfer';
    }
  | {
      call: CallId;
      data: TransferTo;
      id: string;
      type: 'call.consult';
    }
  | {
      call: CallId;
      data: Empty;
      id: string;
      type: 'call.complete_transfer';
    }
  | {
      call: CallId;
      data: Empty;
      id: string;
      type: 'call.cancel_transfer';
    }
  | {
      data: Empty;
      id?: string | null;
      type: 'ping';
    }
  | {
      data: Ack;
      type: 'ack';
    };
/**
 * `call_` and a UUID version 7.
 */
export type CallId = string;
/**
 * A frame of the gateway.
 */
export type ServerFrame =
  | {
      data: Welcome;
      id: string;
      seq: number;
      type: 'welcome';
    }
  | {
      data: Empty;
      id: string;
      type: 'ok';
    }
  | {
      data: ErrorBody;
      id?: string | null;
      type: 'error';
    }
  | {
      data: Empty;
      id?: string | null;
      type: 'pong';
    }
  | {
      call: CallId;
      data: CallDescription;
      seq: number;
      type: 'call.description';
    }
  | {
      call: CallId;
      data: Candidate;
      seq: number;
      type: 'call.candidate';
    }
  | {
      call: CallId;
      data: CallIncoming;
      seq: number;
      type: 'call.incoming';
    }
  | {
      call: CallId;
      data: CallStateTold;
      seq: number;
      type: 'call.state';
    }
  | {
      call: CallId;
      data: CallRinging;
      seq: number;
      type: 'call.ringing';
    }
  | {
      call: CallId;
      data: Empty;
      seq: number;
      type: 'call.answered';
    }
  | {
      call: CallId;
      data: CallMuted;
      seq: number;
      type: 'call.muted';
    }
  | {
      call: CallId;
      data: CallHeld;
      seq: number;
      type: 'call.held';
    }
  | {
      call: CallId;
      data: CallTransfer;
      seq: number;
      type: 'call.transfer';
    }
  | {
      call: CallId;
      data: CallDigit;
      seq: number;
      type: 'call.digit';
    }
  | {
      call: CallId;
      data: CallQuality;
      seq: number;
      type: 'call.quality';
    }
  | {
      call: CallId;
      data: CallMediaVerdict;
      seq: number;
      type: 'call.media_verdict';
    }
  | {
      call: CallId;
      data: CallEnded;
      seq: number;
      type: 'call.ended';
    }
  | {
      data: Bye;
      seq: number;
      type: 'bye';
    };
/**
 * Why a call, or one leg of it, ended.
 */
export type Cause =
  | 'normal'
  | 'canceled'
  | 'busy'
  | 'declined'
  | 'no-answer'
  | 'not-found'
  | 'unavailable'
  | 'forbidden'
  | 'invalid-number'
  | 'no-route'
  | 'trunk-unreachable'
  | 'trunk-rejected'
  | 'media-failed'
  | 'media-timeout'
  | 'no-common-codec'
  | 'answered-elsewhere'
  | 'session-lost'
  | 'transferred'
  | 'limit-reached'
  | 'ring-timeout'
  | 'gateway-error'
  | 'gateway-restart';
/**
 * Why sound is absent.
 */
export type AbsenceCause =
  | 'no-ice-pair'
  | 'dtls'
  | 'srtp-authentication'
  | 'wrong-source'
  | 'codec'
  | 'held'
  | 'muted'
  | 'nothing-received'
  | 'nothing-sent';
/**
 * `leg_` and a UUID version 7.
 */
export type LegId = string;

/**
 * Who connects.
 */
export interface Hello {
  client: ClientName;
  /**
   * The session to go on with.
   */
  resume?: Resume | null;
  /**
   * A JWT.
   */
  token: string;
}
/**
 * The client's software.
 */
export interface ClientName {
  /**
   * For example `@offhook/client`.
   */
  name: string;
  /**
   * For example `0.1.0`.
   */
  version: string;
}
/**
 * A session to go on with, on a new connection.
 */
export interface Resume {
  /**
   * The last event that was received. Left out by a page that knows nothing of the session's calls, because it was
   * loaded again: nothing is replayed, and a `call.state` tells of each call.
   */
  last_seq?: number | null;
  /**
   * From the latest `welcome`; it opens the session once, and only for its own user.
   */
  resume_token: string;
  /**
   * From `welcome`.
   */
  session: string;
}
/**
 * A call to place.
 */
export interface CallStart {
  /**
   * The caller id to show.
   */
  from?: string | null;
  /**
   * `X-` headers for the trunk.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * The browser's offer.
   */
  sdp: string;
  /**
   * A number or SIP URI.
   */
  to: string;
}
/**
 * Takes a call.
 */
export interface CallAccept {
  /**
   * The browser's offer.
   */
  sdp: string;
}
/**
 * Refuses a call.
 */
export interface CallReject {
  /**
   * Why.
   */
  cause: 'busy' | 'declined';
}
/**
 * No data.
 */
export interface Empty {}
/**
 * A trickled candidate.
 */
export interface Candidate {
  /**
   * `null` is the end mark.
   */
  candidate?: IceCandidate | null;
}
/**
 * An ICE candidate, as the browser's API gives it.
 */
export interface IceCandidate {
  /**
   * The line, with or without `candidate:`.
   */
  candidate: string;
  /**
   * The stream's id.
   */
  sdp_mid?: string | null;
  /**
   * The stream's place.
   */
  sdp_mline_index?: number | null;
}
/**
 * Digits for the far side.
 */
export interface SendDigits {
  /**
   * `0-9 * # A-D`.
   */
  digits: string;
  /**
   * Milliseconds of each; 100 when left out.
   */
  duration_ms?: number | null;
}
/**
 * The microphone's state.
 */
export interface MuteIntent {
  /**
   * Whether it is muted.
   */
  muted: boolean;
}
/**
 * A new description for a call that the browser is in.
 */
export interface CallOffer {
  /**
   * The browser's offer.
   */
  sdp: string;
}
/**
 * A newer token.
 */
export interface TokenUpdate {
  /**
   * A JWT.
   */
  token: string;
}
/**
 * Who is to get the call.
 */
export interface TransferTo {
  /**
   * A user's name, a number or a SIP URI.
   */
  to: string;
}
/**
 * How far the client has read.
 */
export interface Ack {
  /**
   * The last event that was received.
   */
  seq: number;
}
/**
 * What the client needs to know first.
 */
export interface Welcome {
  /**
   * What the gateway can do beyond the first version.
   */
  capabilities: string[];
  /**
   * Whether it runs in demo mode.
   */
  demo: boolean;
  /**
   * STUN and TURN servers for the browser, as `RTCIceServer`.
   */
  ice_servers: IceServer[];
  limits: Limits;
  /**
   * How often the client sends `ping`.
   */
  ping_s: number;
  /**
   * For a later `hello`; a new one with each welcome.
   */
  resume_token: string;
  /**
   * How long the session and its calls outlive the connection; 0: not at all.
   */
  resume_window_s: number;
  /**
   * Whether it is the session of `hello.resume`: the events after `last_seq` follow, in order. If not, the calls
   * of that session have ended, or end when its time is over, and no more is told of them.
   */
  resumed: boolean;
  server: ServerInfo;
  /**
   * This session.
   */
  session: string;
  /**
   * After so long of nothing, either side counts as dead.
   */
  timeout_s: number;
  /**
   * The token's user.
   */
  user: string;
}
/**
 * A STUN or TURN server.
 */
export interface IceServer {
  /**
   * For TURN.
   */
  credential?: string | null;
  /**
   * For example `stun:stun.example:3478`.
   */
  urls: string[];
  /**
   * For TURN.
   */
  username?: string | null;
}
/**
 * What the gateway allows.
 */
export interface Limits {
  /**
   * Calls at one time.
   */
  calls: number;
  /**
   * Bytes of a frame.
   */
  message_bytes: number;
  /**
   * Frames a second, on average.
   */
  messages_per_s: number;
}
/**
 * The gateway.
 */
export interface ServerInfo {
  /**
   * Where it runs.
   */
  region: string;
  /**
   * Its version.
   */
  version: string;
}
/**
 * An error as frames carry it.
 */
export interface ErrorBody {
  /**
   * What may be behind it.
   */
  causes: string[];
  /**
   * The catalogue's code.
   */
  code: string;
  /**
   * What happened.
   */
  message: string;
  /**
   * The catalogue's number.
   */
  number: number;
  /**
   * What to try.
   */
  solutions: string[];
}
/**
 * A session description of the gateway.
 */
export interface CallDescription {
  /**
   * For `setRemoteDescription`.
   */
  sdp: string;
  /**
   * Browsers always offer, so it is an answer.
   */
  type: 'answer';
}
/**
 * A call that rings this browser.
 */
export interface CallIncoming {
  /**
   * The caller: a number or SIP URI, as a stranger wrote it.
   */
  from: string;
  /**
   * The caller's display name, as a stranger wrote it.
   */
  from_name?: string | null;
  /**
   * Always `ringing`.
   */
  state: 'ringing';
  /**
   * The number that was called; for a call placed through the API, the number to be called.
   */
  to: string;
}
/**
 * A call as it stands.
 */
export interface CallStateTold {
  /**
   * How long ago it was answered.
   */
  answered_ms_ago?: number | null;
  /**
   * Which way it crosses this browser.
   */
  direction: 'outbound' | 'inbound';
  /**
   * Whether the far side sends sound before it answers.
   */
  early_media: boolean;
  /**
   * The caller: a number or SIP URI, as a stranger wrote it.
   */
  from: string;
  /**
   * The caller's display name, as a stranger wrote it.
   */
  from_name?: string | null;
  /**
   * Whether this side, or a program, has the far side on hold.
   */
  held: boolean;
  /**
   * Whether the browser's sound is muted.
   */
  muted: boolean;
  /**
   * Where it is.
   */
  state: 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';
  /**
   * Whether this browser placed or took it, so that `call.reattach` brings back its sound; if not, it rings here.
   */
  taken: boolean;
  /**
   * The number or address called.
   */
  to: string;
}
/**
 * The far phone rings.
 */
export interface CallRinging {
  /**
   * Whether the far side sends its own sound; otherwise the client plays a ringing tone.
   */
  early_media: boolean;
}
/**
 * The mute state.
 */
export interface CallMuted {
  /**
   * Who did it.
   */
  by: 'user' | 'system';
  /**
   * Whether the browser's sound is muted.
   */
  muted: boolean;
}
/**
 * A hold, or its end.
 */
export interface CallHeld {
  /**
   * Who did it.
   */
  by: 'user' | 'system' | 'far';
  /**
   * Whether that side holds.
   */
  held: boolean;
}
/**
 * How the handing over of a call goes.
 */
export interface CallTransfer {
  /**
   * Why it failed.
   */
  cause?: Cause | null;
  /**
   * How it is handed over.
   */
  kind: 'blind' | 'attended';
  /**
   * How far it has come.
   */
  state: 'started' | 'ringing' | 'accepted' | 'failed' | 'completed';
  /**
   * To whom, as it was asked.
   */
  to: string;
}
/**
 * A key of the far side.
 */
export interface CallDigit {
  /**
   * One of `0-9 * # A-D`.
   */
  digit: string;
  /**
   * How long it was held.
   */
  duration_ms: number;
}
/**
 * How both sides of the gateway sound.
 */
export interface CallQuality {
  /**
   * Between browser and gateway.
   */
  browser?: Quality | null;
  /**
   * Between gateway and trunk.
   */
  trunk?: Quality | null;
}
/**
 * How one side sounds, over the last second.
 */
export interface Quality {
  /**
   * How long packets from that side were in the gateway: half of them no longer.
   */
  added_delay_p50_ms?: number | null;
  /**
   * 99 of 100 no longer.
   */
  added_delay_p99_ms?: number | null;
  /**
   * The codec's RTP name.
   */
  codec: string;
  /**
   * RFC 3550 interarrival jitter.
   */
  jitter_ms: number;
  /**
   * The level of what came from that side, 0 loudest, -127 silence.
   */
  level_dbov: number;
  /**
   * The share of packets lost on the way to the gateway, 0 to 1.
   */
  loss: number;
  /**
   * Mean opinion score of what came from that side (ITU-T G.107), 1 to 4.4; left out when nothing did.
   */
  mos?: number | null;
  /**
   * Of what went there, as that side reports it.
   */
  remote_mos?: number | null;
  /**
   * When known.
   */
  round_trip_ms?: number | null;
}
/**
 * Whether this browser hears, and is heard.
 */
export interface CallMediaVerdict {
  from_browser: SoundVerdict;
  to_browser: SoundVerdict1;
}
/**
 * What comes of what this browser sends.
 */
export interface SoundVerdict {
  /**
   * Why it is absent.
   */
  cause?: AbsenceCause | null;
  /**
   * The leg that is silent, or where sound is lost.
   */
  leg?: LegId | null;
  /**
   * What to try, the likeliest first.
   */
  solutions?: string[];
  /**
   * Whether it is heard.
   */
  state: 'flowing' | 'silent' | 'absent';
}
/**
 * What comes of what the far side sends.
 */
export interface SoundVerdict1 {
  /**
   * Why it is absent.
   */
  cause?: AbsenceCause | null;
  /**
   * The leg that is silent, or where sound is lost.
   */
  leg?: LegId | null;
  /**
   * What to try, the likeliest first.
   */
  solutions?: string[];
  /**
   * Whether it is heard.
   */
  state: 'flowing' | 'silent' | 'absent';
}
/**
 * How a call ended.
 */
export interface CallEnded {
  /**
   * Who ended it.
   */
  by: 'caller' | 'callee' | 'system';
  /**
   * Why.
   */
  cause:
    | 'normal'
    | 'canceled'
    | 'busy'
    | 'declined'
    | 'no-answer'
    | 'not-found'
    | 'unavailable'
    | 'forbidden'
    | 'invalid-number'
    | 'no-route'
    | 'trunk-unreachable'
    | 'trunk-rejected'
    | 'media-failed'
    | 'media-timeout'
    | 'no-common-codec'
    | 'answered-elsewhere'
    | 'session-lost'
    | 'transferred'
    | 'limit-reached'
    | 'ring-timeout'
    | 'gateway-error'
    | 'gateway-restart';
  /**
   * The Q.850 cause, where there is one.
   */
  q850?: number | null;
  /**
   * The SIP status of the far side, where there is one.
   */
  sip_code?: number | null;
  /**
   * Its phrase, as a stranger wrote it.
   */
  sip_reason?: string | null;
  /**
   * One of the final states.
   */
  state: 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';
}
/**
 * Why the gateway closes.
 */
export interface Bye {
  /**
   * What the client does next.
   */
  action: 'reconnect' | 'resume' | 'stop';
  /**
   * Where.
   */
  alternate_url?: string | null;
  /**
   * For example `drain` or `replaced`.
   */
  reason: string;
  /**
   * When.
   */
  retry_after_s?: number | null;
}
