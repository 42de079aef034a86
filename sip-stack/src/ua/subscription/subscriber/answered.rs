//! What becomes of the REFERs and SUBSCRIBEs of a subscription of ours (RFC 6665 §4.1.2).

use super::{Origin, REFUSED_AGAIN, Subscriber, Wish, refer_event};
use crate::endpoint::core::Core;
use crate::message::{Method, Response, StatusCode};
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::resend::Change;
use crate::ua::subscription::answer::{Refusal, granted, longer, synthetic, tells_nothing};
use crate::ua::subscription::event::{SubscriptionEnd, SubscriptionEvent};
use crate::ua::subscription::place::Place;
use crate::ua::subscription::{Life, SubscriptionTimer, ends_subscription};

impl Subscriber {
    /// What became of a REFER or SUBSCRIBE inside the dialog.
    pub(crate) fn outcome(&mut self, core: &mut Core, mut place: Place<'_>, delivery: &Delivery) -> Life {
        if self.transaction != Some(delivery.transaction) {
            return Life::Kept;
        }
        let response = match &delivery.outcome {
            Outcome::TimedOut => {
                return self.failed(core, place, delivery, &synthetic(408, "Request Timeout"));
            }
            Outcome::TransportFailed | Outcome::Unresolved(_) => {
                return self.failed(core, place, delivery, &synthetic(503, "Service Unavailable"));
            }
            Outcome::Response(response) => response,
        };
        match response.code.as_u16() {
            ..200 => Life::Kept,
            200..300 => {
                self.transaction = None;
                self.taken(core, place, delivery, response)
            }
            300.. if self.retried(core, &mut place, delivery, response) => Life::Kept,
            code => {
                let reason = response.reason.to_string();
                let refusal = Refusal { code, reason, headers: response.headers.clone(), synthetic: false };
                self.failed(core, place, delivery, &refusal)
            }
        }
    }

    /// Sends the request once more if the response says how.
    pub(super) fn retried(
        &mut self,
        core: &mut Core,
        place: &mut Place<'_>,
        delivery: &Delivery,
        response: &Response,
    ) -> bool {
        if self.tries >= AUTHENTICATION_TRIES_MAX {
            return false;
        }
        let again = match response.code.as_u16() {
            401 | 407 => place.authorize(core, delivery, response),
            423 => longer(self.plan.asked_s, response).map(|expires_s| {
                self.plan.asked_s = expires_s;
                place.resend(core, delivery, Change::Expires(expires_s))
            }),
            _ => None,
        };
        let Some(transaction) = again else { return false };
        self.tries += 1;
        self.transaction = Some(transaction);
        if delivery.request.method == Method::Refer {
            self.plan.event = refer_event(place.dialog.local_cseq());
        }
        core.start(self.timer(SubscriptionTimer::N), core.config.timers.patience());
        true
    }

    pub(super) fn taken(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        delivery: &Delivery,
        response: &Response,
    ) -> Life {
        if delivery.request.method == Method::Refer && tells_nothing(response) {
            self.tell(core, SubscriptionEvent::Accepted { id: self.id, expires_s: None });
            return self.end(core, SubscriptionEnd::Untold);
        }
        self.accepted(core, response);
        if self.wish == Wish::Leave {
            self.leave(core, place);
        }
        Life::Kept
    }

    /// Takes a 2xx over: to a refresh, to a REFER, or to the SUBSCRIBE that the attempt sent.
    pub(crate) fn accepted(&mut self, core: &mut Core, response: &Response) {
        let expires_s = granted(response).map(|granted_s| match self.plan.origin {
            Origin::Subscribe => granted_s.min(self.plan.asked_s),
            Origin::Refer => granted_s,
        });
        // RFC 5839: no NOTIFY will come.
        if response.code == StatusCode::NO_NOTIFICATION {
            core.stop(self.timer(SubscriptionTimer::N));
        }
        if self.wish != Wish::Leaving {
            self.tell(core, SubscriptionEvent::Accepted { id: self.id, expires_s });
            // An older NOTIFY may have told a shorter time than this response, never a longer one.
            let asked = (self.plan.origin == Origin::Subscribe).then_some(self.plan.asked_s);
            if let Some(seconds) = expires_s.or(asked) {
                self.holds_for(core, seconds);
            }
        }
    }

    /// A request that made or refreshed the subscription was refused for good (RFC 6665 §4.1.2.2).
    pub(super) fn failed(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        delivery: &Delivery,
        refusal: &Refusal,
    ) -> Life {
        self.transaction = None;
        if delivery.request.method == Method::Refer {
            self.tell(core, refusal.event(self.id));
            return Life::Over;
        }
        if self.wish == Wish::Leaving {
            return self.end(core, SubscriptionEnd::Unsubscribed);
        }
        match refusal.code {
            408 => return self.end(core, SubscriptionEnd::Unanswered),
            code if ends_subscription(code) => return self.end(core, SubscriptionEnd::Refused { code }),
            code => self.tell(core, SubscriptionEvent::RefreshRefused { id: self.id, code }),
        }
        core.stop(self.timer(SubscriptionTimer::N));
        if self.wish == Wish::Leave {
            self.leave(core, place);
        } else if let Some(rest) = self.until.map(|until| until.saturating_duration_since(core.now)) {
            core.start(self.timer(SubscriptionTimer::Refresh), (rest / 2).max(REFUSED_AGAIN));
        }
        Life::Kept
    }
}
