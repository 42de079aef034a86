//! Redirections of our first INVITE: 3xx, and where it says to try instead (RFC 3261 §8.1.3.4).
//!
//! ```text
//!              300, 301, 302                   next contact by q
//!   INVITE ------------------> targets grow --------------------> INVITE
//!     A                                            A  |  |
//!     |                  any other refusal, nobody |  |  | 2xx, 6xx, none left
//!     +--------------------------------------------+<-+  V
//!                                                       the owner is told
//! ```

use super::first_invite::first_invite;
use super::leaving::Owner;
use super::{Call, CallTimer, Stage};
use crate::endpoint::core::Core;
use crate::message::header::{CSeq, Contact};
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Response, Uri};
use crate::transaction::hop::Hop;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::command::{Invite, NextHop, Redirects};
use crate::ua::event::UaEvent;
use crate::ua::in_call::InCallEvent;
use crate::ua::user::User;

use super::calling::cseq_of;

/// URIs that one call tries, with the first: whoever redirects may be in a circle of many.
const TARGETS_MAX: usize = 10;

/// Where a call has been and where it may yet go.
#[derive(Debug)]
pub(super) struct Redirection {
    invite: Invite,
    tried: Vec<Uri>,
    /// Best first.
    targets: Vec<Candidate>,
}

#[derive(Debug)]
struct Candidate {
    uri: Uri,
    /// In thousandths.
    q: u32,
}

impl Redirection {
    /// What a call keeps to follow redirections, if its owner wants that.
    pub(super) fn of(invite: &Invite) -> Option<Box<Self>> {
        let tried = vec![invite.uri.for_request_line()];
        let kept = || Invite { credentials: None, ..invite.clone() };
        (invite.options.redirects == Redirects::Follow)
            .then(|| Box::new(Self { invite: kept(), tried, targets: Vec::new() }))
    }

    /// Takes the contacts of a response: the greatest q first, equals in their order, before what is left of others'
    /// with the same q; none twice.
    fn learn(&mut self, headers: &Headers) {
        let contacts: Vec<Contact> = headers.typed_all().unwrap_or_default();
        for address in contacts.iter().filter_map(Contact::address) {
            let uri = address.uri.for_request_line();
            let is_known = self.tried.iter().chain(self.targets.iter().map(|known| &known.uri));
            if !self.may_follow(&uri) || is_known.into_iter().any(|known| known.matches(&uri)) {
                continue;
            }
            if self.tried.len() + self.targets.len() >= TARGETS_MAX {
                return;
            }
            let q = q_of(address);
            let at = self.targets.partition_point(|known| known.q >= q);
            self.targets.insert(at, Candidate { uri, q });
        }
    }

    /// A call by `sips` stays one (RFC 3261 §8.1.3.4); a number without a host leads nowhere.
    fn may_follow(&self, uri: &Uri) -> bool {
        let is_secure = |uri: &Uri| uri.scheme == crate::message::Scheme::Sips;
        uri.is_sip() && (is_secure(uri) || !is_secure(&self.invite.uri))
    }

    /// The next URI and its hop: by the owner's proxy if it named one, else where the URI leads.
    fn next(&mut self, core: &Core, delivery: &Delivery) -> Option<(Uri, Hop)> {
        while !self.targets.is_empty() {
            let uri = self.targets.remove(0).uri;
            self.tried.push(uri.clone());
            if let Some(hop) = self.hop(core, &uri, delivery) {
                return Some((uri, hop));
            }
        }
        None
    }

    fn hop(&self, core: &Core, uri: &Uri, delivery: &Delivery) -> Option<Hop> {
        match (&self.invite.target, self.invite.route.first()) {
            (target, Some(route)) => core.hop(target, route).ok(),
            (target @ NextHop::Uri(_), None) => core.hop(target, uri).ok(),
            (NextHop::Address(_) | NextHop::Resolve, None) => {
                let mut hop = core.hop(&NextHop::Resolve, uri).ok()?;
                if let Hop::Located(locate) = &mut hop {
                    locate.named_by = Some(delivery.way.remote.ip());
                }
                Some(hop)
            }
        }
    }
}

impl Call {
    /// Goes on to the next target, if there is one and the call is wanted; false if its owner is to be told.
    pub(super) fn go_elsewhere(&mut self, core: &mut Core, delivery: &Delivery) -> bool {
        let (id, trust) = (self.id, self.trust);
        let Stage::Calling(calling) = &mut self.stage else { return false };
        let is_wanted = !calling.cancel.is_wanted() && calling.owner == Owner::Waits;
        let Some(redirection) = calling.redirection.as_mut().filter(|_| is_wanted) else { return false };
        let code = match &delivery.outcome {
            Outcome::Response(response) => redirected(redirection, response),
            Outcome::TimedOut => 408,
            Outcome::TransportFailed | Outcome::Unresolved(_) => 503,
        };
        if code >= 600 {
            return false;
        }
        let Some((uri, hop)) = redirection.next(core, delivery) else { return false };
        core.event(UaEvent::InCall(InCallEvent::Redirected { id, code, uri: uri.clone() }));
        let mut invite = Invite { uri, ..redirection.invite.clone() };
        invite.options.trust = trust;
        let mut request = first_invite(core, &invite, &hop.contact(), (&self.key.0, &self.key.1));
        let cseq = CSeq { number: cseq_of(&delivery.request).wrapping_add(1), method: Method::Invite };
        request.headers.set(Header::from_typed(&cseq));
        if let Some(name) = delivery.request.headers.get(&HeaderName::SessionId) {
            request.headers.set(Header::new(HeaderName::SessionId, name));
        }
        calling.begin_again(core);
        calling.tries = 0;
        self.authentication.keep_to_peers();
        if let Some(patience) = core.config.first_response {
            core.start(self.timer(CallTimer::FirstResponse), patience);
        }
        let transaction = core.request(request, hop, User::Invite(id));
        if let Stage::Calling(calling) = &mut self.stage {
            calling.transaction = transaction;
        }
        true
    }
}

/// The code of a refusal, and what it says about other places; of 305 and 380 only the owner can make something.
fn redirected(redirection: &mut Redirection, response: &Response) -> u16 {
    let code = response.code.as_u16();
    if matches!(code, 300..=302) {
        redirection.learn(&response.headers);
    }
    code
}

/// RFC 3261 §20.10: from 0 to 1; without it as good as any.
fn q_of(address: &NameAddr) -> u32 {
    let q = address.params.get("q").and_then(|q| q.parse::<f32>().ok());
    (q.unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0) as u32
}
