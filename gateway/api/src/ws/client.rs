//! Frames of the browser.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CallId, SessionId};

/// A frame of the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ClientFrame {
    /// The first frame; answered by `welcome`.
    #[serde(rename = "hello")]
    Hello { id: String, data: Hello },
    /// Places a call; the client chooses its id.
    #[serde(rename = "call.start")]
    CallStart { id: String, call: CallId, data: CallStart },
    /// Takes a call that rings.
    #[serde(rename = "call.accept")]
    CallAccept { id: String, call: CallId, data: CallAccept },
    /// Refuses a call that rings.
    #[serde(rename = "call.reject")]
    CallReject { id: String, call: CallId, data: CallReject },
    /// Ends a call in any state.
    #[serde(rename = "call.hangup")]
    CallHangup { id: String, call: CallId, data: Empty },
    /// Trickles a candidate, or the end mark.
    #[serde(rename = "call.candidate")]
    CallCandidate { id: String, call: CallId, data: Candidate },
    /// Sends digits to the far side.
    #[serde(rename = "call.send_digits")]
    CallSendDigits { id: String, call: CallId, data: SendDigits },
    /// Tells whether the microphone is muted.
    #[serde(rename = "call.mute")]
    CallMute { id: String, call: CallId, data: MuteIntent },
    /// Brings the sound of a call to a new peer connection: the page was loaded again, or its connection is past help.
    /// Answered by `call.description`; the far side is told nothing.
    #[serde(rename = "call.reattach")]
    CallReattach { id: String, call: CallId, data: CallOffer },
    /// Restarts ICE in the peer connection that the call has (RFC 8445 §2.4); answered by `call.description`.
    #[serde(rename = "call.restart_ice")]
    CallRestartIce { id: String, call: CallId, data: CallOffer },
    /// Shows a newer token of the same user; its grants hold from then on. Nothing else changes.
    #[serde(rename = "token.update")]
    TokenUpdate { id: String, data: TokenUpdate },
    /// Parts the user from the far side until `call.unhold`.
    #[serde(rename = "call.hold")]
    CallHold { id: String, call: CallId, data: Empty },
    /// Joins them again.
    #[serde(rename = "call.unhold")]
    CallUnhold { id: String, call: CallId, data: Empty },
    /// Hands the far side over to whoever answers.
    #[serde(rename = "call.transfer")]
    CallTransfer { id: String, call: CallId, data: TransferTo },
    /// Calls somebody to talk to while the far side is on hold.
    #[serde(rename = "call.consult")]
    CallConsult { id: String, call: CallId, data: TransferTo },
    /// Hands the far side over to whom the user consults.
    #[serde(rename = "call.complete_transfer")]
    CallCompleteTransfer { id: String, call: CallId, data: Empty },
    /// Takes back a transfer or a consultation: the user talks to the far side again.
    #[serde(rename = "call.cancel_transfer")]
    CallCancelTransfer { id: String, call: CallId, data: Empty },
    /// Asks for a `pong`.
    #[serde(rename = "ping")]
    Ping {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        data: Empty,
    },
    /// Acknowledges events up to `seq`; not answered.
    #[serde(rename = "ack")]
    Ack { data: Ack },
}

/// No data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Empty {}

/// Who connects.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// A JWT.
    pub token: String,
    /// The client's software.
    pub client: ClientName,
    /// The session to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

impl std::fmt::Debug for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hello")
            .field("client", &self.client)
            .field("resume", &self.resume)
            .finish_non_exhaustive()
    }
}

/// The client's software.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientName {
    /// For example `@offhook/client`.
    pub name: String,
    /// For example `0.1.0`.
    pub version: String,
}

/// A session to go on with, on a new connection.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resume {
    /// From `welcome`.
    pub session: SessionId,
    /// From the latest `welcome`; it opens the session once, and only for its own user.
    pub resume_token: String,
    /// The last event that was received. Left out by a page that knows nothing of the session's calls, because it was
    /// loaded again: nothing is replayed, and a `call.state` tells of each call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<u64>,
}

impl std::fmt::Debug for Resume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resume")
            .field("session", &self.session)
            .field("last_seq", &self.last_seq)
            .finish_non_exhaustive()
    }
}

/// A call to place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallStart {
    /// A number or SIP URI.
    pub to: String,
    /// The caller id to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The browser's offer.
    pub sdp: String,
    /// `X-` headers for the trunk.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// Takes a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallAccept {
    /// The browser's offer.
    pub sdp: String,
}

/// A newer token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenUpdate {
    /// A JWT.
    pub token: String,
}

impl std::fmt::Debug for TokenUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenUpdate").finish_non_exhaustive()
    }
}

/// A new description for a call that the browser is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallOffer {
    /// The browser's offer.
    pub sdp: String,
}

/// Refuses a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallReject {
    /// Why.
    pub cause: RejectCause,
}

/// Why a browser refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RejectCause {
    /// The user is in another call.
    Busy,
    /// The user does not want it.
    Declined,
}

/// A trickled candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// `null` is the end mark.
    pub candidate: Option<IceCandidate>,
}

/// An ICE candidate, as the browser's API gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IceCandidate {
    /// The line, with or without `candidate:`.
    pub candidate: String,
    /// The stream's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The stream's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mline_index: Option<u16>,
}

/// Digits for the far side.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SendDigits {
    /// `0-9 * # A-D`.
    pub digits: String,
    /// Milliseconds of each; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
}

impl std::fmt::Debug for SendDigits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendDigits").field("duration_ms", &self.duration_ms).finish_non_exhaustive()
    }
}

/// The microphone's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MuteIntent {
    /// Whether it is muted.
    pub muted: bool,
}

/// Who is to get the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransferTo {
    /// A user's name, a number or a SIP URI.
    pub to: String,
}

/// How far the client has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ack {
    /// The last event that was received.
    pub seq: u64,
}
