//! RFC 5359 §2.1: a call is held and taken up again through a proxy that stays on its path.

use sip_stack::{Body, InviteId, UaEvent};

use crate::call::{ANSWER, answer, s};
use crate::proxy::{dial, net};

#[test]
fn held_and_taken_up_again() {
    let mut net = net(&[&["bob"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, answer());
    for direction in ["a=sendonly\r\n", "a=sendrecv\r\n"] {
        let now = net.now;
        net.endpoint("bob").reoffer(now, bob, Body::sdp(format!("v=0\r\n{direction}"))).unwrap();
        net.run(s(1));
        let events = net.take_events("alice");
        let Some(UaEvent::Reoffer { body: Some(offer), .. }) = events.last() else { panic!("{events:?}") };
        assert!(offer.content.ends_with(direction.as_bytes()));
        let now = net.now;
        net.endpoint("alice").answer_reoffer(now, InviteId(1), 200, Some(Body::sdp(ANSWER))).unwrap();
        net.run(s(1));
        let events = net.take_events("bob");
        assert!(matches!(events.last(), Some(UaEvent::ReofferDone { code: 200, .. })), "{events:?}");
    }
}
