//! Symmetric RTP (RFC 4961), learned from the signalled address only.

use std::net::{IpAddr, SocketAddr};

/// Packets during which the peer's port may still turn out to be another.
const LEARN_MAX: u8 = 5;

/// Where the peer is.
#[derive(Clone, Debug)]
pub(crate) struct Latch {
    allowed: [IpAddr; 2],
    target: Option<SocketAddr>,
    learned: u8,
}

impl Latch {
    /// `described` is what the description says, `signalled_from` where it came from: behind a NAT
    /// only the latter is true.
    pub(crate) fn new(described: SocketAddr, signalled_from: IpAddr) -> Self {
        let allowed = [described.ip().to_canonical(), signalled_from.to_canonical()];
        let target = (!described.ip().is_unspecified()).then_some(described);
        Self { allowed, target, learned: 0 }
    }

    /// Tells whether a packet may be from the peer, and learns from the first ones.
    pub(crate) fn accept(&mut self, from: SocketAddr) -> bool {
        if !self.allows(from) {
            return false;
        }
        self.target = Some(from);
        self.learned = (self.learned + 1).min(LEARN_MAX);
        true
    }

    /// Whether a packet may be from the peer, without learning from it.
    pub(crate) fn allows(&self, from: SocketAddr) -> bool {
        let known = self.target == Some(from);
        let learning = self.learned < LEARN_MAX;
        known || learning && self.allowed.contains(&from.ip().to_canonical())
    }

    /// Where to send.
    pub(crate) fn target(&self) -> Option<SocketAddr> {
        self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn learns_the_port_from_the_signalled_address_then_locks() {
        let mut latch = Latch::new(address("10.0.0.1:4000"), address("192.0.2.1:1").ip());
        assert!(!latch.accept(address("203.0.113.9:4000")));
        assert!(latch.accept(address("192.0.2.1:5000")));
        assert_eq!(latch.target(), Some(address("192.0.2.1:5000")));
        (0..4).for_each(|_| assert!(latch.accept(address("192.0.2.1:5000"))));
        assert!(!latch.accept(address("192.0.2.1:6000")));
        assert!(!latch.accept(address("10.0.0.1:4000")));
        assert_eq!(latch.target(), Some(address("192.0.2.1:5000")));
    }
}
