//! The books: what must hold at every moment, and what must be left at the end.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    CallEvent, CallFact, CallId, CallSnapshot, LegId, LegState, Outcome, Owner, Refused, Reply, RequestId,
    RtcNotice, SessionId, Switch,
};
use sip_stack::{InviteId, UaEvent};

/// Whose INVITE usage it is: the gateway's, or the nth phone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Agent {
    Gateway,
    Phone(usize),
}

#[derive(Default)]
pub(crate) struct Ledger {
    /// The last event of each call, and how it ended.
    events: BTreeMap<CallId, u64>,
    pub(crate) ended: BTreeMap<CallId, CallSnapshot>,
    pub(crate) facts: Vec<(CallId, CallFact)>,
    replies: BTreeMap<RequestId, Option<Result<Reply, Refused>>>,
    /// Legs whose signalling is lost, as events tell.
    away: BTreeSet<LegId>,
    goodbyes: BTreeSet<(SessionId, CallId)>,
    over: BTreeSet<(Agent, InviteId)>,
    /// Who had a re-INVITE of theirs settled, and how.
    pub(crate) settled: Vec<(Agent, u16)>,
}

impl Ledger {
    pub(crate) fn asked(&mut self, request: RequestId) {
        self.replies.insert(request, None);
    }

    pub(crate) fn replied(&mut self, request: RequestId, reply: &Result<Reply, Refused>) {
        let place = self.replies.get_mut(&request).expect("a reply that nobody asked for");
        assert!(place.is_none(), "{request:?} answered twice: {place:?}, {reply:?}");
        *place = Some(reply.clone());
    }

    pub(crate) fn told(&mut self, session: SessionId, call: CallId, notice: &RtcNotice) {
        let key = (session, call);
        // A call that ended here may ring again when it is handed over.
        if matches!(notice, RtcNotice::Incoming { .. }) {
            self.goodbyes.remove(&key);
        }
        assert!(!self.goodbyes.contains(&key), "{notice:?} follows the end of {call:?} for {session:?}");
        if matches!(notice, RtcNotice::Ended(_)) {
            self.goodbyes.insert(key);
        }
    }

    pub(crate) fn happened(&mut self, event: CallEvent) {
        let CallEvent { call, seq, leg, fact, .. } = event;
        let last = self.events.insert(call, seq).unwrap_or(0);
        assert_eq!(seq, last + 1, "the events of {call:?} are counted without a gap");
        assert!(!self.ended.contains_key(&call), "{fact:?} follows the end of {call:?}");
        match (&fact, leg) {
            (CallFact::LegReconnecting, Some(leg)) => assert!(self.away.insert(leg), "{leg:?} lost twice"),
            (CallFact::LegReconnected, Some(leg)) => assert!(self.away.remove(&leg), "{leg:?} was not lost"),
            _ => {}
        }
        if let CallFact::Ended(snapshot) = &fact {
            self.ended.insert(call, (**snapshot).clone());
        }
        self.facts.push((call, fact));
    }

    pub(crate) fn signalled(&mut self, agent: Agent, event: &UaEvent) {
        let (id, last) = match event {
            UaEvent::Failed { id, .. } | UaEvent::Canceled { id, .. } | UaEvent::Ended { id, .. } => {
                (*id, true)
            }
            UaEvent::Incoming { id, .. }
            | UaEvent::Progress { id, .. }
            | UaEvent::Answered { id, .. }
            | UaEvent::Acknowledged { id, .. }
            | UaEvent::Reoffer { id, .. }
            | UaEvent::ReofferDone { id, .. }
            | UaEvent::Info { id, .. } => (*id, false),
            UaEvent::Registered { .. }
            | UaEvent::Requested { .. }
            | UaEvent::RequestCanceled { .. }
            | UaEvent::Replied { .. }
            | UaEvent::Unreplied { .. }
            | UaEvent::FlowFailed { .. }
            | UaEvent::RegistrationFailed { .. }
            | UaEvent::Located { .. }
            | UaEvent::OptionsAnswered { .. }
            | UaEvent::Subscription(_)
            | UaEvent::Publication(_)
            | UaEvent::InCall(_) => return,
        };
        if let UaEvent::ReofferDone { code, .. } = event {
            self.settled.push((agent, *code));
        }
        assert!(!self.over.contains(&(agent, id)), "{agent:?}: {event:?} follows the end of {id:?}");
        if last {
            self.over.insert((agent, id));
        }
    }

    /// True after every step of the switch.
    pub(crate) fn check(&self, switch: &Switch) {
        for call in switch.calls() {
            let live: Vec<_> = call.legs.iter().filter(|leg| leg.state != LegState::Ended).collect();
            for leg in &live {
                assert_eq!(leg.reconnecting, self.away.contains(&leg.id), "events tell the flag: {leg:?}");
            }
            let bridged = live.iter().filter(|leg| leg.owner == Owner::Bridge).count();
            assert!(bridged == 0 || bridged == 2, "a bridge owns both legs or none: {call:?}");
            assert_eq!(
                live.is_empty(),
                call.outcome.is_some(),
                "only a call that ended has no leg: {call:?}"
            );
            let ended = self.ended.contains_key(&call.id);
            assert_eq!(ended, call.outcome.is_some(), "a call ends with its terminal event: {call:?}");
        }
    }

    /// True once everything is over.
    pub(crate) fn check_end(&self) {
        let unanswered: Vec<_> =
            self.replies.iter().filter(|(_, reply)| reply.is_none()).map(|(request, _)| request).collect();
        assert!(unanswered.is_empty(), "requests without a reply: {unanswered:?}");
        let open: Vec<_> = self.events.keys().filter(|call| !self.ended.contains_key(call)).collect();
        assert!(open.is_empty(), "calls without a terminal event: {open:?}");
    }

    /// How a call ended.
    pub(crate) fn outcome(&self, call: CallId) -> &Outcome {
        let snapshot = self.ended.get(&call).unwrap_or_else(|| panic!("{call:?} has not ended"));
        snapshot.outcome.as_ref().expect("an ended call has an outcome")
    }
}
