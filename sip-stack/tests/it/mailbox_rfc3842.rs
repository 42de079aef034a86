//! The flow of RFC 3842 §4: a phone watches its mailbox, in the RFC's own words.

use std::fs;

use sip_stack::event_package::{MessageCounts, MessageSummary};
use sip_stack::{
    Body, Config, Grant, Notify, Package, Services, SubscriptionEnd, SubscriptionEvent, SubscriptionId,
    UaEvent,
};

use crate::lone::{Lone, config, header, to_tag};

/// A message of the RFC, with what it leaves out for want of room.
fn words(number: &str, branch: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/sip-rfc-messages/rfc3842");
    let mut names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = names.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(number)).unwrap();
    let text = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    let via = format!("Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{branch}\nMax-Forwards: 70\nTo:");
    text.replacen("To:", &via, 1)
}

fn summary(new: u32, old: u32) -> Option<Body> {
    let counts = MessageCounts { new, old, new_urgent: Some(1), old_urgent: Some(2) };
    let summary = MessageSummary {
        waiting: true,
        account: Some("sip:alice@vmail.example.com".to_owned()),
        counts: vec![("voice-message".to_owned(), counts)],
        messages: Vec::new(),
    };
    let content_type = MessageSummary::CONTENT_TYPE.to_owned();
    Some(Body { content_type, content: summary.to_string().into() })
}

fn vmail() -> Lone {
    let package = Package {
        content_type: Some(MessageSummary::CONTENT_TYPE.to_owned()),
        expires_max_s: 86_400,
        ..Package::new("message-summary")
    };
    let services = Services { packages: vec![package], ..Services::default() };
    Lone::with(Config { services, ..config() })
}

/// The 200 that the phone sends for a NOTIFY.
fn ok(lone: &mut Lone, notify: &str) {
    lone.hear(&crate::lone::response(200, notify, "", "", ""));
}

fn asked(lone: &mut Lone) -> SubscriptionId {
    let Some(UaEvent::Subscription(SubscriptionEvent::Requested { id, expires_s: 86_400, .. })) =
        lone.events.pop()
    else {
        panic!("{:?}", lone.events)
    };
    id
}

#[test]
fn a_phone_watches_its_mailbox_for_a_day() {
    let mut lone = vmail();
    lone.hear(&words("001", "a1"));
    let id = asked(&mut lone);
    lone.endpoint.accept_subscription(lone.now, id, Grant::active(summary(4, 8))).unwrap();
    lone.drain();
    let (accepted, told) = (lone.sent.remove(0).1, lone.sent.remove(0).1);
    assert!(accepted.starts_with("SIP/2.0 200 OK"), "{accepted}");
    assert_eq!(
        (header(&accepted, "Expires"), header(&accepted, "Allow-Events")),
        ("86400", "message-summary")
    );
    assert!(told.starts_with("NOTIFY sip:alice@alice-phone.example.com SIP/2.0\r\n"), "{told}");
    assert_eq!(header(&told, "Subscription-State"), "active;expires=86400");
    assert_eq!(header(&told, "To"), "<sip:alice@example.com>;tag=78923");
    assert!(told.ends_with("voice-message: 4/8 (1/2)\r\n"), "{told}");
    ok(&mut lone, &told);

    lone.endpoint.notify(lone.now, id, Notify::news(summary(5, 8))).unwrap();
    lone.drain();
    let told = lone.take_one();
    assert!(told.contains("5/8 (1/2)"));
    ok(&mut lone, &told);

    let tag = to_tag(&accepted);
    lone.hear(&words("007", "a2").replace("tag=4442", &format!("tag={tag}")));
    assert!(lone.take_one().starts_with("SIP/2.0 200 OK"));
    lone.endpoint.notify(lone.now, id, Notify::news(summary(5, 8))).unwrap();
    lone.drain();
    let told = lone.take_one();
    ok(&mut lone, &told);

    lone.hear(&words("011", "a3").replace("tag=4442", &format!("tag={tag}")));
    let last = lone.sent.pop().unwrap().1;
    assert_eq!(header(&last, "Subscription-State"), "terminated;reason=timeout");
    ok(&mut lone, &last);
    let Some(UaEvent::Subscription(SubscriptionEvent::Ended { end, .. })) = lone.events.last() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!((end, lone.endpoint.subscriptions()), (&SubscriptionEnd::Unsubscribed, 0));
}
