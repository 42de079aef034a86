//! RFC 5359 §2.10 and §2.11: Bob's phone mixes two calls. The `isfocus` of its Contact is not shown here.

use sip_stack::{InviteId, Relation, RelationKind, UaEvent};

use super::phones::{call, phones, related, talk, turn};
use crate::call::{answer, respond};
use crate::ladder::assert_ladder;

const CALL: InviteId = InviteId(1);

/// §2.10
#[test]
fn a_third_party_is_added() {
    let mut net = phones(&["alice", "bob", "carol"]);
    let bob = talk(&mut net, "alice", CALL.0, "bob");
    turn(&mut net, ("bob", bob), ("alice", CALL), "sendrecv");
    talk(&mut net, "bob", 2, "carol");
    assert_ladder(
        &mut net,
        &["alice bob: INVITE <180 <200 ACK <INVITE 200 <ACK", "bob carol: INVITE <180 <200 ACK"],
    );
    assert_eq!(net.endpoint("bob").calls(), 2);
}

/// §2.11: Carol knows the dialog "using some non-SIP means".
#[test]
fn a_third_party_joins() {
    let mut net = phones(&["alice", "bob", "carol"]);
    let bob = talk(&mut net, "alice", CALL.0, "bob");
    let join = net.endpoint("alice").dialog(CALL).unwrap().join().unwrap();
    call(&mut net, "carol", 1, "bob", vec![join]);
    let (second, relation) = related(&mut net, "bob");
    assert_eq!(relation, Relation { kind: RelationKind::Join, call: bob });
    net.respond("bob", second, respond(180));
    turn(&mut net, ("bob", bob), ("alice", CALL), "sendrecv");
    net.respond("bob", second, answer());
    let events = net.take_events("carol");
    assert!(
        matches!(events[..], [UaEvent::Progress { code: 180, .. }, UaEvent::Answered { .. }]),
        "{events:?}"
    );
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <180 <200 ACK",
            "carol bob: INVITE <180",
            "alice bob: <INVITE 200 <ACK",
            "carol bob: <200 ACK",
        ],
    );
    assert_eq!(net.endpoint("bob").calls(), 2, "nobody was replaced");
}
