//! What all actors share: the clock, chance, the network, what is to happen, the books.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, UNIX_EPOCH};

use engine::{CallId, Moment, RequestId, RtcOrigin, RtcRequest, SessionId};

use super::browser::{Told, browser_of};
use super::chance::Chance;
use super::gateway::Mail;
use super::ledger::Ledger;
use super::network::{Datagram, Network};
use super::phone::Cue;

/// How long a message between two parts of the gateway waits in its mailbox, at most.
const MAILBOX: Duration = Duration::from_millis(3);
/// How long a frame of a WebSocket travels, at most.
const SOCKET: Duration = Duration::from_millis(40);
/// The day that every world begins.
const BEGINNING: Duration = Duration::from_secs(1_800_000_000);

/// Something that is to happen.
pub(crate) enum Happening {
    Datagram(Datagram),
    Gateway(Mail),
    Phone(usize, Cue),
    Browser(usize, Told),
}

/// A way that keeps the order of what goes over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    SwitchToSip,
    SipToSwitch,
    SwitchToMedia,
    MediaToSwitch,
    ToBrowser(usize),
    FromBrowser(usize),
}

pub(crate) struct Stage {
    pub(crate) now: Instant,
    start: Instant,
    pub(crate) chance: Chance,
    pub(crate) network: Network,
    pub(crate) ledger: Ledger,
    /// Who waits for which reply.
    pub(crate) askers: BTreeMap<RequestId, (SessionId, CallId)>,
    /// Every SIP message that was sent, with the time since the beginning.
    pub(crate) wire: Vec<(Duration, Datagram)>,
    queue: BTreeMap<(Instant, u64), Happening>,
    lanes: BTreeMap<Lane, Instant>,
    count: u64,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Self {
        let start = Instant::now();
        Self {
            now: start,
            start,
            chance: Chance::new(seed),
            network: Network::new(),
            ledger: Ledger::default(),
            askers: BTreeMap::new(),
            wire: Vec::new(),
            queue: BTreeMap::new(),
            lanes: BTreeMap::new(),
            count: 0,
        }
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { instant: self.now, wall: UNIX_EPOCH + BEGINNING + (self.now - self.start) }
    }

    /// A number never used before.
    pub(crate) fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// A request whose one reply is waited for.
    pub(crate) fn request(&mut self) -> RequestId {
        let request = RequestId(self.number());
        self.ledger.asked(request);
        request
    }

    /// A browser asks over its WebSocket.
    pub(crate) fn ask(&mut self, session: SessionId, call: CallId, asked: RtcRequest) -> RequestId {
        let request = self.request();
        self.askers.insert(request, (session, call));
        let mail = Mail::Ask(RtcOrigin { session, call, request }, asked);
        self.post(Lane::FromBrowser(browser_of(session)), Happening::Gateway(mail));
        request
    }

    pub(crate) fn after(&mut self, delay: Duration, happening: Happening) {
        let number = self.number();
        self.queue.insert((self.now + delay, number), happening);
    }

    pub(crate) fn post(&mut self, lane: Lane, happening: Happening) {
        let longest = match lane {
            Lane::ToBrowser(_) | Lane::FromBrowser(_) => SOCKET,
            Lane::SwitchToSip | Lane::SipToSwitch | Lane::SwitchToMedia | Lane::MediaToSwitch => MAILBOX,
        };
        let at = self.now + self.chance.within(longest);
        let last = self.lanes.entry(lane).or_insert(at);
        *last = at.max(*last);
        let delay = *last - self.now;
        self.after(delay, happening);
    }

    pub(crate) fn send(&mut self, datagram: Datagram) {
        for delay in self.network.arrivals(&datagram, &mut self.chance) {
            let copy = Datagram { payload: datagram.payload.clone(), ..datagram };
            self.after(delay, Happening::Datagram(copy));
        }
        if datagram.is_sip() {
            self.wire.push((self.now - self.start, datagram));
        }
    }

    /// When the next thing happens.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    /// The next thing that is due.
    pub(crate) fn due(&mut self) -> Option<Happening> {
        let entry = self.queue.first_entry().filter(|entry| entry.key().0 <= self.now)?;
        Some(entry.remove())
    }
}
