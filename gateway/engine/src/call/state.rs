//! The words for where a call is.

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a trunk to a user.
    Inbound,
    /// From a user to a trunk.
    Outbound,
}

/// The two sides of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who started it.
    Caller,
    /// Who is called.
    Callee,
}

/// How a call is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferKind {
    /// To whoever answers.
    Blind,
    /// To somebody whom the user talks to first.
    Attended,
}
