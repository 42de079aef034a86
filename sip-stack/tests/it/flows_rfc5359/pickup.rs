//! RFC 5359 §2.16: Bob's phone rings, and Bill takes the call at his own.

use sip_stack::event_package::DialogStatus;
use sip_stack::{InviteId, ReplacesWhen, UaEvent};

use super::phones::{call, phones, replace, replacing};
use super::watching::fetch;
use crate::call::{answer, respond};
use crate::ladder::assert_ladder;

const CALL: InviteId = InviteId(1);

#[test]
fn a_ringing_call_is_picked_up_elsewhere() {
    let mut net = phones(&["alice", "bob", "bill"]);
    call(&mut net, "alice", CALL.0, "bob", Vec::new());
    let bob = net.incoming("bob");
    net.respond("bob", bob, respond(180));
    let ringing = net.endpoint("bob").dialog(bob).unwrap();
    let learned = fetch(&mut net, "bill", "bob", DialogStatus::Early, &ringing);
    let replaces = learned.replaces(ReplacesWhen::EarlyOnly).unwrap();
    call(&mut net, "bill", 1, "alice", replacing(replaces));
    let taken = replace(&mut net, "alice", CALL);
    let events = net.take_events("bob");
    assert!(matches!(events.last(), Some(UaEvent::Canceled { reason: Some(_), .. })), "{events:?}");
    let events = net.take_events("bill");
    assert!(matches!(events.last(), Some(UaEvent::Answered { .. })), "{events:?}");
    net.hangup("alice", taken);
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <180",
            "bill bob: SUBSCRIBE <200 <NOTIFY 200",
            "bill alice: INVITE <200 ACK",
            "alice bob: CANCEL <200 <487 ACK",
            "alice bill: BYE <200",
        ],
    );
}

/// "This parameter prevents Alice from accepting the INVITE if Bob has already accepted the INVITE."
#[test]
fn who_is_late_does_not_take_an_answered_call() {
    let mut net = phones(&["alice", "bob", "bill"]);
    call(&mut net, "alice", CALL.0, "bob", Vec::new());
    let bob = net.incoming("bob");
    net.respond("bob", bob, respond(180));
    let ringing = net.endpoint("bob").dialog(bob).unwrap();
    let learned = fetch(&mut net, "bill", "bob", DialogStatus::Early, &ringing);
    net.respond("bob", bob, answer());
    let replaces = learned.replaces(ReplacesWhen::EarlyOnly).unwrap();
    call(&mut net, "bill", 1, "alice", replacing(replaces));
    let events = net.take_events("bill");
    assert!(matches!(events.last(), Some(UaEvent::Failed { code: 486, .. })), "{events:?}");
    assert_eq!((net.endpoint("alice").calls(), net.endpoint("bob").calls()), (1, 1));
}
