//! Subscriptions, publications and REFERs outside of calls find their first hop by name (RFC 3263), as calls do.

use std::time::Duration;

use sip_stack::message::header::Event;
use sip_stack::{
    Body, Config, NextHop, PublicationEvent, PublicationId, Publish, Refer, Referral, Subscribe,
    SubscriptionEnd, SubscriptionEvent, SubscriptionId, TellMe, UaEvent,
};

use crate::call::{address, ms, s};
use crate::lone::{Lone, config, header, response, to_tag};
use crate::resolve_failover::{FIRST, SECOND, THIRD, take_to, with};

const WATCH: SubscriptionId = SubscriptionId(5);
const STATE: PublicationId = PublicationId(4);
const CONTACT: &str = "Contact: <sip:600@192.0.2.12>\nExpires: 600\n";

fn subscribe(target: NextHop) -> Subscribe {
    Subscribe {
        uri: "sip:600@carrier.example".parse().unwrap(),
        target,
        route: Vec::new(),
        from: address("<sip:alice@192.0.2.1>"),
        to: address("<sip:600@carrier.example>"),
        event: Event::new("message-summary"),
        expires_s: 600,
        headers: Vec::new(),
        body: None,
        credentials: None,
    }
}

fn publish(target: NextHop) -> Publish {
    let body = Body { content_type: "application/pidf+xml".to_owned(), content: "open".into() };
    Publish {
        uri: "sip:alice@carrier.example".parse().unwrap(),
        target,
        route: Vec::new(),
        from: address("<sip:alice@carrier.example>"),
        to: address("<sip:alice@carrier.example>"),
        event: Event::new("presence"),
        expires_s: 600,
        headers: Vec::new(),
        body,
        credentials: None,
    }
}

fn watching(config: Config) -> (Lone, String) {
    let mut lone = with(config);
    lone.endpoint.subscribe(lone.now, WATCH, subscribe(NextHop::Resolve)).unwrap();
    lone.drain();
    let first = take_to(&mut lone, FIRST);
    (lone, first)
}

fn notify(to: &str, cseq: u32) -> String {
    format!(
        "NOTIFY sip:alice@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.12;branch=z9hG4bKn{cseq}\n\
         Max-Forwards: 70\nFrom: {};tag=two\nTo: {}\nCall-ID: {}\nCSeq: {cseq} NOTIFY\n\
         Contact: <sip:600@192.0.2.12>\nEvent: message-summary\nSubscription-State: active;expires=600\n\
         Content-Length: 0\n\n",
        header(to, "To"),
        header(to, "From"),
        header(to, "Call-ID"),
    )
}

fn ended(lone: &Lone) -> Option<&SubscriptionEnd> {
    lone.events.iter().find_map(|event| {
        let UaEvent::Subscription(SubscriptionEvent::Ended { end, .. }) = event else { return None };
        Some(end)
    })
}

#[test]
fn a_subscription_goes_on_to_the_next_target_and_lives_there() {
    let (mut lone, first) = watching(config());
    assert_eq!(lone.dns.take_asked()[1], "_sip._udp.carrier.example SRV");
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    let second = take_to(&mut lone, SECOND);
    assert_eq!(header(&first, "Call-ID"), header(&second, "Call-ID"));
    lone.hear_from(SECOND, &response(200, &second, "two", CONTACT, ""));
    lone.hear_from(SECOND, &notify(&second, 1));
    assert!(take_to(&mut lone, SECOND).starts_with("SIP/2.0 200"));
    while lone.sent.is_empty() {
        lone.advance(s(1));
    }
    let refresh = take_to(&mut lone, SECOND);
    assert!(refresh.starts_with("SUBSCRIBE sip:600@192.0.2.12") && to_tag(&refresh) == "two", "{refresh}");
    assert_eq!(ended(&lone), None);
}

