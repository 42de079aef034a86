//! RFC 5359 §2.7 to §2.9 and §2.12: the proxy sends the call elsewhere.

use std::time::Duration;

use sip_stack::UaEvent;
use sip_stack::proxy::{Forward, RecordRouting};

use crate::call::{answer, respond, s};
use crate::proxy::{dial, forwarding, net};

/// §2.7
#[test]
fn unconditionally() {
    let mut net = net(&[&["carol"]]);
    let carol = dial(&mut net, &["carol"])[0];
    net.respond("carol", carol, answer());
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Answered { .. }]));
    assert_eq!(net.last("proxy", "carol", "INVITE").headers("To"), ["<sip:callee@example.net>"]);
}

/// §2.8
#[test]
fn when_busy() {
    let mut net = net(&[&["bob"], &["carol"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(486));
    let carol = net.incoming("carol");
    net.respond("carol", carol, respond(180));
    net.respond("carol", carol, answer());
    assert!(matches!(
        net.take_events("alice").as_slice(),
        [UaEvent::Progress { code: 180, .. }, UaEvent::Answered { .. }]
    ));
    assert_eq!(net.count("proxy", "alice", "486"), 0);
}

/// §2.9: timer C is the proxy's patience.
#[test]
fn when_nobody_answers() {
    let patience = Duration::from_secs(20);
    let mut net = forwarding(&[&["bob"], &["carol"]], move |groups| Forward {
        timer_c: patience,
        record_route: RecordRouting::Leave,
        ..Forward::new(groups)
    });
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(180));
    net.run(s(20));
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Canceled { .. }]));
    let carol = net.incoming("carol");
    net.respond("carol", carol, answer());
    assert!(matches!(net.take_events("alice").last(), Some(UaEvent::Answered { .. })));
    assert_eq!(net.count("alice", "carol", "ACK"), 1, "who leaves the route sees no ACK");
}

/// §2.12: first the desk, then everything at once.
#[test]
fn find_me() {
    let mut net = net(&[&["bob"], &["carol", "dave"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(480));
    let (carol, dave) = (net.incoming("carol"), net.incoming("dave"));
    net.respond("carol", carol, respond(180));
    net.respond("dave", dave, answer());
    assert!(matches!(net.take_events("carol").as_slice(), [UaEvent::Canceled { .. }]));
    assert!(matches!(net.take_events("alice").last(), Some(UaEvent::Answered { .. })));
}
