//! NOTIFYs of a subscription of ours (RFC 6665 §4.1.3).

use super::{Origin, REFER_EXPIRES_S, State, Subscriber, Wish};
use crate::dialog::Sequence;
use crate::endpoint::core::Core;
use crate::message::StatusCode;
use crate::message::header::{Subscription, SubscriptionState};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::Body;
use crate::ua::headers;
use crate::ua::subscription::answer::EXPIRES_MAX_S;
use crate::ua::subscription::event::{SubscriptionEnd, SubscriptionEvent};
use crate::ua::subscription::place::Place;
use crate::ua::subscription::reason::{TerminationReason, retry};
use crate::ua::subscription::{Life, SubscriptionTimer};

impl Subscriber {
    /// A NOTIFY of this subscription (RFC 6665 §4.1.3).
    pub(crate) fn notified(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        transaction: TransactionId,
        incoming: &IncomingRequest,
    ) -> Life {
        let refuse = |core: &mut Core, code| {
            let mut response = incoming.response(code, None);
            response.headers.push(core.server());
            core.respond(transaction, &response);
            Life::Kept
        };
        if place.dialog.receive_cseq(incoming.cseq.number) == Sequence::Stale {
            return refuse(core, StatusCode::SERVER_INTERNAL_ERROR);
        }
        let Ok(Some(state)) = incoming.request.headers.typed::<SubscriptionState>() else {
            return refuse(core, StatusCode::BAD_REQUEST);
        };
        if self.state == State::Waiting {
            place.dialog.adopt_route(incoming);
        }
        place.dialog.refresh_target(&incoming.request.headers);
        self.named = incoming.request.headers.typed().ok().flatten();
        let mut response = incoming.response(StatusCode::OK, None);
        response.headers.extend([place.dialog.contact(), core.server()]);
        core.respond(transaction, &response);
        self.heard(core, state, headers::body(&incoming.request.headers, &incoming.request.body))
    }

    pub(super) fn heard(&mut self, core: &mut Core, state: SubscriptionState, body: Option<Body>) -> Life {
        // While we leave, a NOTIFY that crossed our SUBSCRIBE is not the last one.
        if self.wish != Wish::Leaving {
            core.stop(self.timer(SubscriptionTimer::N));
        }
        self.tell(core, SubscriptionEvent::Notified { id: self.id, state: state.clone(), body });
        match state.state() {
            Some(Subscription::Terminated) => return self.terminated(core, &state),
            Some(Subscription::Pending) => self.state = State::Pending,
            Some(Subscription::Active) => self.state = State::Active,
            None if self.state == State::Waiting => self.state = State::Pending,
            None => {}
        }
        // A REFER's subscription has no time of its own asking; without one it would hold for ever.
        let unlimited = self.plan.origin == Origin::Refer && self.until.is_none();
        if let Some(seconds) = state.expires_s().or(unlimited.then_some(REFER_EXPIRES_S)) {
            self.holds_for(core, seconds.min(EXPIRES_MAX_S));
        }
        Life::Kept
    }

    pub(super) fn terminated(&mut self, core: &mut Core, state: &SubscriptionState) -> Life {
        if self.wish != Wish::Keep {
            return self.end(core, SubscriptionEnd::Unsubscribed);
        }
        let reason = state.reason().map(TerminationReason::of_word);
        let retry = retry(reason.as_ref(), state);
        self.end(core, SubscriptionEnd::Terminated { reason, retry })
    }
}
