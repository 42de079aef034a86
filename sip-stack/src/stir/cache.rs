//! The certificates of signers: kept, or wanted from the network, which the owner is.
//!
//! ```text
//!   lookup()  +-----------+ resolved()  +----------+ fetched()  +-------+
//!  ---------->| Resolving |------------>| Fetching |----------->| Known |--> forgotten at its end
//!             +-----------+             +----------+            +-------+
//!                   | an address of ours,     | too long, not trusted
//!                   | none, too late          | too late
//!                   |       +--------+        |
//!                   +------>| Failed |<-------+
//!                           +--------+--> forgotten soon
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::anchors::Anchors;
use super::certificate::Certificate;
use super::outcome::Failure;
use super::url::Url;
use crate::address::{Reach, reach};
use crate::message::Host;

/// Addresses of one name that are handed on.
const ADDRESSES_MAX: usize = 16;

/// Bounds of what strangers make us keep and fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLimits {
    /// URLs remembered.
    pub entries: usize,
    /// URLs on their way at once.
    pub pending: usize,
    /// Bytes of one body.
    pub body_bytes: usize,
    /// How long a certificate is kept, if it lives as long.
    pub known: Duration,
    /// How long a failure is.
    pub failed: Duration,
    /// How long resolving and fetching may take, each.
    pub patience: Duration,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self {
            entries: 1024,
            pending: 64,
            body_bytes: 65_536,
            known: Duration::from_secs(86_400),
            failed: Duration::from_secs(60),
            patience: Duration::from_secs(4),
        }
    }
}

/// What is known about a URL.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// Its certificate.
    Known(Arc<Certificate>),
    /// Why there is none.
    Failed(Failure),
    /// [`CacheAction::Ready`] will say.
    Pending,
}

/// What the owner has to do.
#[derive(Clone, Debug)]
#[must_use]
pub enum CacheAction {
    /// Find the addresses of the URL's host; answered by [`CertificateCache::resolved`].
    Resolve(Url),
    /// GET it from one of these addresses and no other, following no redirection, reading no more bytes than
    /// this; answered by [`CertificateCache::fetched`].
    Fetch {
        /// What.
        url: Url,
        /// Where: judged, so that a second look-up must not replace them.
        addresses: Vec<SocketAddr>,
        /// One more byte is too many.
        body_bytes_max: usize,
    },
    /// Whoever waits for this URL can go on.
    Ready(Url),
    /// Nothing more before this time, if there is one.
    Timeout(Option<Duration>),
}

/// The owner could not fetch it: no connection, no 200, a redirection, too many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate could not be fetched")]
pub struct FetchError;

#[derive(Debug)]
enum State {
    Resolving,
    Fetching,
    Known(Arc<Certificate>),
    Failed(Failure),
}

#[derive(Debug)]
struct Entry {
    state: State,
    until: Duration,
}

impl Entry {
    const fn is_pending(&self) -> bool {
        matches!(self.state, State::Resolving | State::Fetching)
    }
}

/// Certificates by URL; one fetch a URL, however many wait for it.
#[derive(Debug)]
pub struct CertificateCache {
    anchors: Anchors,
    limits: CacheLimits,
    entries: BTreeMap<Url, Entry>,
    actions: VecDeque<CacheAction>,
}

impl CertificateCache {
    /// Nothing known yet.
    pub const fn new(anchors: Anchors, limits: CacheLimits) -> Self {
        Self { anchors, limits, entries: BTreeMap::new(), actions: VecDeque::new() }
    }

    /// How many URLs are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Says what is known, and sets out to learn what is not.
    pub fn lookup(&mut self, now: Duration, url: &str) -> Lookup {
        let Ok(url) = url.parse::<Url>() else { return Lookup::Failed(Failure::BadInfo) };
        self.expire(now);
        match self.entries.get(&url).map(|entry| &entry.state) {
            Some(State::Known(certificate)) => Lookup::Known(Arc::clone(certificate)),
            Some(State::Failed(failure)) => Lookup::Failed(*failure),
            Some(State::Resolving | State::Fetching) => Lookup::Pending,
            None => self.set_out(now, url),
        }
    }

