//! RFC 5359 §2.4: Alice sends Bob, who called her, to Carol without asking Carol first.

use sip_stack::event_package::Sipfrag;
use sip_stack::{EndedBy, InviteId, SubscriptionId, TellMe, UaEvent};

use super::phones::{accept, obey, phones, referral, referred, talk, told, uri};
use crate::call::{answer, ms, respond};
use crate::ladder::assert_ladder;
use crate::net::Net;

const CALL: InviteId = InviteId(1);
const TRANSFER: SubscriptionId = SubscriptionId(1);

/// F1 to F10: Alice asks Bob to call Carol and leaves.
fn transferred(net: &mut Net) -> SubscriptionId {
    let alice = talk(net, "bob", CALL.0, "alice");
    let (now, carol) = (net.now, format!("<{}>", uri(net, "carol")));
    let referral = referral(net, &carol, "alice");
    net.endpoint("alice").refer_in_call(now, TRANSFER, alice, referral).unwrap();
    net.run(ms(100));
    let (id, asked) = referred(net, "bob");
    assert_eq!(asked.call, Some(CALL));
    accept(net, "bob", id, TellMe::Progress);
    net.hangup("alice", alice);
    let events = net.take_events("bob");
    assert!(matches!(events[..], [UaEvent::Ended { id: CALL, by: EndedBy::Remote, .. }]), "{events:?}");
    obey(net, "bob", 2, asked);
    id
}

/// What Alice was told of the transfer.
fn outcome(net: &mut Net) -> Vec<(String, u16)> {
    let code = |content: &[u8]| Sipfrag::parse(content).unwrap().code().unwrap().as_u16();
    told(net, "alice").into_iter().map(|(state, body)| (state, code(&body.content))).collect()
}

#[test]
fn unattended() {
    let mut net = phones(&["alice", "bob", "carol"]);
    let id = transferred(&mut net);
    let by = net.last("bob", "carol", "INVITE").headers("Referred-By").join(" ");
    assert_eq!(by, "<sip:alice@192.0.2.1:5060>");
    let carol = net.incoming("carol");
    net.respond("carol", carol, respond(180));
    net.respond("carol", carol, answer());
    let now = net.now;
    net.endpoint("bob").refer_progress(now, id, 200, "OK").unwrap();
    net.run(ms(100));
    assert_eq!(outcome(&mut net), [("active".to_owned(), 100), ("terminated".to_owned(), 200)]);
    assert_ladder(
        &mut net,
        &[
            "alice bob: <INVITE 180 200 <ACK REFER <202 <NOTIFY 200 BYE <200",
            "bob carol: INVITE <180 <200 ACK",
            "alice bob: <NOTIFY 200",
        ],
    );
    let calls = ["alice", "bob", "carol"].map(|name| net.endpoint(name).calls());
    assert_eq!(calls, [0, 1, 1]);
}

/// "If the transfer fails, Bob can send a new INVITE back to Alice."
#[test]
fn unattended_and_in_vain() {
    let mut net = phones(&["alice", "bob", "carol"]);
    let id = transferred(&mut net);
    let carol = net.incoming("carol");
    net.respond("carol", carol, respond(486));
    let events = net.take_events("bob");
    assert!(matches!(events.last(), Some(UaEvent::Failed { code: 486, .. })), "{events:?}");
    let now = net.now;
    net.endpoint("bob").refer_progress(now, id, 486, "Busy Here").unwrap();
    net.run(ms(100));
    assert_eq!(outcome(&mut net).last(), Some(&("terminated".to_owned(), 486)));
    net.take_events("bob");
    talk(&mut net, "bob", 3, "alice");
}
