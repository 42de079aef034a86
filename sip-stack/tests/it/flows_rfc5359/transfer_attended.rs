//! RFC 5359 §2.5: Bob asks Carol first, and Alice's call to Carol takes the place of his.

use sip_stack::event_package::Sipfrag;
use sip_stack::{EndedBy, InviteId, ReplacesWhen, SubscriptionId, TellMe, UaEvent};

use super::phones::{accept, obey, phones, referral, referred, replace, talk, told, turn, uri_replacing};
use crate::call::ms;
use crate::ladder::assert_ladder;

const CALL: InviteId = InviteId(1);
const CONSULTATION: InviteId = InviteId(2);

#[test]
fn attended() {
    let mut net = phones(&["alice", "bob", "carol"]);
    let bob = talk(&mut net, "alice", CALL.0, "bob");
    turn(&mut net, ("bob", bob), ("alice", CALL), "sendonly");
    let carol = talk(&mut net, "bob", CONSULTATION.0, "carol");
    turn(&mut net, ("bob", CONSULTATION), ("carol", carol), "sendonly");

    let replaces = net.endpoint("bob").dialog(CONSULTATION).unwrap().replaces(ReplacesWhen::Always).unwrap();
    let referral = referral(&net, &uri_replacing(&net, "carol", &replaces), "bob");
    let now = net.now;
    net.endpoint("bob").refer_in_call(now, SubscriptionId(1), bob, referral).unwrap();
    net.run(ms(100));
    let (id, asked) = referred(&mut net, "alice");
    accept(&mut net, "alice", id, TellMe::Progress);
    obey(&mut net, "alice", 2, asked);
    replace(&mut net, "carol", carol);

    let now = net.now;
    net.endpoint("alice").refer_progress(now, id, 200, "OK").unwrap();
    net.run(ms(100));
    let ended = net.events.iter().any(|(name, event)| {
        *name == "bob" && matches!(event, UaEvent::Ended { id: CONSULTATION, by: EndedBy::Remote, .. })
    });
    assert!(ended, "{:?}", net.events);
    let (state, body) = told(&mut net, "bob").pop().unwrap();
    let code = Sipfrag::parse(&body.content).unwrap().code().unwrap().as_u16();
    assert_eq!((state.as_str(), code), ("terminated", 200));
    net.hangup("bob", bob);
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <180 <200 ACK <INVITE 200 <ACK",
            "bob carol: INVITE <180 <200 ACK INVITE <200 ACK",
            "alice bob: <REFER 202 NOTIFY <200",
            "alice carol: INVITE <200 ACK",
            "bob carol: <BYE 200",
            "alice bob: NOTIFY <200 <BYE 200",
        ],
    );
    let calls = ["alice", "bob", "carol"].map(|name| net.endpoint(name).calls());
    assert_eq!(calls, [1, 0, 1]);
}
