//! Who and what there is: an immutable snapshot, replaced as a whole.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use media::dtmf::Clamp;
use media::sdp::SrtpMode;
use media::{CodecKind, DtmfMethod};
use sip_stack::message::{Host, Uri};
use sip_stack::{Credentials, NextHop};

use crate::ids::{TrunkId, UserId};
use crate::route::{NumberFormat, RateTable, Route};

/// Somebody who may connect with a browser.
#[derive(Clone, Debug)]
pub struct User {
    /// By name; also the user part of a request URI that reaches them.
    pub id: UserId,
    /// The name to show.
    pub display_name: Option<String>,
    /// What callees see; the trunk's own if `None`.
    pub caller_id: Option<String>,
    /// What routes know of the user's language.
    pub language: Option<String>,
}

/// A carrier or PBX.
#[derive(Clone)]
pub struct Trunk {
    /// By name.
    pub id: TrunkId,
    /// Where its first hop is.
    pub target: NextHop,
    /// Its hosts, as far as they are known: its calls come from there.
    pub addresses: Vec<SocketAddr>,
    /// The host of its URIs.
    pub domain: Host,
    /// The port of its URIs.
    pub port: Option<u16>,
    /// Outbound proxies, first hop first.
    pub route: Vec<Uri>,
    /// For digest challenges.
    pub credentials: Option<Credentials>,
    /// Addresses beside `addresses` that its calls come from.
    pub sources: Vec<IpAddr>,
    /// Allowed codecs, best first.
    pub codecs: Vec<CodecKind>,
    /// How digits go to it.
    pub dtmf: DtmfMethod,
    /// Whether tones that are digits are left out of its sound.
    pub dtmf_clamp: Clamp,
    /// Whether its sound is encrypted.
    pub srtp: SrtpMode,
    /// What callees see if neither caller nor user says otherwise.
    pub caller_id: Option<String>,
    /// Calls at one time.
    pub calls_max: Option<u32>,
    /// How it spells numbers.
    pub number_format: NumberFormat,
    /// What it asks for calls.
    pub rates: Option<Arc<RateTable>>,
}

/// The snapshot.
#[derive(Clone, Default)]
pub struct Directory {
    /// By name.
    pub users: BTreeMap<UserId, User>,
    /// By name.
    pub trunks: BTreeMap<TrunkId, Trunk>,
    /// The first that fits a call counts.
    pub routes: Vec<Route>,
    /// DID to user, as trunks spell it.
    pub numbers: BTreeMap<String, UserId>,
}

impl Directory {
    /// The trunk that a packet from `source` belongs to: the one at this very address, else one of this host.
    pub fn trunk_at(&self, source: SocketAddr) -> Option<&Trunk> {
        let host = |trunk: &&Trunk| {
            let is_host = trunk.addresses.iter().any(|address| address.ip() == source.ip());
            is_host || trunk.sources.contains(&source.ip())
        };
        self.trunks
            .values()
            .find(|trunk| trunk.addresses.contains(&source))
            .or_else(|| self.trunks.values().find(host))
    }

    /// The user whom a request URI's user part reaches: by number, with or without `+`, else by name.
    pub fn user_called(&self, called: &str) -> Option<&User> {
        let bare = called.strip_prefix('+').unwrap_or(called);
        let number = self.numbers.get(called).or_else(|| self.numbers.get(bare));
        let number = number.or_else(|| self.numbers.get(&format!("+{bare}")));
        match number {
            Some(user) => self.users.get(user),
            None => self.users.get(&UserId::from(called)),
        }
    }
}
