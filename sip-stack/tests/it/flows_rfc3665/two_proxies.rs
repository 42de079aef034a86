//! RFC 3665 §3.2, §3.3 and §3.7: calls that two proxies carry.

use std::time::Duration;

use sip_stack::auth::{Authenticator, Nonces, Verdict};
use sip_stack::message::Header;
use sip_stack::message::header::ProxyAuthenticate;
use sip_stack::proxy::{Branch, Forward};
use sip_stack::{Body, Credentials, Invite, InviteId, Reply, Target, Transport, UaEvent};

use super::{BOB, dial, judge, network};
use crate::call::{ANSWER, OFFER, answer, invite, respond, s};
use crate::ladder::assert_ladder;
use crate::net::{Net, Owner};

const CALL: InviteId = InviteId(1);

/// §3.2
#[test]
fn a_call_rings_is_answered_and_ended_through_both() {
    let mut net = network();
    let bob = dial(&mut net);
    net.respond("bob", bob, respond(180));
    net.respond("bob", bob, answer());
    net.hangup("bob", bob);
    let ladder: Vec<String> = net.take_ladder().into_iter().filter(|line| !line.ends_with(" 100")).collect();
    let one_way =
        |word: &str| ["alice>atlanta", "atlanta>biloxi", "biloxi>bob"].map(|hop| format!("{hop} {word}"));
    let back =
        |word: &str| ["bob>biloxi", "biloxi>atlanta", "atlanta>alice"].map(|hop| format!("{hop} {word}"));
    let ok_to_bye = ["alice>atlanta 200", "atlanta>biloxi 200", "biloxi>bob 200"].map(str::to_owned);
    let expected =
        [one_way("INVITE"), back("180"), back("200"), one_way("ACK"), back("BYE"), ok_to_bye].concat();
    assert_eq!(ladder, expected);
    assert_eq!(net.events.len(), 5, "{:?}", net.events);
    net.run(s(40));
    assert_eq!((net.endpoint("atlanta").transactions(), net.endpoint("biloxi").transactions()), (0, 0));
}

/// §3.7
#[test]
fn a_new_description_travels_the_recorded_route() {
    let mut net = network();
    let bob = dial(&mut net);
    net.respond("bob", bob, answer());
    let now = net.now;
    net.endpoint("bob").reoffer(now, bob, Body::sdp(OFFER)).unwrap();
    net.run(s(1));
    net.endpoint("alice").answer_reoffer(now + s(1), CALL, 200, Some(Body::sdp(ANSWER))).unwrap();
    net.run(s(1));
    let events = net.take_events("bob");
    assert!(matches!(events.last(), Some(UaEvent::ReofferDone { code: 200, .. })), "{events:?}");
    assert_eq!((net.count("bob", "biloxi", "INVITE"), net.count("atlanta", "alice", "INVITE")), (1, 1));
    assert_eq!(net.last("atlanta", "alice", "INVITE").headers("Via").len(), 3);
}

/// What a proxy does that lets only its own users pass.
fn challenging(realm: &'static str, next: Target) -> Owner {
    let mut authenticator = Authenticator::new(realm, Nonces::new([8; 32], Duration::from_secs(60)));
    Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, request, .. } = event else { return Some(event) };
        let verdict = judge(&mut authenticator, &request);
        if matches!(verdict, Verdict::Accepted { .. }) {
            let forward = Forward::to(Branch::new(request.uri.clone(), next));
            let consumed_realm = Some(realm.to_owned());
            endpoint.forward(now, id, Forward { consumed_realm, ..forward }).unwrap();
            return None;
        }
        let challenges = authenticator.challenges(Duration::ZERO, b"", &verdict);
        let headers = challenges.into_iter().map(|it| Header::from_typed(&ProxyAuthenticate(it)));
        endpoint.reply(now, id, Reply { headers: headers.collect(), ..Reply::new(407) }).unwrap();
        None
    })
}

/// §3.3
#[test]
fn both_proxies_ask_who_it_is() {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    let bob = Target::new(Transport::Udp, net.address("bob"));
    net.proxy("biloxi", "192.0.2.20:5060", "biloxi.example", challenging("biloxi.example", bob));
    let biloxi = Target::new(Transport::Udp, net.address("biloxi"));
    net.proxy("atlanta", "192.0.2.10:5060", "atlanta.example", challenging("atlanta.example", biloxi));
    let of = |realm: &str| Credentials::password(Some(realm.to_owned()), "alice", "secret");
    let call = Invite {
        uri: BOB.parse().unwrap(),
        target: Target::new(Transport::Udp, net.address("atlanta")).into(),
        credentials: Some(of("atlanta.example").and(of("biloxi.example"))),
        ..invite(Transport::Udp)
    };
    let now = net.now;
    net.endpoint("alice").invite(now, CALL, call).unwrap();
    net.run(s(1));
    let bob = net.incoming("bob");
    net.respond("bob", bob, answer());
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Answered { .. }]));
    assert_eq!((net.count("atlanta", "alice", "407"), net.count("alice", "atlanta", "INVITE")), (2, 3));
    assert!(
        !net.last("biloxi", "bob", "INVITE").text.contains("biloxi.example\""),
        "what was for us stays here"
    );
    assert_ladder(
        &mut net,
        &[
            "alice atlanta: INVITE <407 ACK INVITE <407 ACK INVITE <200 ACK",
            "atlanta biloxi: INVITE <407 ACK INVITE <200 ACK",
            "biloxi bob: INVITE <200 ACK",
        ],
    );
}
