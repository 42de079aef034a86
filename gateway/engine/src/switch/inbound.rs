//! Calls that trunks bring: whose they are, or why they are refused.

use bytes::Bytes;
use sip_stack::message::header::{From, PAssertedIdentity};
use sip_stack::message::{HeaderName, NameAddr, Request};
use sip_stack::{Body, InviteId, Source};

use super::io::{Output, SipCommand};
use super::{Switch, routing};
use crate::call::{Call, Direction, Invitation, Origin};
use crate::cause::Cause;
use crate::directory::Trunk;
use crate::ids::UserId;
use crate::leg::sip;
use crate::moment::Moment;
use crate::number::Destination;
use crate::route::RouteRequest;

/// Characters of a stranger's name that are passed on.
const NAME_CHARS_MAX: usize = 128;

/// A trunk's call that may ring.
struct Accepted {
    trunk: Trunk,
    origin: Origin,
    offer: Option<Bytes>,
}

impl Switch {
    /// A trunk calls.
    pub(super) fn on_incoming(&mut self, now: Moment, invite: InviteId, request: Request, source: Source) {
        match self.accept_incoming(now, request, source) {
            Ok(accepted) => self.ring(now, invite, accepted, source),
            Err(cause) => self.outputs.push_back(Output::Sip(sip::hangup(invite, cause))),
        }
    }

    fn ring(&mut self, now: Moment, invite: InviteId, accepted: Accepted, source: Source) {
        let Accepted { trunk, origin, offer } = accepted;
        let id = origin.id;
        let mut context = self.context(now);
        let mut call = Call::new(&mut context, origin);
        let invitation = Invitation { invite, trunk: &trunk, peer: source.remote.ip(), offer };
        call.invite_from(&mut context, invitation);
        self.insert(call);
        self.settle(id);
    }

    fn accept_incoming(&mut self, now: Moment, request: Request, source: Source) -> Result<Accepted, Cause> {
        let trunk = self.directory.trunk_at(source.remote).ok_or(Cause::Forbidden)?.clone();
        if self.draining {
            return Err(Cause::GatewayRestart);
        }
        let called = request.uri.user_decoded().unwrap_or_default().into_owned();
        let (from, from_name) = caller(&request);
        let (id, headers, language) =
            (self.ids.call(now), self.headers_for_routes(&request), routing::language(&request));
        let asked = RouteRequest {
            number: &called,
            caller: Some(&from),
            user: None,
            source: Some(&trunk.id),
            headers: &headers,
            language: language.as_deref(),
            call: id,
            at: now.wall,
        };
        let user = self.user_for(&trunk, &asked, &called).ok_or(Cause::NotFound)?;
        self.admit_inbound(&trunk, &user)?;
        let origin = Origin { id, direction: Direction::Inbound, user, from, from_name, to: called };
        Ok(Accepted { trunk, origin, offer: offer(&request) })
    }

    fn admit_inbound(&self, trunk: &Trunk, user: &UserId) -> Result<(), Cause> {
        let trunk_full = trunk.calls_max.is_some_and(|max| self.index.trunk_legs(&trunk.id) >= max);
        if trunk_full || self.calls.len() >= self.config.limits.node as usize {
            return Err(Cause::LimitReached);
        }
        // One user's limit is that user's business: the caller hears a busy line.
        self.admit_load(user).map_err(|_| Cause::Busy)
    }
}

fn offer(request: &Request) -> Option<Bytes> {
    let content_type = request.headers.get(&HeaderName::ContentType)?.to_owned();
    sip::sdp(Body { content_type, content: request.body.clone() })
}

/// The caller's number or address, and name: as the trunk asserts it (RFC 3325), else as the caller says.
fn caller(request: &Request) -> (String, Option<String>) {
    let asserted = request.headers.typed::<PAssertedIdentity>().ok().flatten().map(|header| header.0);
    let said = || request.headers.typed::<From>().ok().flatten().map(|header| header.0);
    let Some(address) = asserted.or_else(said) else { return ("anonymous".to_owned(), None) };
    let name = address.display.as_deref().map(|name| name.chars().take(NAME_CHARS_MAX).collect());
    (number(&address), name)
}

fn number(address: &NameAddr) -> String {
    let user = address.uri.user_decoded().unwrap_or_default();
    match Destination::parse(&user) {
        Ok(Destination::Number(number)) => number,
        Ok(Destination::Uri(_)) | Err(_) => {
            let mut bare = address.uri.clone();
            bare.params = Default::default();
            bare.headers.clear();
            bare.to_string().chars().take(NAME_CHARS_MAX * 2).collect()
        }
    }
}

/// Ends an INVITE that no call knows.
pub(super) fn end_stray(invite: InviteId) -> SipCommand {
    sip::hangup(invite, Cause::Normal)
}
