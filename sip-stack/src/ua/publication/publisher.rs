//! A publication of ours: RFC 3903 §4.
//!
//! ```text
//!    publish()  +-----------+  200 with SIP-ETag   +-----------+ time to refresh, new state
//!  ------------>|  Initial  |--------------------->| Published |--------------+
//!               +-----------+                      +-----------+              |
//!                 A   | refused                      A       | unpublish()    V
//!                 |   V                              | 200   |         +------------+
//!             412 | +------+    refused, removed     |       |         | Refreshing |
//!                 | | Over |<----------------+       +-------|---------|            |
//!                 | +------+                 |               V         +------------+
//!                 |                          |         +----------+      |      |
//!                 |                          +---------| Removing |      |      | refused
//!                 |                                    +----------+      |      V
//!                 +------------------------------------------------------+     Over
//! ```

use std::time::Duration;

use super::command::{PublicationId, Publish};
use super::event::{PublicationEnd, PublicationEvent};
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::message::header::{CSeq, Expires, MinExpires, RetryAfter, SipEtag, SipIfMatch};
use crate::message::{Header, Method, Response};
use crate::transaction::TransactionId;
use crate::transaction::hop::Hop;
use crate::transaction::table::{Delivery, Outcome};
use crate::transport::destination::Destination;
use crate::ua::authenticate::{AUTHENTICATION_TRIES_MAX, Authentication};
use crate::ua::command::{Body, NextHop};
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::outgoing;
use crate::ua::request::Outgoing;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

/// A refresh happens after three quarters of the granted time, or a little later by chance.
const REFRESH_PERCENT: u64 = 75;
const REFRESH_JITTER_PERCENT: u64 = 10;
/// An `Expires` that a state agent may ask for at most: a day.
const EXPIRES_MAX_S: u32 = 86_400;

/// Whether the publication is still of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Kept,
    Over,
}

/// What waits for the response under way (RFC 3903 §4: one PUBLISH at a time).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Nothing,
    Modify,
    Remove,
}

/// Whether the state agent has the latest state, or gets it with this PUBLISH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// With a body: the first, or a modification.
    State,
    /// Without: only the time.
    Refresh,
    /// With Expires 0.
    Removal,
}

/// One publication.
#[derive(Debug)]
pub(crate) struct Publisher {
    id: PublicationId,
    publish: Publish,
    hop: Hop,
    /// Where the last PUBLISH went.
    way: Destination,
    authentication: Authentication,
    etag: Option<SipEtag>,
    kind: Kind,
    next: Next,
    transaction: Option<TransactionId>,
    tries: u8,
    /// Whether the state agent forgot the state already once for this PUBLISH.
    forgotten: u8,
}

impl Publisher {
    /// Sends the first PUBLISH.
    pub(crate) fn start(core: &mut Core, id: PublicationId, publish: Publish) -> Result<Self, CommandError> {
        headers::check_own(&publish.headers)?;
        let hop = core.hop(&publish.target, publish.route.first().unwrap_or(&publish.uri))?;
        let authentication = Authentication::new(publish.credentials.clone(), &hop);
        let mut publisher = Self {
            id,
            publish,
            way: hop.contact(),
            hop,
            authentication,
            etag: None,
            kind: Kind::State,
            next: Next::Nothing,
            transaction: None,
            tries: 0,
            forgotten: 0,
        };
        publisher.send(core, Kind::State);
        Ok(publisher)
    }

    fn timer(&self) -> TimerKey {
        TimerKey::Publication(self.id)
    }

    /// Publishes another state in the place of the last one.
    pub(crate) fn modify(&mut self, core: &mut Core, body: Body) -> Result<(), CommandError> {
        if self.next == Next::Remove || self.kind == Kind::Removal {
            return Err(CommandError::WrongState);
        }
        self.publish.body = body;
        self.next = Next::Modify;
        self.send_next(core);
        Ok(())
    }

    /// Takes the state back.
    pub(crate) fn remove(&mut self, core: &mut Core) {
        core.stop(self.timer());
        if self.kind != Kind::Removal {
            self.next = Next::Remove;
            self.send_next(core);
        }
    }

    /// Time to refresh.
    pub(crate) fn fire(&mut self, core: &mut Core) {
        if self.transaction.is_none() {
            self.send(core, Kind::Refresh);
        }
    }

