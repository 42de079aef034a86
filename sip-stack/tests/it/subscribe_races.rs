//! A subscriber against notifiers that answer late, early, twice or not at all.

use sip_stack::message::header::Event;
use sip_stack::{
    Credentials, Retry, Subscribe, SubscriptionEnd, SubscriptionEvent, SubscriptionId, Target, Transport,
    UaEvent,
};

use crate::call::s;
use crate::lone::{Lone, PEER, config, header, request, response};

const ID: SubscriptionId = SubscriptionId(3);
const CHALLENGE: &str =
    "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\n";

fn asking(credentials: Option<Credentials>, expires_s: u32) -> Subscribe {
    Subscribe {
        uri: "sip:peer@192.0.2.9".parse().unwrap(),
        target: Target::new(Transport::Udp, PEER.parse().unwrap()).into(),
        route: Vec::new(),
        from: "<sip:alice@192.0.2.1>".parse().unwrap(),
        to: "<sip:peer@192.0.2.9>".parse().unwrap(),
        event: Event::new("dialog"),
        expires_s,
        headers: Vec::new(),
        body: None,
        credentials,
    }
}

fn subscribed() -> (Lone, String) {
    let mut lone = Lone::new();
    lone.endpoint.subscribe(lone.now, ID, asking(None, 600)).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

/// A NOTIFY for that SUBSCRIBE from the notifier with this tag.
fn notify(sent: &str, cseq: u32, tag: &str, more: &str) -> String {
    let ours = header(sent, "From").split(";tag=").nth(1).unwrap().to_owned();
    let state =
        if more.contains("Subscription-State") { "" } else { "Subscription-State: active;expires=600\n" };
    let event = if more.contains("Event:") { "" } else { "Event: dialog\n" };
    request("NOTIFY", cseq, &format!("{tag}{cseq}"), &ours, &format!("{event}{state}{more}"))
        .replace("peers-call", header(sent, "Call-ID"))
        .replace("tag=peer", &format!("tag={tag}"))
}

fn news(lone: &mut Lone) -> Vec<SubscriptionEvent> {
    let news = |event| {
        let UaEvent::Subscription(news) = event else { return None };
        Some(news)
    };
    std::mem::take(&mut lone.events).into_iter().filter_map(news).collect()
}

#[test]
fn a_notify_may_overtake_the_200() {
    let (mut lone, sent) = subscribed();
    lone.hear(&notify(&sent, 1, "n", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    assert!(matches!(news(&mut lone)[..], [SubscriptionEvent::Notified { id: ID, .. }]));
    lone.hear(&response(200, &sent, "n", "Expires: 300\nContact: <sip:peer@192.0.2.9>\n", ""));
    assert!(matches!(news(&mut lone)[..], [SubscriptionEvent::Accepted { id: ID, expires_s: Some(300) }]));
    lone.advance(s(259));
    let refresh = lone.take_one_retransmitted();
    assert!(refresh.starts_with("SUBSCRIBE sip:peer@192.0.2.9 "), "{refresh}");
    assert!(header(&refresh, "To").ends_with(";tag=n"));
    assert_eq!((header(&refresh, "Expires"), header(&refresh, "CSeq")), ("600", "2 SUBSCRIBE"));
    assert_eq!(header(&refresh, "Event"), "dialog");
}

#[test]
fn a_202_of_the_elders_is_a_200() {
    let (mut lone, sent) = subscribed();
    lone.hear(&response(202, &sent, "n", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
    lone.hear(&notify(&sent, 1, "n", "Subscription-State: pending\n"));
    let told = news(&mut lone);
    assert!(
        matches!(told[..], [SubscriptionEvent::Accepted { .. }, SubscriptionEvent::Notified { .. }]),
        "{told:?}"
    );
}

#[test]
fn each_fork_is_a_subscription_of_its_own_until_timer_n() {
    let (mut lone, sent) = subscribed();
    lone.hear(&response(200, &sent, "a", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
    lone.hear(&notify(&sent, 1, "b", ""));
    lone.hear(&notify(&sent, 1, "a", ""));
    let told = news(&mut lone);
    let [
        SubscriptionEvent::Accepted { id: ID, .. },
        SubscriptionEvent::Forked { id: fork, of: ID },
        SubscriptionEvent::Notified { id: of_b, .. },
        SubscriptionEvent::Notified { id: ID, .. },
    ] = told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert!(fork == of_b && *fork >= SubscriptionId::FIRST_INCOMING);
    lone.take_lines();
    lone.endpoint.unsubscribe(lone.now, *fork).unwrap();
    lone.drain();
    let leaving = lone.take_one();
    assert!(header(&leaving, "To").ends_with(";tag=b"));
    assert_eq!(header(&leaving, "Expires"), "0");
    lone.advance(s(33));
    lone.take_lines();
    lone.hear(&notify(&sent, 1, "c", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "), "too late for a fork");
    assert_eq!(lone.endpoint.subscriptions(), 1);
}

#[test]
fn the_number_of_forks_is_bounded() {
    let mut settings = config();
    settings.limits.forks = 2;
    let mut lone = Lone::with(settings);
    lone.endpoint.subscribe(lone.now, ID, asking(None, 600)).unwrap();
    lone.drain();
    let sent = lone.take_one();
    for tag in ["a", "b", "c"] {
        lone.hear(&notify(&sent, 1, tag, ""));
    }
    assert_eq!(
        lone.take_lines(),
        ["SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 481 Call/Transaction Does Not Exist"]
    );
    assert_eq!(lone.endpoint.counters().limited_forks, 1);
}

#[test]
fn without_a_notify_a_200_is_nothing() {
    let (mut lone, sent) = subscribed();
    lone.hear(&response(200, &sent, "n", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
    lone.advance(s(33));
    let told = news(&mut lone);
    let [_, SubscriptionEvent::Ended { id: ID, end: SubscriptionEnd::Unanswered }] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(lone.endpoint.subscriptions(), 0);
    lone.hear(&notify(&sent, 1, "n", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
}

#[test]
fn the_route_is_that_of_the_notify_and_the_target_moves() {
    let (mut lone, sent) = subscribed();
    let more = "Record-Route: <sip:192.0.2.70;lr>\n";
    lone.hear(&response(200, &sent, "n", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
    lone.hear(&notify(&sent, 1, "n", more));
    lone.hear(&notify(&sent, 2, "n", "").replace("<sip:peer@192.0.2.9>\n", "<sip:peer@192.0.2.80>\n"));
    lone.take_lines();
    lone.endpoint.refresh(lone.now, ID, Some(900), None).unwrap();
    lone.drain();
    let (to, refresh) = lone.sent.remove(0);
    assert_eq!(to, "192.0.2.70:5060".parse().unwrap());
    assert!(refresh.starts_with("SUBSCRIBE sip:peer@192.0.2.80 "), "{refresh}");
    assert_eq!((header(&refresh, "Route"), header(&refresh, "Expires")), ("<sip:192.0.2.70;lr>", "900"));
}

#[test]
fn what_belongs_to_no_subscription_is_refused() {
    let (mut lone, sent) = subscribed();
    lone.hear(&notify(&sent, 1, "n", "Event: presence\n"));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    lone.hear(&notify(&sent, 2, "n", "Event: dialog;id=9\n"));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    lone.hear(&notify(&sent, 5, "n", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    lone.hear(&notify(&sent, 4, "n", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 500 "), "overtaken by a newer one");
    lone.hear(&notify(&sent, 6, "n", "").replace("Subscription-State: active;expires=600\n", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 400 "));
    lone.hear(&notify(&sent, 7, "n", "").replace("Event: dialog\n", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 489 "));
}

#[test]
fn a_challenge_is_answered_outside_and_inside_of_the_dialog() {
    let mut lone = Lone::new();
    let credentials = Credentials::password(Some("x".to_owned()), "alice", "secret");
    lone.endpoint.subscribe(lone.now, ID, asking(Some(credentials), 600)).unwrap();
    lone.drain();
    let first = lone.take_one();
    lone.hear(&response(401, &first, "p", CHALLENGE, ""));
    let sent = lone.take_one();
    assert!(header(&sent, "Authorization").contains("username=\"alice\""));
    lone.hear(&response(200, &sent, "n", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
    lone.hear(&notify(&sent, 1, "n", ""));
    lone.take_lines();
    lone.endpoint.refresh(lone.now, ID, None, None).unwrap();
    lone.drain();
    let refresh = lone.take_one();
    lone.hear(&response(401, &refresh, "", &CHALLENGE.replace("nonce=\"n\"", "nonce=\"m\""), ""));
    let again = lone.take_one();
    assert!(header(&again, "Authorization").contains("nonce=\"m\""), "{again}");
    assert_eq!(header(&again, "CSeq"), "4 SUBSCRIBE");
    lone.hear(&response(200, &again, "", "Expires: 600\n", ""));
    assert!(matches!(news(&mut lone).last(), Some(SubscriptionEvent::Accepted { .. })));
}

#[test]
fn a_refusal_of_the_refresh_ends_it_or_does_not() {
    for (code, ends) in [(481, true), (489, true), (404, true), (500, false), (503, false)] {
        let (mut lone, sent) = subscribed();
        lone.hear(&response(200, &sent, "n", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
        lone.hear(&notify(&sent, 1, "n", ""));
        lone.take_lines();
        news(&mut lone);
        lone.endpoint.refresh(lone.now, ID, None, None).unwrap();
        lone.drain();
        let refresh = lone.take_one();
        lone.hear(&response(code, &refresh, "", "", ""));
        let told = news(&mut lone);
        if ends {
            let end = SubscriptionEnd::Refused { code };
            assert!(
                matches!(&told[..], [SubscriptionEvent::Ended { end: why, .. }] if *why == end),
                "{told:?}"
            );
            continue;
        }
        assert!(matches!(told[..], [SubscriptionEvent::RefreshRefused { .. }]), "{told:?}");
        lone.advance(s(310));
        assert!(lone.take_lines().iter().any(|line| line.starts_with("SUBSCRIBE ")), "it is tried again");
    }
}

#[test]
fn a_subscription_may_be_ended_before_it_began() {
    let (mut lone, sent) = subscribed();
    lone.endpoint.unsubscribe(lone.now, ID).unwrap();
    lone.drain();
    assert!(lone.sent.is_empty(), "there is no dialog to say it in");
    lone.hear(&response(200, &sent, "n", "Expires: 600\nContact: <sip:peer@192.0.2.9>\n", ""));
    let leaving = lone.take_one();
    assert_eq!(header(&leaving, "Expires"), "0");
    lone.hear(&notify(&sent, 1, "n", ""));
    lone.hear(&notify(&sent, 2, "n", "Subscription-State: terminated;reason=timeout\n"));
    let told = news(&mut lone);
    let Some(SubscriptionEvent::Ended { id: ID, end: SubscriptionEnd::Unsubscribed }) = told.last() else {
        panic!("{told:?}")
    };
}

#[test]
fn probation_says_when_to_come_back() {
    let (mut lone, sent) = subscribed();
    lone.hear(&notify(&sent, 1, "n", "Subscription-State: terminated;reason=probation;retry-after=120\n"));
    let told = news(&mut lone);
    let Some(SubscriptionEvent::Ended { end: SubscriptionEnd::Terminated { retry, .. }, .. }) = told.last()
    else {
        panic!("{told:?}")
    };
    assert_eq!(*retry, Retry::After(s(120)));
    lone.hear(&response(200, &sent, "n", "Expires: 600\n", ""));
    assert!(news(&mut lone).iter().all(|event| !matches!(event, SubscriptionEvent::Notified { .. })));
}

#[test]
fn forks_that_come_after_the_end_are_left_and_the_others_stay() {
    let (mut lone, sent) = subscribed();
    lone.hear(&notify(&sent, 1, "a", ""));
    lone.hear(&notify(&sent, 1, "b", ""));
    lone.take_lines();
    lone.endpoint.unsubscribe(lone.now, ID).unwrap();
    lone.drain();
    assert!(header(&lone.take_one(), "To").ends_with(";tag=a"));
    lone.hear(&notify(&sent, 2, "b", ""));
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK"], "a subscription of its own");
    lone.hear(&notify(&sent, 1, "c", ""));
    let left = lone.sent.pop().unwrap().1;
    assert!(header(&left, "To").ends_with(";tag=c") && header(&left, "Expires") == "0", "{left}");
}
