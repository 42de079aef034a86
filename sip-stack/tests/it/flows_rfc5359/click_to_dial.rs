//! RFC 5359 §2.18: a click on Bob's PC makes his phone call Carol, and the PC hears no more of it.

use sip_stack::{
    Refer, Referral, SubscriptionEnd, SubscriptionEvent, SubscriptionId, Target, TellMe, Transport, UaEvent,
};

use super::phones::{accept, obey, phones, referral, referred, uri};
use crate::call::{address, answer, ms, respond};
use crate::ladder::assert_ladder;

#[test]
fn a_click_makes_a_phone_call() {
    let mut net = phones(&["pc", "bob", "carol"]);
    let carol = format!("<{}>", uri(&net, "carol"));
    let click = Refer {
        uri: uri(&net, "bob").parse().unwrap(),
        target: Target::new(Transport::Udp, net.address("bob")).into(),
        route: Vec::new(),
        from: address(&format!("<{}>", uri(&net, "pc"))),
        to: address(&format!("<{}>", uri(&net, "bob"))),
        target_dialog: None,
        referral: Referral { tell_me: TellMe::Nothing, ..referral(&net, &carol, "pc") },
        credentials: None,
    };
    let now = net.now;
    net.endpoint("pc").refer(now, SubscriptionId(1), click).unwrap();
    net.run(ms(100));
    let (id, asked) = referred(&mut net, "bob");
    assert_eq!((asked.tell_me, asked.call), (TellMe::Nothing, None));
    accept(&mut net, "bob", id, TellMe::Nothing);
    assert_eq!(net.last("bob", "pc", "200").headers("Refer-Sub"), ["false"]);
    let events = net.take_events("pc");
    let ended = |event: &UaEvent| {
        matches!(event, UaEvent::Subscription(SubscriptionEvent::Ended { end: SubscriptionEnd::Untold, .. }))
    };
    assert!(events.last().is_some_and(ended), "{events:?}");
    obey(&mut net, "bob", 1, asked);
    let carol = net.incoming("carol");
    net.respond("carol", carol, respond(180));
    net.respond("carol", carol, answer());
    assert!(matches!(net.take_events("bob").last(), Some(UaEvent::Answered { .. })));
    // The RFC draws a 202, RFC 4488 §5 itself a 200.
    assert_ladder(&mut net, &["pc bob: REFER <200", "bob carol: INVITE <180 <200 ACK"]);
}
