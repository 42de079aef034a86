//! Flows and datagrams: where a message came from and where the next one goes.

mod alias;
pub(crate) mod destination;
pub(crate) mod flow;
pub mod framing;
pub mod identity;
pub(crate) mod keep_alive;
pub(crate) mod layer;
mod listener;
mod streams;
pub(crate) mod stun;
pub(crate) mod via;

use std::fmt;
use std::str::FromStr;

pub use flow::FlowId;
pub use identity::{AlternativeNames, CertificateNames, Identities};
pub use keep_alive::KeepAlive;
pub(crate) use layer::Layer;
pub use listener::Listener;

/// The transports a Via header can name that this stack knows (RFC 3261 §18, RFC 7118).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream, framed by Content-Length.
    Tcp,
    /// TCP inside TLS.
    Tls,
    /// WebSocket: one message a frame.
    Ws,
    /// WebSocket inside TLS.
    Wss,
}

/// Whether the transport delivers what it accepts, so that nothing has to be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reliability {
    /// The transaction retransmits.
    Unreliable,
    /// The transport does.
    Reliable,
}

/// Whether the transport proves who is at the other end, and hides what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// Anybody may listen, and claim to be anybody.
    Clear,
    /// TLS.
    Tls,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss];

    pub(crate) const fn security(self) -> Security {
        match self {
            Self::Udp | Self::Tcp | Self::Ws => Security::Clear,
            Self::Tls | Self::Wss => Security::Tls,
        }
    }

    /// Whether it carries one message a frame, and the browser at its other end cannot be called back (RFC 7118).
    pub const fn is_websocket(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }

    pub(crate) fn reliability(self) -> Reliability {
        if self.is_reliable() { Reliability::Reliable } else { Reliability::Unreliable }
    }

    /// The word in a Via header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// Whether a lost message is the transport's own problem, so that none is sent twice.
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Self::Udp)
    }

    /// The port when a URI or Via names none (RFC 3261 §19.1.2; HTTP's for WebSocket, RFC 7118 §5.3).
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word names no transport of this stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown transport")]
pub struct UnknownTransport;

impl FromStr for Transport {
    type Err = UnknownTransport;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|transport| transport.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownTransport)
    }
}
