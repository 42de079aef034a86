//! What happens to datagrams on their way.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::chance::Chance;

/// How good a network is, the same both ways.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quality {
    /// Percent.
    pub(crate) loss: usize,
    /// Percent that arrive twice.
    pub(crate) doubled: usize,
    pub(crate) delay: Duration,
    /// Added by chance; what is longer than the gap between two datagrams turns them round.
    pub(crate) jitter: Duration,
}

impl Quality {
    pub(crate) const CLEAN: Self =
        Self { loss: 0, doubled: 0, delay: Duration::from_millis(10), jitter: Duration::from_millis(1) };

    /// Loses `loss` percent, doubles some, turns some round.
    pub(crate) fn losing(loss: usize) -> Self {
        Self {
            loss,
            doubled: loss.min(5),
            delay: Duration::from_millis(20),
            jitter: Duration::from_millis(60),
        }
    }

    fn arrivals(&self, chance: &mut Chance) -> Vec<Duration> {
        let copies = match (chance.hits(self.loss), chance.hits(self.doubled)) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        (0..copies).map(|_| self.delay + chance.within(self.jitter)).collect()
    }
}

/// A datagram on its way.
pub(crate) struct Datagram {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) payload: Vec<u8>,
}

impl Datagram {
    pub(crate) fn is_sip(&self) -> bool {
        self.from.port() == super::SIP_PORT
    }

    /// The method or the status of a SIP message.
    pub(crate) fn word(&self) -> &str {
        let line = self.payload.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let mut words = std::str::from_utf8(line).unwrap_or_default().split(' ');
        match words.next() {
            Some("SIP/2.0") => words.next().unwrap_or_default(),
            word => word.unwrap_or_default(),
        }
    }
}

/// A line of a ladder: from, to, method or status, transaction, call.
impl fmt::Display for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.payload);
        let header = |name| text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        let (cseq, call_id) = (header("CSeq:"), header("Call-ID:"));
        write!(f, "{} -> {} {} {cseq} {call_id}", self.from, self.to, self.word())
    }
}

/// Decides whether a datagram is lost, beside chance.
type Loss = Box<dyn FnMut(&Datagram) -> bool>;

/// All ways between all hosts.
pub(crate) struct Network {
    pub(crate) signalling: Quality,
    pub(crate) media: Quality,
    /// Hosts that are gone.
    dead: BTreeSet<IpAddr>,
    /// Hosts that were gone at any time.
    pub(crate) died: BTreeSet<IpAddr>,
    pub(crate) lose: Loss,
}

impl Network {
    pub(crate) fn new() -> Self {
        Self {
            signalling: Quality::CLEAN,
            media: Quality::CLEAN,
            dead: BTreeSet::new(),
            died: BTreeSet::new(),
            lose: Box::new(|_| false),
        }
    }

    /// The host is gone, without a word.
    pub(crate) fn kill(&mut self, host: IpAddr) {
        self.dead.insert(host);
        self.died.insert(host);
    }

    /// Every host is there again.
    pub(crate) fn revive(&mut self) {
        self.dead.clear();
    }

    /// How long each copy of the datagram travels.
    pub(crate) fn arrivals(&mut self, datagram: &Datagram, chance: &mut Chance) -> Vec<Duration> {
        let quality = if datagram.is_sip() { self.signalling } else { self.media };
        let arrivals = quality.arrivals(chance);
        let gone = self.dead.contains(&datagram.from.ip()) || self.dead.contains(&datagram.to.ip());
        if gone || (self.lose)(datagram) { Vec::new() } else { arrivals }
    }
}
