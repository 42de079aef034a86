//! RFC 3665 as scenarios: Alice of `atlanta.example`, Bob of `biloxi.example`, and the proxies of both domains.
//!
//! §3.1 is in `basic_call.rs`.

mod alg;
mod redirect;
mod registrations;
mod two_proxies;
mod unsuccessful;

use std::time::Duration;

use sip_stack::auth::{Account, Authenticator, Subject, User, Verdict};
use sip_stack::message::header::ProxyAuthorization;
use sip_stack::message::{Request, Uri};
use sip_stack::proxy::{Branch, Forward};
use sip_stack::{InviteId, Target, Transport, UaEvent};

use crate::net::{Net, Owner};

pub(crate) const BOB: &str = "sip:bob@biloxi.example";

/// Alice, the proxy of her domain, the proxy and registrar of Bob's, and Bob, who has registered.
pub(crate) fn network() -> Net {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    net.home("biloxi", "192.0.2.20:5060", "biloxi.example");
    let biloxi = Target::new(Transport::Udp, net.address("biloxi"));
    net.proxy("atlanta", "192.0.2.10:5060", "atlanta.example", onward(biloxi));
    net.register("bob", "biloxi", "biloxi.example", Transport::Udp);
    net.take_ladder();
    net
}

/// Sends everything to the next proxy as it is.
fn onward(next: Target) -> Owner {
    Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, request, .. } = event else { return Some(event) };
        let uri: Uri = request.uri.clone();
        endpoint.forward(now, id, Forward::to(Branch::new(uri, next))).unwrap();
        None
    })
}

/// Alice calls Bob by way of her proxy; Bob's id of the call.
pub(crate) fn dial(net: &mut Net) -> InviteId {
    net.call("alice", 1, BOB, "atlanta", Transport::Udp);
    net.incoming("bob")
}

/// Whether a request answers a proxy as Alice.
pub(crate) fn judge(authenticator: &mut Authenticator, request: &Request) -> Verdict {
    let answers: Vec<ProxyAuthorization> = request.headers.typed_all().unwrap();
    let uri = request.uri.to_string();
    let subject = Subject { method: &request.method, uri: &uri, body: &request.body };
    let account = |_: User<'_>| Some(Account { username: "alice".to_owned(), password: "secret".to_owned() });
    authenticator.verify(Duration::ZERO, b"", answers.iter().map(|answer| &answer.0), &subject, account)
}
