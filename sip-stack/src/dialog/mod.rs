//! Dialogs (RFC 3261 §12): who, where and which number next.

mod route;

pub(crate) use route::{is_hidden, towards};

use crate::endpoint::core::Core;
use crate::message::header::SessionUuid;
use crate::message::header::{CSeq, Contact, RecordRoute};
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Request, Response, Uri};
use crate::transaction::hop::Hop;
use crate::transaction::incoming::IncomingRequest;
use crate::transport::destination::Destination;
use crate::ua::session_id;

/// What RFC 3261 §8.1.1.6 starts with.
pub(crate) const MAX_FORWARDS: &str = "70";

/// More requests than anybody sends in an early dialog.
const EARLY_REQUESTS_MAX: u32 = 1 << 16;

/// Whether the sequence number of a request is one to act on (RFC 3261 §12.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequence {
    InOrder,
    Stale,
}

/// What a request outside of a dialog needs to reach the device inside of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends<'a> {
    pub(crate) local: &'a str,
    pub(crate) remote: &'a str,
    pub(crate) target: &'a Uri,
    pub(crate) route_set: &'a [NameAddr],
}

/// One peer-to-peer relationship, early or confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    pub(crate) remote_tag: String,
    /// Our From value, tag included.
    local: String,
    /// Our To value, tag included.
    remote: String,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    remote_target: Uri,
    route_set: Vec<NameAddr>,
    /// How the peer was reached, or reached us, when the dialog was made.
    pub(crate) way: Destination,
    contact: String,
    /// The peer's half of the session's name.
    heard: Option<SessionUuid>,
}

impl Dialog {
    /// The dialog that a response to our INVITE makes (RFC 3261 §12.1.2).
    pub(crate) fn of_response(invite: &Request, response: &Response, way: Destination) -> Option<Self> {
        let local = invite.headers.get(&HeaderName::From)?;
        let remote = response.headers.get(&HeaderName::To)?;
        let cseq: CSeq = invite.headers.typed().ok()??;
        let mut route_set = record_route(&response.headers);
        route_set.reverse();
        Some(Self {
            call_id: invite.headers.get(&HeaderName::CallId)?.to_owned(),
            local_tag: tag_of(local).unwrap_or_default(),
            remote_tag: tag_of(remote).unwrap_or_default(),
            local: local.to_owned(),
            remote: remote.to_owned(),
            local_cseq: cseq.number,
            remote_cseq: None,
            remote_target: contact_uri(&response.headers).unwrap_or_else(|| invite.uri.clone()),
            route_set,
            way,
            contact: invite.headers.get(&HeaderName::Contact).unwrap_or_default().to_owned(),
            heard: session_id::heard(&response.headers),
        })
    }

    /// The dialog that our response to an INVITE makes (RFC 3261 §12.1.1).
    pub(crate) fn of_request(incoming: &IncomingRequest, local_tag: &str, contact: &str) -> Option<Self> {
        let headers = &incoming.request.headers;
        let from = headers.get(&HeaderName::From)?;
        Some(Self {
            call_id: incoming.call_id.clone(),
            local_tag: local_tag.to_owned(),
            remote_tag: incoming.from_tag.clone().unwrap_or_default(),
            local: format!("{};tag={local_tag}", headers.get(&HeaderName::To)?),
            remote: from.to_owned(),
            local_cseq: 0,
            remote_cseq: Some(incoming.cseq.number),
            remote_target: contact_uri(headers).or_else(|| from_uri(from))?,
            route_set: record_route(headers),
            way: incoming.hop,
            contact: contact.to_owned(),
            heard: session_id::heard(headers),
        })
    }

    /// The dialog that a NOTIFY makes for the SUBSCRIBE or REFER that provoked it (RFC 6665 §4.4.1).
    pub(crate) fn of_notify(request: &Request, notify: &IncomingRequest) -> Option<Self> {
        let local = request.headers.get(&HeaderName::From)?;
        let remote = notify.request.headers.get(&HeaderName::From)?;
        let cseq: CSeq = request.headers.typed().ok()??;
        Some(Self {
            call_id: notify.call_id.clone(),
            local_tag: tag_of(local).unwrap_or_default(),
            remote_tag: notify.from_tag.clone().unwrap_or_default(),
            local: local.to_owned(),
            remote: remote.to_owned(),
            local_cseq: cseq.number,
            remote_cseq: None,
            remote_target: contact_uri(&notify.request.headers).or_else(|| from_uri(remote))?,
            route_set: record_route(&notify.request.headers),
            way: notify.hop,
            contact: request.headers.get(&HeaderName::Contact).unwrap_or_default().to_owned(),
            heard: session_id::heard(&notify.request.headers),
        })
    }

    /// The first NOTIFY of a subscription, not the 2xx, settles its route set (RFC 6665 §4.4.1).
    pub(crate) fn adopt_route(&mut self, notify: &IncomingRequest) {
        self.route_set = record_route(&notify.request.headers);
    }

