//! What keeps the gateway from starting, in one sentence for whoever starts it.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Why the gateway does not start, and what to do.
#[derive(Debug, thiserror::Error)]
pub struct StartError(String);

impl StartError {
    /// The exit code of a gateway that cannot start.
    pub const EXIT_CODE: u8 = 2;

    /// A sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// An address that cannot be listened on; `field` is where it is configured.
    pub fn bind(field: &str, address: SocketAddr, error: &io::Error) -> Self {
        const ADVICE: [(io::ErrorKind, &str); 3] = [
            (
                io::ErrorKind::AddrInUse,
                "is already in use: stop the program that uses it, or write another port",
            ),
            (
                io::ErrorKind::AddrNotAvailable,
                "is not an address of this machine: write one that is, or 0.0.0.0",
            ),
            (
                io::ErrorKind::PermissionDenied,
                "needs rights that this user lacks: write a port above 1023, or start with CAP_NET_BIND_SERVICE",
            ),
        ];
        match ADVICE.iter().find(|(kind, _)| *kind == error.kind()) {
            Some((_, advice)) => Self(format!("{address} {advice} (field {field})")),
            None => Self(format!("cannot listen on {address} ({error}): change {field}")),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
