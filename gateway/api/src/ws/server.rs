//! Frames of the gateway.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{Candidate, Empty};
use crate::cause::Cause;
use crate::error::ErrorBody;
use crate::ids::{CallId, SessionId};
use crate::state::{CallState, EndedBy, HeldBy, TransferKind};
use crate::verdict::SoundVerdict;

/// A frame of the gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ServerFrame {
    /// Answers `hello`. Its `seq` is where the session stands: 1, the `last_seq` that is resumed from, or
    /// without one the latest event.
    #[serde(rename = "welcome")]
    Welcome { id: String, seq: u64, data: Box<Welcome> },
    /// The request was done.
    #[serde(rename = "ok")]
    Ok { id: String, data: Empty },
    /// The request was refused. Without `id`: a frame that could not be read that far.
    #[serde(rename = "error")]
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        data: ErrorBody,
    },
    /// Answers `ping`.
    #[serde(rename = "pong")]
    Pong {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        data: Empty,
    },
    /// The gateway's answer to the browser's offer, with its candidates.
    #[serde(rename = "call.description")]
    CallDescription { seq: u64, call: CallId, data: CallDescription },
    /// A candidate of the gateway, or the end mark.
    #[serde(rename = "call.candidate")]
    CallCandidate { seq: u64, call: CallId, data: Candidate },
    /// A call rings this browser.
    #[serde(rename = "call.incoming")]
    CallIncoming { seq: u64, call: CallId, data: CallIncoming },
    /// A call as it stands, for a page that was loaded again.
    #[serde(rename = "call.state")]
    CallState { seq: u64, call: CallId, data: CallStateTold },
    /// The far phone rings.
    #[serde(rename = "call.ringing")]
    CallRinging { seq: u64, call: CallId, data: CallRinging },
    /// The far side answered.
    #[serde(rename = "call.answered")]
    CallAnswered { seq: u64, call: CallId, data: Empty },
    /// The mute state changed.
    #[serde(rename = "call.muted")]
    CallMuted { seq: u64, call: CallId, data: CallMuted },
    /// A side holds, or no more.
    #[serde(rename = "call.held")]
    CallHeld { seq: u64, call: CallId, data: CallHeld },
    /// How the handing over of the call goes.
    #[serde(rename = "call.transfer")]
    CallTransfer { seq: u64, call: CallId, data: CallTransfer },
    /// The far side pressed a key.
    #[serde(rename = "call.digit")]
    CallDigit { seq: u64, call: CallId, data: CallDigit },
    /// How it sounds, each second.
    #[serde(rename = "call.quality")]
    CallQuality { seq: u64, call: CallId, data: CallQuality },
    /// Whether this browser hears, and is heard: within three seconds of the answer, and when that changes.
    #[serde(rename = "call.media_verdict")]
    CallMediaVerdict { seq: u64, call: CallId, data: CallMediaVerdict },
    /// The call is over for this browser; the last frame of a call, unless it rings here again.
    #[serde(rename = "call.ended")]
    CallEnded { seq: u64, call: CallId, data: CallEnded },
    /// The gateway is about to close the connection.
    #[serde(rename = "bye")]
    Bye { seq: u64, data: Bye },
}

/// What the client needs to know first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Welcome {
    /// This session.
    pub session: SessionId,
    /// Whether it is the session of `hello.resume`: the events after `last_seq` follow, in order. If not, the calls
    /// of that session have ended, or end when its time is over, and no more is told of them.
    pub resumed: bool,
    /// The token's user.
    pub user: String,
    /// For a later `hello`; a new one with each welcome.
    pub resume_token: String,
    /// How long the session and its calls outlive the connection; 0: not at all.
    pub resume_window_s: u32,
    /// How often the client sends `ping`.
    pub ping_s: u32,
    /// After so long of nothing, either side counts as dead.
    pub timeout_s: u32,
    /// STUN and TURN servers for the browser, as `RTCIceServer`.
    pub ice_servers: Vec<IceServer>,
    /// What the gateway allows.
    pub limits: Limits,
    /// What the gateway can do beyond the first version.
    pub capabilities: Vec<String>,
    /// The gateway.
    pub server: ServerInfo,
    /// Whether it runs in demo mode.
    pub demo: bool,
}

impl std::fmt::Debug for Welcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Welcome")
            .field("session", &self.session)
            .field("resumed", &self.resumed)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A STUN or TURN server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IceServer {
    /// For example `stun:stun.example:3478`.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// What the gateway allows a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Bytes of a frame.
    pub message_bytes: u32,
    /// Frames a second, on average.
    pub messages_per_s: u32,
    /// Calls at one time.
    pub calls: u32,
}

/// The gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerInfo {
    /// Its version.
    pub version: String,
    /// Where it runs.
    pub region: String,
}

