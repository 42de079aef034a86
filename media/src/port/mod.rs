//! One end of media: what speaks to a browser or to a trunk.

mod formats;
mod guard;
mod inbox;
mod latch;
mod rtp;
mod webrtc;

use std::time::{Duration, Instant};

pub(crate) use formats::Formats;
pub(crate) use inbox::{Inbox, Incoming};
pub(crate) use rtp::{Dropped, RtpPort, RtpSpec, RtpTerms};
pub use webrtc::{Certificate, crypto_provider};
pub(crate) use webrtc::{Credentials, Shared, WebRtcPort};

use crate::rtp::Header;
use crate::verdict::{Link, Tally};
use crate::worker::Outbox;

/// What the peer's reports tell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quality {
    pub(crate) round_trip: Option<Duration>,
    /// 0 to 1.
    pub(crate) remote_loss: Option<f32>,
    pub(crate) remote_jitter: Duration,
    /// What the peer makes of what it hears (RFC 3611).
    pub(crate) remote_mos: Option<f32>,
}

/// Either kind of port.
pub(crate) enum Port {
    WebRtc(Box<WebRtcPort>),
    Rtp(Box<RtpPort>),
}

impl Port {
    /// `None` until both descriptions are known.
    pub(crate) fn formats(&self) -> Option<&Formats> {
        match self {
            Self::WebRtc(port) => Some(port.formats()),
            Self::Rtp(port) => port.formats(),
        }
    }

    pub(crate) fn quality(&self) -> Quality {
        match self {
            Self::WebRtc(port) => port.quality(),
            Self::Rtp(port) => port.quality(),
        }
    }

    /// Packets from the peer's address that its keys do not fit.
    pub(crate) fn unauthenticated(&self) -> u64 {
        match self {
            // str0m does not tell.
            Self::WebRtc(_) => 0,
            Self::Rtp(port) => port.unauthenticated(),
        }
    }

    /// How far the connection has come.
    pub(crate) fn link(&self) -> Link {
        match self {
            Self::WebRtc(port) => port.link(),
            // What nobody answered is heard of by the packets that do not come.
            Self::Rtp(_) => Link::Up,
        }
    }

    /// What came and never got as far as what was `heard`, too.
    pub(crate) fn tally(&self, heard: Tally) -> Tally {
        match self {
            Self::WebRtc(port) => {
                let arrivals = port.arrivals();
                let undecodable = heard.undecodable + arrivals.unknown;
                Tally { undecodable, unauthenticated: arrivals.refused(), ..heard }
            }
            Self::Rtp(port) => {
                Tally { unauthenticated: port.unauthenticated(), foreign: port.foreign(), ..heard }
            }
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::WebRtc(port) => port.deadline(),
            Self::Rtp(port) => port.deadline(),
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, inbox: &mut Inbox, outbox: &mut Outbox) {
        match self {
            Self::WebRtc(port) => port.handle_timeout(now, inbox, outbox),
            // Its reports need what the worker counts: see `RtpPort::report`.
            Self::Rtp(_) => {}
        }
    }

    /// Sends one RTP packet; tells whether it went out. `sequence` is extended; the port puts its own
    /// SSRC.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        header: &Header,
        sequence: u64,
        payload: &[u8],
        outbox: &mut Outbox,
    ) -> bool {
        match self {
            Self::WebRtc(port) => port.send(now, header, sequence, payload, outbox),
            Self::Rtp(port) => port.send(header, sequence, payload, outbox),
        }
    }
}
