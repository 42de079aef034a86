//! The states of calls and legs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// Accepted, not ringing yet.
    Queued,
    /// The callee's phone rings.
    Ringing,
    /// Both sides talk.
    InProgress,
    /// It was answered and has ended.
    Completed,
    /// The callee was busy.
    Busy,
    /// It could not be placed, or broke.
    Failed,
    /// Nobody answered.
    NoAnswer,
    /// The caller gave up.
    Canceled,
}

/// Which way a call crosses the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From a trunk to a user.
    Inbound,
    /// From a user to a trunk.
    Outbound,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndedBy {
    /// The side that started it.
    Caller,
    /// The side that was called.
    Callee,
    /// The gateway.
    System,
}

/// Who put a call on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeldBy {
    /// The user in the browser.
    User,
    /// A program, through the API, or the gateway for a transfer.
    System,
    /// The far side, at its own phone.
    Far,
}

/// How a call is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransferKind {
    /// To whoever answers.
    Blind,
    /// To somebody whom the user talks to first.
    Attended,
}

/// What has a leg at this instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LegOwner {
    /// Something that decides for it, such as the hunt for whoever takes the call.
    App,
    /// The bridge with another leg.
    Bridge,
    /// Nobody: it waits for the other side, or is on hold.
    Parked,
}

/// What a leg speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LegKind {
    /// A browser's session.
    Browser,
    /// A SIP dialog.
    Sip,
}

/// Where a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LegState {
    /// Made, nothing sent or answered.
    New,
    /// The call was offered to it, or by it.
    Offered,
    /// It rings.
    Ringing,
    /// It rings, and sound flows already.
    Early,
    /// It is in the call.
    Answered,
    /// It is over.
    Ended,
}