    fn send_next(&mut self, core: &mut Core) {
        if self.transaction.is_some() {
            return;
        }
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => {}
            Next::Modify => self.send(core, Kind::State),
            Next::Remove => self.send(core, Kind::Removal),
        }
    }

    fn send(&mut self, core: &mut Core, kind: Kind) {
        core.stop(self.timer());
        (self.kind, self.tries) = (kind, 0);
        let hop = self.next_hop(core);
        let expires_s = if kind == Kind::Removal { 0 } else { self.publish.expires_s };
        let mut own = vec![Header::from_typed(&self.publish.event), Header::from_typed(&Expires(expires_s))];
        own.extend(self.etag.iter().map(|etag| Header::from_typed(&SipIfMatch(etag.0.clone()))));
        own.extend(self.publish.headers.iter().cloned());
        let outgoing = Outgoing {
            method: Method::Publish,
            uri: self.publish.uri.clone(),
            target: self.publish.target.clone(),
            route: self.publish.route.clone(),
            from: self.publish.from.clone(),
            to: self.publish.to.clone(),
            headers: own,
            body: (kind == Kind::State).then(|| self.publish.body.clone()),
            credentials: None,
        };
        let mut request = outgoing::write(core, &outgoing, &self.way);
        self.authentication.anticipate(core, &mut request, &self.way.into());
        self.transaction = Some(core.request(request, hop, User::Publication(self.id)));
    }

    /// A name is looked up each time; whoever took the state last is asked first.
    fn next_hop(&mut self, core: &Core) -> Hop {
        match (&self.hop, &self.publish.target) {
            (Hop::Fixed(_) | Hop::Listed(..), NextHop::Address(target)) => {
                self.way = core.way_to(*target).unwrap_or(self.way);
                Hop::Fixed(self.way)
            }
            (hop, _) => hop.clone(),
        }
    }

    /// Notes what a response says about the state agent.
    pub(crate) fn note(&mut self, core: &mut Core, delivery: &Delivery) {
        self.authentication.note(core, delivery);
    }

    /// What became of a PUBLISH.
    pub(crate) fn outcome(&mut self, core: &mut Core, delivery: &Delivery) -> Life {
        if self.transaction != Some(delivery.transaction) {
            return Life::Kept;
        }
        self.way = delivery.way;
        let response = match &delivery.outcome {
            Outcome::TimedOut => return self.refused(core, synthetic(408, "Request Timeout")),
            Outcome::TransportFailed | Outcome::Unresolved(_) => {
                return self.refused(core, synthetic(503, "Service Unavailable"));
            }
            Outcome::Response(response) => response,
        };
        match response.code.as_u16() {
            ..200 => Life::Kept,
            200..300 => self.published(core, response),
            412 if self.start_again(core) => Life::Kept,
            300.. if self.retried(core, delivery, response) => Life::Kept,
            code => {
                let retry_after_s =
                    response.headers.typed::<RetryAfter>().ok().flatten().map(|after| after.seconds);
                let reason = response.reason.to_string();
                self.refused(core, PublicationEnd::Refused { code, reason, retry_after_s, synthetic: false })
            }
        }
    }

    fn published(&mut self, core: &mut Core, response: &Response) -> Life {
        self.transaction = None;
        self.forgotten = 0;
        if let Hop::Located(locate) = &mut self.hop {
            locate.peer = Some(self.way);
        }
        if self.kind == Kind::Removal {
            return self.end(core, PublicationEnd::Removed);
        }
        // Without a new tag there is nothing to refresh it by: the old one, if it is known, is the best guess.
        self.etag = response.headers.typed::<SipEtag>().ok().flatten().or(self.etag.take());
        let granted = response.headers.typed::<Expires>().ok().flatten();
        let expires_s =
            granted.map_or(self.publish.expires_s, |granted| granted.0.min(self.publish.expires_s));
        let percent = REFRESH_PERCENT + core.random.below(REFRESH_JITTER_PERCENT);
        let refresh = Duration::from_millis(u64::from(expires_s) * 10 * percent).max(Duration::from_secs(1));
        core.start(self.timer(), refresh);
        let etag = self.etag.as_ref().map(|etag| etag.0.to_string()).unwrap_or_default();
        core.event(UaEvent::Publication(PublicationEvent::Published { id: self.id, expires_s, etag }));
        self.send_next(core);
        Life::Kept
    }

    /// The state agent does not know our state any more: what is removed is removed, else it is told all again
    /// (RFC 3903 §4.2). It may forget once, not each time.
    fn start_again(&mut self, core: &mut Core) -> bool {
        if self.etag.take().is_none() || self.forgotten > 0 || self.kind == Kind::Removal {
            return false;
        }
        self.forgotten += 1;
        self.send(core, Kind::State);
        true
    }

    fn retried(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> bool {
        if self.tries >= AUTHENTICATION_TRIES_MAX {
            return false;
        }
        let change = match response.code.as_u16() {
            401 | 407 => self.authentication.answer(core, delivery, response).map(Change::Authorize),
            423 => self.longer(response).map(Change::Expires),
            _ => None,
        };
        let Some(change) = change else { return false };
        let sent = delivery.request.headers.typed::<CSeq>().ok().flatten().map_or(1, |cseq| cseq.number);
        self.tries += 1;
        let user = User::Publication(self.id);
        self.transaction = Some(resend(core, &delivery.request, sent + 1, change, delivery.hop(), user));
        true
    }

    fn longer(&mut self, response: &Response) -> Option<u32> {
        let min_s = response.headers.typed::<MinExpires>().ok().flatten()?.0;
        let is_longer = (self.publish.expires_s.saturating_add(1)..=EXPIRES_MAX_S).contains(&min_s);
        self.publish.expires_s = if is_longer { min_s } else { return None };
        Some(min_s)
    }

    fn refused(&mut self, core: &mut Core, end: PublicationEnd) -> Life {
        let removed = self.kind == Kind::Removal || self.next == Next::Remove;
        self.end(core, if removed { PublicationEnd::Removed } else { end })
    }

    fn end(&self, core: &mut Core, end: PublicationEnd) -> Life {
        core.stop(self.timer());
        core.event(UaEvent::Publication(PublicationEvent::Ended { id: self.id, end }));
        Life::Over
    }
}

fn synthetic(code: u16, reason: &str) -> PublicationEnd {
    PublicationEnd::Refused { code, reason: reason.to_owned(), retry_after_s: None, synthetic: true }
}
