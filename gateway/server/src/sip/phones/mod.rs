//! Phones that register here, and the calls between them: a registrar and a proxy (RFC 3261 §10.3, §16).
//!
//! The endpoint asks about every request outside of calls. One for a domain of ours is answered by the registrar or
//! sent on to where its user registered; anything else is a call for the gateway, as if nobody had been asked.
//! Sound between two phones goes straight from one to the other.

mod access;
mod neighbour;

use std::collections::BTreeMap;
use std::time::Instant;

use sip_stack::message::header::{From as FromHeader, To};
use sip_stack::message::{Host, Method, NameAddr, Request, Uri};
use sip_stack::proxy::{Branch, Forward, ProxyConfig};
use sip_stack::registrar::{
    Aor, BindingEvent, BindingRef, Change, Located, LocationTable, Memory, Registrar, RegistrarConfig,
};
use sip_stack::transport::FlowId;
use sip_stack::{Reply, Source};
use tracing::info;

pub use neighbour::Neighbour;

use crate::config::{Secret, Sip, User};
use crate::rim::StartError;
use access::{Access, Asked};

/// What phones send to a registrar or through a proxy outside of calls.
///
/// CANCEL is not among them: that of an INVITE that is being forwarded goes by its branches without asking, and one whose
/// INVITE is not known (after a restart) would reach the phones under a branch that none of them has seen, and cannot be
/// asked for a password (RFC 3261 §22.1).
const SCREENED: [Method; 9] = [
    Method::Register,
    Method::Invite,
    Method::Message,
    Method::Options,
    Method::Subscribe,
    Method::Notify,
    Method::Publish,
    Method::Refer,
    Method::Info,
];

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum Decision {
    /// It is for the gateway's own user agent.
    Serve,
    /// It is answered here.
    Reply(Reply),
    /// It goes on to these.
    Forward(Box<Forward>),
}

/// The registrar and proxy of the configured domains.
pub struct Phones {
    registrar: Registrar<Memory>,
    access: Access,
    neighbours: Vec<Neighbour>,
    domains: Vec<Host>,
    key: [u8; 32],
}

impl Phones {
    /// `None` if the configuration names no domain.
    ///
    /// # Errors
    /// A domain that is no host name.
    pub fn new(
        settings: &Sip,
        users: &[User],
        key: [u8; 32],
        now: Instant,
    ) -> Result<Option<Self>, StartError> {
        let Some(realm) = settings.domains.first() else { return Ok(None) };
        let spelled = |domain: &String| {
            let advice = || {
                format!("sip.domains: {domain:?} is no host name; write one such as \"phones.example.com\"")
            };
            domain.parse::<Host>().map_err(|_| StartError::new(advice()))
        };
        let domains = settings.domains.iter().map(spelled).collect::<Result<Vec<_>, _>>()?;
        let registrar = Registrar::new(RegistrarConfig::new(domains.clone(), key), Memory::new());
        let access = Access::new(realm, &settings.digest, passwords(users), key, now);
        Ok(Some(Self { registrar, access, neighbours: Vec::new(), domains, key }))
    }

    /// Makes an endpoint ask.
    pub(super) fn configure(&self, config: &mut sip_stack::Config) {
        config.screen = SCREENED.to_vec();
        config.proxy = Some(ProxyConfig::new(self.domains.clone(), self.key));
    }

    /// The trunks as they are now.
    pub(super) fn set_neighbours(&mut self, neighbours: Vec<Neighbour>) {
        self.neighbours = neighbours;
    }

    /// Decides about a request that the endpoint asks about.
    pub(super) fn decide(&mut self, now: Instant, request: &Request, source: Source) -> Decision {
        let decided = if request.method != Method::Register {
            self.pass_on(now, request, source)
        } else if self.registrar.serves(&request.uri) {
            self.register(now, request, source).map(Decision::Reply)
        } else {
            Ok(Decision::Serve)
        };
        decided.unwrap_or_else(Decision::Reply)
    }

