//! RFC 5359 §2.1: a call is held and taken up again through a proxy that stays on its path.

use sip_stack::{EndedBy, InviteId, UaEvent};

use super::phones::turn;
use crate::call::{answer, respond};
use crate::ladder::assert_ladder;
use crate::proxy::{dial, net};

const CALL: InviteId = InviteId(1);

#[test]
fn held_and_taken_up_again() {
    let mut net = net(&[&["bob"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(180));
    net.respond("bob", bob, answer());
    for direction in ["sendonly", "sendrecv"] {
        turn(&mut net, ("bob", bob), ("alice", CALL), direction);
    }
    net.hangup("alice", CALL);
    let events = net.take_events("bob");
    assert!(matches!(events[..], [UaEvent::Ended { by: EndedBy::Remote, .. }]), "{events:?}");
    assert_ladder(
        &mut net,
        &[
            "alice proxy: INVITE <180 <200 ACK <INVITE 200 <ACK <INVITE 200 <ACK BYE <200",
            "proxy bob: INVITE <180 <200 ACK <INVITE 200 <ACK <INVITE 200 <ACK BYE <200",
        ],
    );
}