    fn set_out(&mut self, now: Duration, url: Url) -> Lookup {
        let pending = self.entries.values().filter(|entry| entry.is_pending()).count();
        if pending >= self.limits.pending || !self.make_room() {
            return Lookup::Failed(Failure::BadInfo);
        }
        match url.host() {
            Host::Name(_) => {
                self.put(&url, State::Resolving, now + self.limits.patience);
                self.actions.push_back(CacheAction::Resolve(url));
                Lookup::Pending
            }
            Host::V4(address) => self.set_out_to(now, &url, IpAddr::V4(*address)),
            Host::V6(address) => self.set_out_to(now, &url, IpAddr::V6(*address)),
        }
    }

    fn set_out_to(&mut self, now: Duration, url: &Url, address: IpAddr) -> Lookup {
        if reach(address) == Reach::Internal {
            return Lookup::Failed(Failure::BadInfo);
        }
        self.fetch(now, url, &[address]);
        Lookup::Pending
    }

    /// The addresses of a host; none if it has none. One that is ours or our network's spoils them all.
    pub fn resolved(&mut self, now: Duration, url: &Url, addresses: &[IpAddr]) {
        if !matches!(self.entries.get(url), Some(Entry { state: State::Resolving, .. })) {
            return;
        }
        if addresses.is_empty() || addresses.iter().any(|address| reach(*address) == Reach::Internal) {
            return self.settle(url, State::Failed(Failure::BadInfo), now + self.limits.failed);
        }
        self.fetch(now, url, addresses);
    }

    fn fetch(&mut self, now: Duration, url: &Url, addresses: &[IpAddr]) {
        self.put(url, State::Fetching, now + self.limits.patience);
        let addresses = addresses.iter().take(ADDRESSES_MAX);
        self.actions.push_back(CacheAction::Fetch {
            url: url.clone(),
            addresses: addresses.map(|address| SocketAddr::new(*address, url.port())).collect(),
            body_bytes_max: self.limits.body_bytes,
        });
    }

    /// The body of a URL.
    pub fn fetched(&mut self, now: Duration, url: &Url, body: Result<&[u8], FetchError>) {
        if !matches!(self.entries.get(url), Some(Entry { state: State::Fetching, .. })) {
            return;
        }
        let body = body.ok().filter(|body| body.len() <= self.limits.body_bytes).ok_or(Failure::BadInfo);
        let certificate =
            body.and_then(|body| self.anchors.certificate(body, now).map_err(|error| error.failure()));
        match certificate {
            Ok(certificate) => {
                let until = certificate.not_after().min(now + self.limits.known);
                self.settle(url, State::Known(Arc::new(certificate)), until);
            }
            Err(failure) => self.settle(url, State::Failed(failure), now + self.limits.failed),
        }
    }

    /// The time of the last [`CacheAction::Timeout`] has come.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.expire(now);
    }

    /// The next thing to do; call it until it answers [`CacheAction::Timeout`].
    pub fn poll_output(&mut self) -> CacheAction {
        let pending = self.entries.values().filter(|entry| entry.is_pending());
        let deadline = pending.map(|entry| entry.until).min();
        self.actions.pop_front().unwrap_or(CacheAction::Timeout(deadline))
    }

    fn expire(&mut self, now: Duration) {
        let is_over = |(_, entry): &(&Url, &Entry)| entry.until <= now;
        let over: Vec<Url> = self.entries.iter().filter(is_over).map(|(url, _)| url.clone()).collect();
        for url in over {
            let Some(entry) = self.entries.remove(&url) else { continue };
            if entry.is_pending() {
                self.settle(&url, State::Failed(Failure::BadInfo), now + self.limits.failed);
            }
        }
    }

    /// Forgets a failure, else whatever ends first, where the cache is full.
    fn make_room(&mut self) -> bool {
        if self.entries.len() < self.limits.entries {
            return true;
        }
        let settled = self.entries.iter().filter(|(_, entry)| !entry.is_pending());
        let is_known = |entry: &Entry| matches!(entry.state, State::Known(_));
        let least = settled.min_by_key(|(_, entry)| (is_known(entry), entry.until));
        let Some(least) = least.map(|(url, _)| url.clone()) else { return false };
        self.entries.remove(&least);
        true
    }

    fn settle(&mut self, url: &Url, state: State, until: Duration) {
        self.put(url, state, until);
        self.actions.push_back(CacheAction::Ready(url.clone()));
    }

    fn put(&mut self, url: &Url, state: State, until: Duration) {
        self.entries.insert(url.clone(), Entry { state, until });
    }
}
