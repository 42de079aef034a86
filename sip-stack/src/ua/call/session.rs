//! One dialog of a call with what its two sides have offered each other.

use super::exchange::Exchange;
use super::reoffer_in::PeerOffer;
use super::reoffer_out::OwnOffer;
use crate::dialog::Dialog;
use crate::message::{HeaderName, Headers, Method};
use crate::ua::command::Body;
use crate::ua::headers;

/// Why an offer of the peer's cannot be taken now (RFC 3261 §14.2, RFC 3311 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    /// An earlier one waits for our answer: 500 with Retry-After.
    Busy,
    /// One of ours waits for the peer's answer: 491.
    Glare,
}

/// A dialog and its session. What is agreed changes only when an offer is answered, so that a refused one leaves
/// everything as it was (RFC 6141 §3).
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) dialog: Dialog,
    /// Tells the early dialogs of one INVITE apart.
    pub(super) fork: u32,
    pub(super) exchange: Exchange,
    /// The last description of ours that was agreed.
    pub(super) local_body: Option<Body>,
    pub(super) peer_offer: Option<PeerOffer>,
    /// What an UPDATE or PRACK offers inside of the peer's re-INVITE whose offer is answered (RFC 6337 §4.2).
    pub(super) inner_offer: Option<PeerOffer>,
    pub(super) own_offer: Option<OwnOffer>,
    pub(super) peer_allows_update: bool,
}

impl Session {
    pub(super) fn new(dialog: Dialog, fork: u32, exchange: Exchange, local_body: Option<Body>) -> Self {
        Self {
            dialog,
            fork,
            exchange,
            local_body,
            peer_offer: None,
            inner_offer: None,
            own_offer: None,
            peer_allows_update: false,
        }
    }

    /// Notes what a message of the peer's says about it.
    pub(super) fn note_peer(&mut self, peer: &Headers) {
        if peer.contains(&HeaderName::Allow) {
            self.peer_allows_update = headers::allows(peer, &Method::Update);
        }
    }

    /// Keeps an offer of the peer's until the owner has answered it.
    pub(super) fn hold(&mut self, offer: PeerOffer) {
        let slot = if self.peer_offer.is_some() { &mut self.inner_offer } else { &mut self.peer_offer };
        *slot = Some(offer);
    }

    /// Another exchange is over: what it agreed on outlives a re-INVITE around it that fails.
    pub(super) fn agree(&mut self, description: Body) {
        if let Some(answered) = self.peer_offer.as_mut().and_then(|offer| offer.answered.as_mut()) {
            answered.before = Some(description.clone());
        }
        if let Some(offer) = &mut self.own_offer {
            offer.supersede_answer(&description);
        }
        self.local_body = Some(description);
    }

    /// Whether an offer of ours would be in nobody's way.
    pub(super) fn may_offer(&self) -> bool {
        self.exchange == Exchange::Settled && self.own_offer.is_none() && self.peer_offer.is_none()
    }

    /// Whether an offer of the peer's would be in the way of another. A re-INVITE whose offer is answered in a reliable
    /// provisional response is in nobody's way, although it goes on.
    pub(super) fn conflict(&self) -> Option<Conflict> {
        let is_open = |offer: &PeerOffer| offer.answered.is_none();
        match self.exchange {
            _ if self.inner_offer.is_some() => Some(Conflict::Busy),
            _ if self.peer_offer.as_ref().is_some_and(is_open) => Some(Conflict::Busy),
            _ if self.own_offer.as_ref().is_some_and(OwnOffer::is_open) => Some(Conflict::Glare),
            Exchange::Open | Exchange::Owed => Some(Conflict::Busy),
            Exchange::Offered => Some(Conflict::Glare),
            Exchange::Settled => None,
        }
    }
}