    /// A later response of the same fork settles route set and target: the 2xx counts (RFC 3261 §13.2.2.4).
    pub(crate) fn confirm(&mut self, response: &Response) {
        let mut route_set = record_route(&response.headers);
        route_set.reverse();
        self.route_set = route_set;
        self.hear_session(&response.headers);
        self.refresh_target(&response.headers);
    }

    /// Notes what the peer calls the session now (RFC 7989 §8).
    pub(crate) fn hear_session(&mut self, headers: &Headers) {
        self.heard = session_id::heard(headers).or(self.heard);
    }

    /// A target refresh (RFC 3261 §12.2): the Contact of a re-INVITE or UPDATE, or of its 2xx.
    pub(crate) fn refresh_target(&mut self, headers: &Headers) {
        self.hear_session(headers);
        if let Some(uri) = contact_uri(headers) {
            self.remote_target = uri;
        }
    }

    /// Checks and takes over the peer's sequence number.
    pub(crate) fn receive_cseq(&mut self, number: u32) -> Sequence {
        if self.remote_cseq.is_some_and(|last| number < last) {
            return Sequence::Stale;
        }
        self.remote_cseq = Some(number);
        Sequence::InOrder
    }

    /// Our contact, as a header.
    pub(crate) fn contact(&self) -> Header {
        Header::new(HeaderName::Contact, self.contact.as_str())
    }

    /// The last sequence number of ours.
    pub(crate) fn local_cseq(&self) -> u32 {
        self.local_cseq
    }

    /// Where its requests go, and who both sides are.
    pub(crate) fn ends(&self) -> Ends<'_> {
        Ends {
            local: &self.local,
            remote: &self.remote,
            target: &self.remote_target,
            route_set: &self.route_set,
        }
    }

    /// Leaves out the numbers that its early dialog may have used, when that has been forgotten; numbers have to
    /// grow, not to follow each other (RFC 3261 §12.2.2).
    pub(crate) fn skip_early_numbers(&mut self) {
        self.local_cseq = self.local_cseq.wrapping_add(EARLY_REQUESTS_MAX);
    }

    /// The next sequence number of ours.
    pub(crate) fn next_cseq(&mut self) -> u32 {
        self.local_cseq = self.local_cseq.wrapping_add(1);
        self.local_cseq
    }

    /// A request with the next sequence number, and its next hop.
    pub(crate) fn request(&mut self, core: &Core, method: Method) -> (Request, Hop) {
        let number = self.next_cseq();
        self.numbered(core, method, number)
    }

    /// The ACK of the INVITE with this number (RFC 3261 §13.2.2.4).
    pub(crate) fn ack(&self, core: &Core, invite_cseq: u32) -> (Request, Hop) {
        self.numbered(core, Method::Ack, invite_cseq)
    }

    fn numbered(&self, core: &Core, method: Method, number: u32) -> (Request, Hop) {
        let (uri, routes) = request_line(&self.remote_target, &self.route_set);
        let next_hop = self.route_set.first().map_or(&self.remote_target, |route| &route.uri);
        let hop = towards(&core.transport, next_hop, &self.way);
        let mut headers = Headers::new();
        headers.extend(routes.iter().map(|route| Header::new(HeaderName::Route, route.to_string())));
        headers.push(Header::new(HeaderName::MaxForwards, MAX_FORWARDS));
        headers.push(Header::new(HeaderName::From, self.local.as_str()));
        headers.push(Header::new(HeaderName::To, self.remote.as_str()));
        headers.push(Header::new(HeaderName::CallId, self.call_id.as_str()));
        headers.push(Header::from_typed(&CSeq { number, method: method.clone() }));
        headers.push(core.user_agent());
        core.name_session(&mut headers, self.heard);
        (Request::new(method, uri.for_request_line(), headers), hop)
    }
}

/// Request URI and Route: a strict router first in the set swaps places with the target (RFC 3261 §12.2.1.1).
pub(crate) fn request_line(target: &Uri, route_set: &[NameAddr]) -> (Uri, Vec<NameAddr>) {
    match route_set.split_first() {
        Some((first, rest)) if !first.uri.is_loose_router() => {
            let target = NameAddr::new(target.clone());
            (first.uri.clone(), rest.iter().cloned().chain([target]).collect())
        }
        _ => (target.clone(), route_set.to_vec()),
    }
}

fn tag_of(value: &str) -> Option<String> {
    value.parse::<NameAddr>().ok()?.tag().map(str::to_owned)
}

fn from_uri(value: &str) -> Option<Uri> {
    value.parse::<NameAddr>().ok().map(|address| address.uri)
}

fn record_route(headers: &Headers) -> Vec<NameAddr> {
    let routes: Vec<RecordRoute> = headers.typed_all().unwrap_or_default();
    routes.into_iter().map(|route| route.0).collect()
}

/// The address that a Contact names; `*` is none.
pub(crate) fn contact_uri(headers: &Headers) -> Option<Uri> {
    let contact: Contact = headers.typed().ok()??;
    contact.address().map(|address| address.uri.clone())
}
