//! What the responses to SUBSCRIBE and REFER say (RFC 6665 §4.1.2, RFC 4488 §4).

use super::command::SubscriptionId;
use super::event::SubscriptionEvent;
use crate::message::header::{Expires, MinExpires, ReferSub};
use crate::message::{Headers, Response};

/// An `Expires` that a notifier may ask for at most: a day.
pub(crate) const EXPIRES_MAX_S: u32 = 86_400;

/// A refusal of the peer's, or what stands for none.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) reason: String,
    pub(crate) headers: Headers,
    pub(crate) synthetic: bool,
}

impl Refusal {
    pub(crate) fn event(&self, id: SubscriptionId) -> SubscriptionEvent {
        SubscriptionEvent::Refused {
            id,
            code: self.code,
            reason: self.reason.clone(),
            headers: self.headers.clone(),
            synthetic: self.synthetic,
        }
    }
}

pub(crate) fn synthetic(code: u16, reason: &str) -> Refusal {
    Refusal { code, reason: reason.to_owned(), headers: Headers::new(), synthetic: true }
}

/// The seconds that a 2xx grants.
pub(crate) fn granted(response: &Response) -> Option<u32> {
    response.headers.typed::<Expires>().ok().flatten().map(|expires| expires.0)
}

/// The longer time that a 423 asks for, if it is one to agree to.
pub(crate) fn longer(asked_s: u32, response: &Response) -> Option<u32> {
    let min_s = response.headers.typed::<MinExpires>().ok().flatten()?.0;
    (asked_s.saturating_add(1)..=EXPIRES_MAX_S).contains(&min_s).then_some(min_s)
}

/// Whether the peer took a REFER without a subscription (RFC 4488 §4).
pub(crate) fn tells_nothing(response: &Response) -> bool {
    let refer_sub = response.headers.typed::<ReferSub>().ok().flatten();
    refer_sub.is_some_and(|refer_sub| !refer_sub.subscribes)
}