    fn register(&mut self, now: Instant, request: &Request, source: Source) -> Result<Reply, Reply> {
        let to = request.headers.typed::<To>().ok().flatten().ok_or_else(|| Reply::new(400))?;
        let aor =
            Aor::of(&to.0.uri).filter(|_| self.registrar.serves(&to.0.uri)).ok_or_else(|| Reply::new(404))?;
        self.access.check(now, Asked::AsRegistrar, aor.user(), request, source)?;
        let registered = self.registrar.register(now, source, request);
        note(&registered.changes);
        self.count();
        Ok(Reply { headers: registered.headers, ..Reply::new(registered.code.as_u16()) })
    }

    fn pass_on(&mut self, now: Instant, request: &Request, source: Source) -> Result<Decision, Reply> {
        let uri = &request.uri;
        let is_for_phones = self.registrar.serves(uri) && uri.user.is_some();
        let neighbour = self.neighbours.iter().find(|neighbour| neighbour.is_meant_by(uri)).cloned();
        if !is_for_phones && (neighbour.is_none() || self.sender_here(request).is_none()) {
            return Ok(Decision::Serve);
        }
        // An ACK cannot be challenged (RFC 3261 §22.1), and asks for nothing.
        if request.method != Method::Ack {
            self.admit(now, request, source)?;
        }
        let mut forward = match neighbour.filter(|_| !is_for_phones) {
            Some(neighbour) => Forward::to(Branch::new(uri.clone(), neighbour.target)),
            None => self.reach(now, uri)?,
        };
        forward.consumed_realm = Some(self.access.realm().to_owned());
        Ok(Decision::Forward(Box::new(forward)))
    }

    /// A sender of a domain of ours proves who it is; a trunk is known by its address; nobody else is let in.
    fn admit(&mut self, now: Instant, request: &Request, source: Source) -> Result<(), Reply> {
        if let Some(user) = self.sender_here(request) {
            return self.access.check(now, Asked::AsProxy, &user, request, source);
        }
        let is_neighbour = self.neighbours.iter().any(|neighbour| neighbour.sends_from(source.remote));
        if is_neighbour { Ok(()) } else { Err(Reply::new(403)) }
    }

    /// The user of ours that the request says it is from.
    fn sender_here(&self, request: &Request) -> Option<String> {
        let FromHeader(NameAddr { uri, .. }) = request.headers.typed().ok()??;
        let aor = Aor::of(&uri).filter(|_| self.registrar.serves(&uri))?;
        Some(aor.user().to_owned())
    }

    fn reach(&self, now: Instant, uri: &Uri) -> Result<Forward, Reply> {
        match self.registrar.locate(now, uri) {
            Located::At(groups) => Ok(Forward::located(&groups)),
            Located::Offline if Aor::of(uri).is_some_and(|aor| self.access.knows(aor.user())) => {
                Err(Reply::new(480))
            }
            Located::Offline | Located::Unknown => Err(Reply::new(404)),
        }
    }

    /// A phone that registered over this stream is not reached by it any more.
    pub(super) fn flow_closed(&mut self, flow: FlowId) {
        note(&self.registrar.flow_closed(flow));
    }

    /// A binding's flow did not lead to its phone.
    pub(super) fn flow_failed(&mut self, binding: &BindingRef) {
        note(&self.registrar.flow_failed(binding));
    }

    /// When the next registration ends.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.registrar.poll_timeout()
    }

    /// Ends what has expired.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        note(&self.registrar.handle_timeout(now));
        self.count();
    }

    fn count(&self) {
        let users = u32::try_from(self.registrar.table().len()).unwrap_or(u32::MAX);
        metrics::gauge!("offhook_sip_registered_users").set(f64::from(users));
    }
}

/// A refresh is nothing new.
fn note(changes: &[Change]) {
    for change in changes.iter().filter(|change| change.event != BindingEvent::Refreshed) {
        info!(user = change.aor.user(), event = change.event.as_str(), "a phone's registration changed");
    }
}

fn passwords(users: &[User]) -> BTreeMap<String, Secret> {
    let with_phone = users.iter().filter_map(|user| {
        let password = user.password.as_ref()?.get_ref().clone();
        Some((user.name.get_ref().clone(), password))
    });
    with_phone.collect()
}