/// A session description of the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallDescription {
    /// Browsers always offer, so it is an answer.
    #[serde(rename = "type")]
    pub kind: DescriptionType,
    /// For `setRemoteDescription`.
    pub sdp: String,
}

/// As `RTCSdpType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DescriptionType {
    /// The answer to the browser's offer.
    Answer,
}

/// A call that rings this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallIncoming {
    /// The caller: a number or SIP URI, as a stranger wrote it.
    pub from: String,
    /// The caller's display name, as a stranger wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// The number that was called; for a call placed through the API, the number to be called.
    pub to: String,
    /// Always `ringing`.
    pub state: IncomingState,
}

/// The state of an incoming call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncomingState {
    /// It rings.
    Ringing,
}

/// A call as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallStateTold {
    /// Which way it crosses this browser.
    pub direction: Crossing,
    /// The caller: a number or SIP URI, as a stranger wrote it.
    pub from: String,
    /// The caller's display name, as a stranger wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// The number or address called.
    pub to: String,
    /// Where it is.
    pub state: CallState,
    /// Whether this browser placed or took it, so that `call.reattach` brings back its sound; if not, it rings here.
    pub taken: bool,
    /// Whether the far side sends sound before it answers.
    pub early_media: bool,
    /// Whether the browser's sound is muted.
    pub muted: bool,
    /// Whether this side, or a program, has the far side on hold.
    pub held: bool,
    /// How long ago it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_ms_ago: Option<u64>,
}

/// Which way a call crosses a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Crossing {
    /// From the browser.
    Outbound,
    /// To the browser.
    Inbound,
}

/// The far phone rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallRinging {
    /// Whether the far side sends its own sound; otherwise the client plays a ringing tone.
    pub early_media: bool,
}

/// The mute state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallMuted {
    /// Whether the browser's sound is muted.
    pub muted: bool,
    /// Who did it.
    pub by: MutedBy,
}

/// Who muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MutedBy {
    /// The user in the browser.
    User,
    /// A program, through the API.
    System,
}

/// A hold, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallHeld {
    /// Whether that side holds.
    pub held: bool,
    /// Who did it.
    pub by: HeldBy,
}

/// How the handing over of a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallTransfer {
    /// How it is handed over.
    pub kind: TransferKind,
    /// How far it has come.
    pub state: TransferState,
    /// To whom, as it was asked.
    pub to: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// How far the handing over of a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransferState {
    /// The far side is on hold, the target is called.
    Started,
    /// The target's phone rings.
    Ringing,
    /// The target of a consultation answered, or the peer that is asked to transfer agreed.
    Accepted,
    /// It came to nothing; the two talk as before, if both are still there.
    Failed,
    /// The call is handed over; `call.ended` follows.
    Completed,
}

/// A key of the far side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallDigit {
    /// One of `0-9 * # A-D`.
    pub digit: char,
    /// How long it was held.
    pub duration_ms: u32,
}

/// Whether this browser hears, and is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallMediaVerdict {
    /// What comes of what this browser sends.
    pub from_browser: SoundVerdict,
    /// What comes of what the far side sends.
    pub to_browser: SoundVerdict,
}

/// How both sides of the gateway sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CallQuality {
    /// Between browser and gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Quality>,
    /// Between gateway and trunk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trunk: Option<Quality>,
}

/// How one side sounds, over the last second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// The codec's RTP name.
    pub codec: String,
    /// When known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<f32>,
    /// The share of packets lost on the way to the gateway, 0 to 1.
    pub loss: f32,
    /// RFC 3550 interarrival jitter.
    pub jitter_ms: f32,
    /// Mean opinion score of what came from that side (ITU-T G.107), 1 to 4.4; left out when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos: Option<f32>,
    /// Of what went there, as that side reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_mos: Option<f32>,
    /// The level of what came from that side, 0 loudest, -127 silence.
    pub level_dbov: f32,
    /// How long packets from that side were in the gateway: half of them no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_delay_p50_ms: Option<f32>,
    /// 99 of 100 no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_delay_p99_ms: Option<f32>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallEnded {
    /// One of the final states.
    pub state: CallState,
    /// Who ended it.
    pub by: EndedBy,
    /// Why.
    pub cause: Cause,
    /// The SIP status of the far side, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_code: Option<u16>,
    /// Its phrase, as a stranger wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_reason: Option<String>,
    /// The Q.850 cause, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q850: Option<u16>,
}

/// Why the gateway closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bye {
    /// For example `drain` or `replaced`.
    pub reason: String,
    /// What the client does next.
    pub action: ByeAction,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_url: Option<String>,
}

/// What the client does after `bye`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ByeAction {
    /// Connect anew.
    Reconnect,
    /// Connect with `resume`.
    Resume,
    /// Stay away.
    Stop,
}