#[test]
fn a_notify_that_overtakes_the_answer_of_the_second_target_makes_the_dialog() {
    let (mut lone, first) = watching(config());
    lone.hear_from(FIRST, &response(503, &first, "one", "", ""));
    let second = take_to(&mut lone, SECOND);
    lone.hear_from(SECOND, &notify(&second, 1));
    assert!(take_to(&mut lone, SECOND).starts_with("SIP/2.0 200"));
    lone.hear_from(SECOND, &response(200, &second, "two", CONTACT, ""));
    assert_eq!(lone.endpoint.subscriptions(), 2, "the subscription, and the SUBSCRIBE that may still fork");
    lone.advance(s(40));
    assert_eq!((lone.endpoint.subscriptions(), ended(&lone)), (1, None));
}

#[test]
fn each_silent_target_has_the_time_of_timer_n() {
    let (mut lone, _) = watching(Config { failover_after: Some(s(20)), ..config() });
    lone.advance(s(20));
    lone.sent.retain(|(to, _)| *to != FIRST.parse().unwrap());
    take_to(&mut lone, SECOND);
    lone.advance(s(20));
    lone.sent.retain(|(to, _)| *to == THIRD.parse().unwrap());
    let third = take_to(&mut lone, THIRD);
    assert_eq!(ended(&lone), None);
    lone.hear_from(THIRD, &response(200, &third, "two", CONTACT, ""));
    lone.hear_from(THIRD, &notify(&third, 1));
    lone.advance(s(60));
    assert_eq!((lone.endpoint.subscriptions(), ended(&lone)), (1, None));
}

#[test]
fn a_name_that_leads_nowhere_refuses_the_subscription() {
    let mut lone = Lone::new();
    lone.endpoint.subscribe(lone.now, WATCH, subscribe(NextHop::Resolve)).unwrap();
    lone.drain();
    assert!(lone.sent.is_empty());
    let refused = |event: &UaEvent| {
        matches!(event, UaEvent::Subscription(SubscriptionEvent::Refused { code: 503, synthetic: true, .. }))
    };
    assert!(lone.events.iter().any(refused), "{:?}", lone.events);
    assert_eq!(lone.endpoint.subscriptions(), 0);
}

#[test]
fn a_publication_is_refreshed_where_it_was_taken() {
    let mut lone = with(config());
    lone.endpoint.publish(lone.now, STATE, publish(NextHop::Resolve)).unwrap();
    lone.drain();
    let first = take_to(&mut lone, FIRST);
    lone.hear_from(FIRST, &response(503, &first, "one", "Retry-After: 30\n", ""));
    let second = take_to(&mut lone, SECOND);
    assert!(second.ends_with("open"), "{second}");
    lone.hear_from(SECOND, &response(200, &second, "two", "SIP-ETag: e1\nExpires: 400\n", ""));
    let news: Vec<UaEvent> = std::mem::take(&mut lone.events);
    assert!(
        matches!(&news[..], [UaEvent::Publication(PublicationEvent::Published { etag, .. })] if etag == "e1")
    );
    lone.advance(Duration::from_millis(345_000));
    let refresh = take_to(&mut lone, SECOND);
    assert_eq!(header(&refresh, "SIP-If-Match"), "e1", "the tag is of the second target's making");
}

#[test]
fn a_refer_outside_of_calls_goes_by_the_proxy_that_a_uri_names() {
    let mut lone = with(config());
    let refer = Refer {
        uri: "sip:bob@elsewhere.example".parse().unwrap(),
        target: NextHop::Uri(Box::new("sip:carrier.example".parse().unwrap())),
        route: Vec::new(),
        from: address("<sip:alice@192.0.2.1>"),
        to: address("<sip:bob@elsewhere.example>"),
        target_dialog: None,
        referral: Referral {
            refer_to: address("<sip:carol@192.0.2.3>"),
            referred_by: None,
            tell_me: TellMe::Progress,
            headers: Vec::new(),
            body: None,
        },
        credentials: None,
    };
    lone.endpoint.refer(lone.now, WATCH, refer).unwrap();
    lone.drain();
    let sent = take_to(&mut lone, FIRST);
    assert!(sent.starts_with("REFER sip:bob@elsewhere.example SIP/2.0"), "{sent}");
    assert!(!sent.contains("carrier.example"), "the request does not show the proxy: {sent}");
    lone.advance(ms(10));
}
