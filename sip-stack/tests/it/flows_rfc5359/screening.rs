//! RFC 5359 §2.13 and §2.14: the proxy lets through whom it likes, once it knows who it is.

use std::time::Duration;

use sip_stack::auth::{Authenticator, Nonces, Verdict};
use sip_stack::message::header::ProxyAuthenticate;
use sip_stack::message::{Header, HeaderName, Headers};
use sip_stack::{
    Body, Credentials, EndedBy, Invite, InviteId, NextHop, Reply, Respond, Target, Transport, UaEvent,
};

use crate::call::{OFFER, address, answer, ms, respond};
use crate::flows_rfc3665::judge;
use crate::ladder::assert_ladder;
use crate::net::{Net, Owner};

const BOB: &str = "sip:bob@example.net";
const ANNOUNCEMENT: &str = "<sip:screened@192.0.2.3>";

/// A proxy that refuses whoever proves to be Alice.
fn screening() -> Owner {
    let mut authenticator = Authenticator::new("example.net", Nonces::new([8; 32], Duration::from_secs(60)));
    Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, request, .. } = event else { return Some(event) };
        let verdict = judge(&mut authenticator, &request);
        let (code, headers) = if matches!(verdict, Verdict::Accepted { .. }) {
            (403, vec![Header::new(HeaderName::ErrorInfo, ANNOUNCEMENT)])
        } else {
            let challenges = authenticator.challenges(Duration::ZERO, b"", &verdict);
            (407, challenges.into_iter().map(|it| Header::from_typed(&ProxyAuthenticate(it))).collect())
        };
        endpoint.reply(now, id, Reply { headers, ..Reply::new(code) }).unwrap();
        None
    })
}

fn network() -> Net {
    let mut net = Net::new();
    for (nth, name) in ["alice", "bob", "announcement"].into_iter().enumerate() {
        net.phone(name, &format!("192.0.2.{}:5060", nth + 1));
    }
    net.proxy("proxy", "192.0.2.10:5060", "example.net", screening());
    net
}

/// Alice calls by way of a node.
fn call(net: &mut Net, id: u64, uri: &str, via: &str) {
    let hop: NextHop = Target::new(Transport::Udp, net.address(via)).into();
    let call = Invite::new(uri.parse().unwrap(), hop, address("<sip:alice@example.net>"));
    let credentials = Some(Credentials::password(None, "alice", "secret"));
    let (now, body) = (net.now, Some(Body::sdp(OFFER)));
    net.endpoint("alice").invite(now, InviteId(id), Invite { credentials, body, ..call }).unwrap();
    net.run(ms(100));
}

/// Why Alice's call failed.
fn refusal(net: &mut Net) -> (u16, Headers) {
    let events = net.take_events("alice");
    let [UaEvent::Failed { code, headers, .. }] = events.as_slice() else { panic!("{events:?}") };
    (*code, headers.clone())
}

/// §2.13: Bob takes only calls that the proxy has screened, and who is refused hears why.
#[test]
fn incoming() {
    let mut net = network();
    call(&mut net, 1, BOB, "bob");
    let bob = net.incoming("bob");
    let proxy = Header::new(HeaderName::Contact, "<sip:192.0.2.10;lr>");
    net.respond("bob", bob, Respond { headers: vec![proxy], ..respond(305) });
    let (code, headers) = refusal(&mut net);
    assert_eq!((code, headers.get(&HeaderName::Contact)), (305, Some("<sip:192.0.2.10;lr>")));
    call(&mut net, 2, BOB, "proxy");
    let (code, headers) = refusal(&mut net);
    assert_eq!((code, headers.get(&HeaderName::ErrorInfo)), (403, Some(ANNOUNCEMENT)));
    call(&mut net, 3, address(ANNOUNCEMENT).uri.to_string().as_str(), "announcement");
    let played = net.incoming("announcement");
    net.respond("announcement", played, answer());
    net.hangup("announcement", played);
    let events = net.take_events("alice");
    let [UaEvent::Answered { .. }, UaEvent::Ended { by: EndedBy::Remote, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <305 ACK",
            "alice proxy: INVITE <407 ACK INVITE <403 ACK",
            "alice announcement: INVITE <200 ACK <BYE 200",
        ],
    );
}

/// §2.14
#[test]
fn outgoing() {
    let mut net = network();
    call(&mut net, 1, BOB, "proxy");
    assert_eq!(refusal(&mut net).0, 403);
    assert_ladder(&mut net, &["alice proxy: INVITE <407 ACK INVITE <403 ACK"]);
}
