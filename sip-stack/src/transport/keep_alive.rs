//! Keeping a flow that we opened alive (RFC 5626 §4.4, RFC 6223): how often, and what the peer owes.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use super::destination::Destination;
use super::stun::StunId;
use crate::message::Headers;
use crate::message::header::{FlowTimer, Require, Via};

/// A pong that has not come after this long never does (RFC 5626 §4.4.1).
pub(crate) const PONG: Duration = Duration::from_secs(10);
/// The first pause before a binding request is sent again, doubled each time (RFC 5389 §7.2.1).
const RTO: Duration = Duration::from_millis(500);
/// Binding requests without an answer until the flow counts as dead.
const REQUESTS_MAX: u32 = 7;
/// How long the last of them is waited for, in units of the first pause.
const LAST_PAUSES: u32 = 16;

/// How long flows that carry registrations may be silent; each pause is a fifth shorter at most, by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    /// Of a stream: a double CRLF follows.
    pub stream: Duration,
    /// Of a datagram flow whose peer has agreed: a STUN binding request follows.
    pub datagram: Duration,
}

impl Default for KeepAlive {
    /// The upper bounds of RFC 5626 §4.4.
    fn default() -> Self {
        Self { stream: Duration::from_secs(120), datagram: Duration::from_secs(29) }
    }
}

/// What is known of a peer's pongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pongs {
    /// It has agreed to send them, or has sent one: a missing one means a dead flow.
    Owed,
    /// It may never have heard of them.
    Unknown,
}

/// A stream's keep-alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pinging {
    pub(crate) interval: Duration,
    pub(crate) pongs: Pongs,
}

/// What the registrar, or the proxy before it, has agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreed {
    /// To keep-alives; some say how often at least.
    Yes(Option<Duration>),
    /// To nothing.
    No,
}

impl Agreed {
    /// Reads a 2xx to REGISTER: Flow-Timer, `Require: outbound`, or the value of `keep` in Via.
    pub(crate) fn of(headers: &Headers) -> Self {
        let seconds = |seconds: u32| (seconds > 0).then(|| Duration::from_secs(seconds.into()));
        if let Ok(Some(FlowTimer(at_most))) = headers.typed() {
            return Self::Yes(seconds(at_most));
        }
        let via: Option<Via> = headers.typed().ok().flatten();
        // Without a value it is our own question, echoed.
        if let Some(value) = via.and_then(|via| via.params.get("keep")?.parse().ok()) {
            return Self::Yes(seconds(value));
        }
        let requires: Option<Require> = headers.typed().ok().flatten();
        let is_outbound =
            requires.is_some_and(|tags| tags.0.iter().any(|tag| tag.eq_ignore_ascii_case("outbound")));
        if is_outbound { Self::Yes(None) } else { Self::No }
    }

    /// The pause to keep, no longer than ours.
    pub(crate) fn interval(self, ours: Duration) -> Duration {
        match self {
            Self::Yes(Some(theirs)) => theirs.min(ours),
            Self::Yes(None) | Self::No => ours,
        }
    }
}

/// A binding request that waits for its answer.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) id: StunId,
    pub(crate) request: Bytes,
    sent: u32,
}

impl Pending {
    pub(crate) fn new(id: StunId) -> Self {
        Self { id, request: super::stun::request(&id), sent: 0 }
    }

    /// How long to wait after sending it once more; `None` when it has been sent often enough.
    pub(crate) fn next_pause(&mut self) -> Option<Duration> {
        self.sent += 1;
        match self.sent {
            ..REQUESTS_MAX => Some(RTO * 2_u32.pow(self.sent - 1)),
            REQUESTS_MAX => Some(RTO * LAST_PAUSES),
            _ => None,
        }
    }
}

/// A datagram flow that is kept alive.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) way: Destination,
    pub(crate) interval: Duration,
    /// Where we were seen last.
    pub(crate) mapped: Option<SocketAddr>,
    pub(crate) pending: Option<Pending>,
}
