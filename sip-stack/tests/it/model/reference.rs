//! What a call may do, as its owner sees it: written from the RFCs, not from the code.

use std::collections::BTreeMap;

use sip_stack::{CommandError, InviteId, UaEvent};

use crate::pair::Side;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Calling,
    Ringing,
    Talking,
    Ended,
}

/// One side of a call.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) phase: Phase,
    given_up: bool,
    expires: bool,
    /// A 2xx of ours that may wait for a PRACK.
    answered: bool,
    own_offers: i32,
    pub(super) peer_offers: i32,
}

/// Both sides of all calls.
#[derive(Debug, Default)]
pub(super) struct Reference(BTreeMap<(Side, InviteId), Known>);

impl Reference {
    pub(super) fn begin(&mut self, side: Side, id: InviteId, phase: Phase) {
        let known =
            Known { phase, given_up: false, expires: false, answered: false, own_offers: 0, peer_offers: 0 };
        assert!(self.0.insert((side, id), known).is_none(), "{id:?} begins twice");
    }

    /// The call ends by itself if nobody answers in time.
    pub(super) fn expires(&mut self, side: Side, id: InviteId) {
        if let Some(known) = self.0.get_mut(&(side, id)) {
            known.expires = true;
        }
    }

    /// An id may be used again when its call is over.
    pub(super) fn forget(&mut self, side: Side, id: InviteId) {
        self.0.remove(&(side, id));
    }

    pub(super) fn ids(&self, side: Side) -> Vec<InviteId> {
        self.0.keys().filter(|(of, _)| *of == side).map(|(_, id)| *id).collect()
    }

    pub(super) fn phase(&self, side: Side, id: InviteId) -> Option<Phase> {
        self.0.get(&(side, id)).map(|known| known.phase)
    }

    pub(super) fn offers(&self, side: Side, id: InviteId) -> i32 {
        self.0.get(&(side, id)).map_or(0, |known| known.peer_offers)
    }

    pub(super) fn all_ended(&self) -> bool {
        self.0.values().all(|known| known.phase == Phase::Ended)
    }

    /// An event is one that the call can have now.
    pub(super) fn hear(&mut self, side: Side, event: &UaEvent) {
        let Some(id) = id_of(event) else { return };
        if matches!(event, UaEvent::Incoming { .. }) {
            return self.begin(side, id, Phase::Ringing);
        }
        let known =
            self.0.get_mut(&(side, id)).unwrap_or_else(|| panic!("{side:?} knows nothing of {event:?}"));
        let before = known.phase;
        known.hear(event).unwrap_or_else(|| panic!("{side:?} {before:?} heard {event:?}: {known:?}"));
    }

    /// A command's answer is one that the call can give now.
    pub(super) fn told(&mut self, side: Side, id: InviteId, what: &Told, answer: Result<(), CommandError>) {
        let known = self.0.get_mut(&(side, id));
        let alive = known.as_ref().is_some_and(|known| known.phase != Phase::Ended);
        let Some(known) = known.filter(|_| alive) else {
            assert!(answer.is_err(), "{side:?} {id:?} {what:?} after its end");
            return;
        };
        if answer.is_ok() && known.tell(what).is_none() {
            panic!("{side:?} {id:?} took {what:?} as {known:?}");
        }
    }
}

/// What the owner asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    Respond(u16),
    Hangup,
    Ack,
    Prack,
    Reoffer,
    Update,
    AnswerReoffer,
    Info,
    RequestOffer,
    ProgressReoffer,
    LeaveFork,
}

impl Known {
    fn hear(&mut self, event: &UaEvent) -> Option<()> {
        use Phase::{Calling, Ended, Ringing, Talking};
        let next = match (self.phase, event) {
            (Calling, UaEvent::Progress { code: 101..=199, .. }) => Calling,
            (Calling, UaEvent::Answered { .. }) if !self.given_up => Talking,
            (Calling, UaEvent::Failed { code: 300..=699, .. }) => Ended,
            // Its answer crossed the owner's CANCEL, or that of its Expires.
            (Calling, UaEvent::Ended { .. }) if self.given_up || self.expires => Ended,
            (Ringing, UaEvent::Canceled { .. }) => Ended,
            // Our 2xx may have waited for the PRACK that this is about, or this is its ACK.
            (Ringing, UaEvent::Acknowledged { .. }) if self.answered => Ringing,
            (Ringing, UaEvent::Acknowledged { body: Some(_), .. }) => Ringing,
            (Ringing | Talking, UaEvent::Ended { .. }) => Ended,
            (Talking, UaEvent::Acknowledged { .. } | UaEvent::Info { .. }) => Talking,
            (Ringing, UaEvent::Info { .. }) => Ringing,
            (phase @ (Calling | Ringing | Talking), UaEvent::Reoffer { .. }) => {
                self.peer_offers += 1;
                phase
            }
            (phase @ (Calling | Ringing | Talking), UaEvent::ReofferDone { .. }) if self.own_offers > 0 => {
                self.own_offers -= 1;
                phase
            }
            _ => return None,
        };
        self.phase = next;
        Some(())
    }

    fn tell(&mut self, what: &Told) -> Option<()> {
        use Phase::{Calling, Ringing, Talking};
        match (self.phase, what) {
            (Ringing, Told::Respond(code)) => self.answered |= (200..300).contains(code),
            (Calling | Ringing | Talking, Told::Hangup) => self.given_up = true,
            (Talking | Ringing, Told::Ack) => {}
            (Talking, Told::Reoffer | Told::RequestOffer) => self.own_offers += 1,
            (Calling, Told::Update | Told::Prack) | (Talking | Ringing, Told::Update) => self.own_offers += 1,
            (Ringing, Told::Reoffer | Told::RequestOffer) if self.answered => self.own_offers += 1,
            (_, Told::AnswerReoffer) if self.peer_offers > 0 => self.peer_offers -= 1,
            (Talking | Ringing, Told::ProgressReoffer) if self.peer_offers > 0 => {}
            (Calling, Told::LeaveFork) => {}
            (Talking | Ringing, Told::Info) => {}
            _ => return None,
        }
        Some(())
    }
}

fn id_of(event: &UaEvent) -> Option<InviteId> {
    let (UaEvent::Incoming { id, .. }
    | UaEvent::Progress { id, .. }
    | UaEvent::Answered { id, .. }
    | UaEvent::Failed { id, .. }
    | UaEvent::Canceled { id, .. }
    | UaEvent::Acknowledged { id, .. }
    | UaEvent::Reoffer { id, .. }
    | UaEvent::ReofferDone { id, .. }
    | UaEvent::Info { id, .. }
    | UaEvent::Ended { id, .. }) = event
    else {
        return None;
    };
    Some(*id)
}
