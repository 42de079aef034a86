//! RFC 6665: both ends of a subscription.

use sip_stack::message::StatusCode;
use sip_stack::message::header::Event;
use sip_stack::{
    Body, CommandError, Config, Grant, Granted, Notify, NotifyState, Package, Reply, Retry, Services,
    Subscribe, SubscriptionEnd, SubscriptionEvent, SubscriptionId, Target, TerminationReason, Transport,
    UaEvent,
};

use crate::call::{ms, s};
use crate::pair::{Fate, Pair, Side, config};

pub(crate) const WATCH: SubscriptionId = SubscriptionId(5);

pub(crate) fn mailbox(text: &str) -> Option<Body> {
    let content_type = "application/simple-message-summary".to_owned();
    Some(Body { content_type, content: text.to_owned().into() })
}

pub(crate) fn serving(side: Side) -> Config {
    let package = Package {
        content_type: Some("application/simple-message-summary".to_owned()),
        ..Package::new("message-summary")
    };
    Config { services: Services { packages: vec![package], ..Services::default() }, ..config(side) }
}

pub(crate) fn subscribe(expires_s: u32) -> Subscribe {
    Subscribe {
        uri: "sip:bob@192.0.2.2".parse().unwrap(),
        target: Target::new(Transport::Udp, Side::Bob.address()).into(),
        route: Vec::new(),
        from: "<sip:alice@192.0.2.1>".parse().unwrap(),
        to: "<sip:bob@192.0.2.2>".parse().unwrap(),
        event: Event::new("message-summary"),
        expires_s,
        headers: Vec::new(),
        body: None,
        credentials: None,
    }
}

/// The news of subscriptions on one side since the last look.
pub(crate) fn news(pair: &mut Pair, side: Side) -> Vec<SubscriptionEvent> {
    let news = |event| {
        let UaEvent::Subscription(news) = event else { return None };
        Some(news)
    };
    pair.take_events(side).into_iter().filter_map(news).collect()
}

fn asked(pair: &mut Pair) -> (SubscriptionId, u32) {
    let news = news(pair, Side::Bob);
    let [SubscriptionEvent::Requested { id, expires_s, .. }] = news.as_slice() else { panic!("{news:?}") };
    (*id, *expires_s)
}

/// Alice watches Bob's mailbox.
fn watching(expires_s: u32) -> (Pair, SubscriptionId) {
    let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
    pair.alice.subscribe(pair.now, WATCH, subscribe(expires_s)).unwrap();
    pair.run(ms(50));
    let (id, _) = asked(&mut pair);
    pair.bob.accept_subscription(pair.now, id, Grant::active(mailbox("empty"))).unwrap();
    pair.run(ms(100));
    (pair, id)
}

fn bodies(news: &[SubscriptionEvent]) -> Vec<String> {
    let body = |event: &SubscriptionEvent| {
        let SubscriptionEvent::Notified { body: Some(body), .. } = event else { return None };
        Some(String::from_utf8(body.content.to_vec()).unwrap())
    };
    news.iter().filter_map(body).collect()
}

fn end(news: &[SubscriptionEvent]) -> &SubscriptionEnd {
    let Some(SubscriptionEvent::Ended { end, .. }) = news.last() else { panic!("{news:?}") };
    end
}

#[test]
fn a_subscriber_hears_the_state_at_once_and_each_change() {
    let (mut pair, id) = watching(600);
    let first = news(&mut pair, Side::Alice);
    assert!(matches!(first[0], SubscriptionEvent::Accepted { id: WATCH, expires_s: Some(600) }), "{first:?}");
    assert_eq!(bodies(&first), ["empty"]);
    pair.bob.notify(pair.now, id, Notify::news(mailbox("one"))).unwrap();
    pair.bob.notify(pair.now, id, Notify::news(mailbox("two"))).unwrap();
    pair.run(ms(100));
    assert_eq!(bodies(&news(&mut pair, Side::Alice)), ["one", "two"]);
    assert_eq!(
        pair.take_ladder(),
        ["A SUBSCRIBE", "B 200", "B NOTIFY", "A 200", "B NOTIFY", "A 200", "B NOTIFY", "A 200"],
        "one NOTIFY at a time"
    );
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (2, 1), "forks may still come");
    pair.run(s(40));
    assert_eq!(pair.alice.subscriptions(), 1);
}

#[test]
fn a_subscription_is_refreshed_until_it_is_ended() {
    let (mut pair, id) = watching(600);
    news(&mut pair, Side::Alice);
    for _ in 0..3 {
        let begun = pair.now;
        let told = loop {
            pair.run(s(1));
            let told = news(&mut pair, Side::Bob);
            if !told.is_empty() {
                break told;
            }
        };
        assert!((s(449)..s(515)).contains(&(pair.now - begun)), "three quarters, and a little by chance");
        assert!(matches!(told[..], [SubscriptionEvent::Refreshed { expires_s: 600, .. }]), "{told:?}");
        pair.bob.notify(pair.now, id, Notify::news(mailbox("still empty"))).unwrap();
        pair.run(s(1));
        assert_eq!(bodies(&news(&mut pair, Side::Alice)), ["still empty"]);
    }
    pair.alice.unsubscribe(pair.now, WATCH).unwrap();
    pair.run(s(1));
    assert_eq!(*end(&news(&mut pair, Side::Alice)), SubscriptionEnd::Unsubscribed);
    assert_eq!(*end(&news(&mut pair, Side::Bob)), SubscriptionEnd::Unsubscribed);
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
    assert_eq!(pair.alice.refresh(pair.now, WATCH, None, None), Err(CommandError::UnknownId));
}

#[test]
fn nobody_refreshes_and_both_ends_end() {
    let (mut pair, _) = watching(600);
    pair.run(s(1));
    pair.network = Box::new(|_, _, _| Fate::Lose);
    pair.run(s(700));
    let end_of = |pair: &mut Pair, side| end(&news(pair, side)).clone();
    assert_eq!(end_of(&mut pair, Side::Alice), SubscriptionEnd::Unanswered);
    assert_eq!(end_of(&mut pair, Side::Bob), SubscriptionEnd::Unanswered, "its last NOTIFY was lost too");
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
    assert_eq!((pair.alice.transactions(), pair.bob.transactions()), (0, 0));
}

#[test]
fn the_notifier_says_that_time_is_over() {
    let (mut pair, _) = watching(100);
    pair.run(s(1));
    pair.network = Box::new(|from, seen, _| match (from, seen.word()) {
        (Side::Alice, "SUBSCRIBE") => Fate::Lose,
        _ => Fate::Deliver,
    });
    pair.run(s(105));
    let told = news(&mut pair, Side::Alice);
    let timeout =
        SubscriptionEnd::Terminated { reason: Some(TerminationReason::Timeout), retry: Retry::AtWill };
    assert_eq!(*end(&told), timeout);
    assert_eq!(*end(&news(&mut pair, Side::Bob)), SubscriptionEnd::Expired);
}

#[test]
fn expires_0_fetches_the_state_once() {
    let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
    pair.alice.subscribe(pair.now, WATCH, subscribe(0)).unwrap();
    pair.run(ms(50));
    let (id, expires_s) = asked(&mut pair);
    assert_eq!(expires_s, 0);
    pair.bob.accept_subscription(pair.now, id, Grant::active(mailbox("three"))).unwrap();
    pair.run(ms(100));
    let told = news(&mut pair, Side::Alice);
    assert_eq!(bodies(&told), ["three"]);
    assert!(matches!(
        end(&told),
        SubscriptionEnd::Terminated { reason: Some(TerminationReason::Timeout), .. }
    ));
    assert_eq!(pair.bob.subscriptions(), 0);
}

#[test]
fn too_brief_an_interval_is_asked_for_again_and_a_long_one_cut() {
    let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
    pair.alice.subscribe(pair.now, WATCH, subscribe(10)).unwrap();
    pair.run(ms(100));
    assert_eq!(asked(&mut pair).1, 60, "Min-Expires of the 423");
    assert_eq!(pair.take_ladder(), ["A SUBSCRIBE", "B 423", "A SUBSCRIBE"]);
    let again = SubscriptionId(6);
    pair.alice.subscribe(pair.now, again, subscribe(100_000)).unwrap();
    pair.run(ms(100));
    let (id, expires_s) = asked(&mut pair);
    assert_eq!(expires_s, 3600);
    let short = Grant { expires_s: Some(90), ..Grant::active(None) };
    pair.bob.accept_subscription(pair.now, id, short).unwrap();
    pair.run(ms(100));
    let told = news(&mut pair, Side::Alice);
    assert!(matches!(told[0], SubscriptionEvent::Accepted { expires_s: Some(90), .. }), "{told:?}");
}

#[test]
fn what_is_not_served_is_refused_and_named() {
    let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
    let other = Subscribe { event: Event::new("presence"), ..subscribe(600) };
    pair.alice.subscribe(pair.now, WATCH, other).unwrap();
    pair.run(ms(100));
    let told = news(&mut pair, Side::Alice);
    let [SubscriptionEvent::Refused { code: 489, headers, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(headers.get(&sip_stack::message::HeaderName::AllowEvents), Some("message-summary"));
    let deaf = sip_stack::message::Header::new(sip_stack::message::HeaderName::Accept, "text/plain");
    let deaf = Subscribe { headers: vec![deaf], ..subscribe(600) };
    pair.alice.subscribe(pair.now, WATCH, deaf).unwrap();
    pair.run(ms(100));
    let told = news(&mut pair, Side::Alice);
    assert!(matches!(told[..], [SubscriptionEvent::Refused { code: 406, .. }]), "{told:?}");
    pair.bob
        .subscribe(
            pair.now,
            WATCH,
            Subscribe { target: Target::new(Transport::Udp, Side::Alice.address()).into(), ..subscribe(9) },
        )
        .unwrap();
    pair.run(ms(100));
    let told = news(&mut pair, Side::Bob);
    assert!(matches!(told[..], [SubscriptionEvent::Refused { code: 405, .. }]), "{told:?}");
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
}

#[test]
fn a_decision_may_come_later() {
    let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
    pair.alice.subscribe(pair.now, WATCH, subscribe(600)).unwrap();
    pair.run(ms(50));
    let (id, _) = asked(&mut pair);
    let pending = Grant { state: Granted::Pending, ..Grant::active(None) };
    pair.bob.accept_subscription(pair.now, id, pending).unwrap();
    pair.run(s(5));
    let state = NotifyState::Now(Granted::Active);
    pair.bob.notify(pair.now, id, Notify { state, ..Notify::news(mailbox("yours")) }).unwrap();
    pair.run(s(5));
    pair.bob.notify(pair.now, id, Notify::last(TerminationReason::Rejected, None)).unwrap();
    pair.run(s(5));
    let told = news(&mut pair, Side::Alice);
    let words: Vec<_> = told
        .iter()
        .filter_map(|event| {
            let SubscriptionEvent::Notified { state, .. } = event else { return None };
            Some(state.word.to_string())
        })
        .collect();
    assert_eq!(words, ["pending", "active", "terminated"]);
    let rejected =
        SubscriptionEnd::Terminated { reason: Some(TerminationReason::Rejected), retry: Retry::Never };
    assert_eq!(*end(&told), rejected);
    assert_eq!(*end(&news(&mut pair, Side::Bob)), SubscriptionEnd::Closed);
}

#[test]
fn the_owner_may_refuse_or_forget() {
    let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
    pair.alice.subscribe(pair.now, WATCH, subscribe(600)).unwrap();
    pair.run(ms(50));
    let (id, _) = asked(&mut pair);
    assert_eq!(pair.bob.notify(pair.now, id, Notify::news(None)), Err(CommandError::WrongState));
    pair.bob.refuse_subscription(pair.now, id, Reply::new(StatusCode::FORBIDDEN.as_u16())).unwrap();
    pair.run(ms(100));
    assert!(matches!(news(&mut pair, Side::Alice)[..], [SubscriptionEvent::Refused { code: 403, .. }]));
    pair.alice.subscribe(pair.now, WATCH, subscribe(600)).unwrap();
    pair.run(s(40));
    let told = news(&mut pair, Side::Alice);
    assert!(matches!(told[..], [SubscriptionEvent::Refused { code: 408, synthetic: true, .. }]), "{told:?}");
    assert_eq!(*end(&news(&mut pair, Side::Bob)), SubscriptionEnd::Declined);
    assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0));
    assert_eq!((pair.alice.transactions(), pair.bob.transactions()), (0, 0));
}

#[test]
fn a_subscriber_that_is_gone_is_not_told_again() {
    let (mut pair, id) = watching(600);
    pair.run(s(40));
    pair.alice = sip_stack::Endpoint::new(config(Side::Alice), [9; 32], pair.now);
    pair.bob.notify(pair.now, id, Notify::news(mailbox("one"))).unwrap();
    pair.run(s(1));
    assert_eq!(*end(&news(&mut pair, Side::Bob)), SubscriptionEnd::Refused { code: 481 });
    assert_eq!(pair.bob.subscriptions(), 0);
}

#[test]
fn an_ended_subscription_and_a_refresh_may_cross() {
    let (mut pair, id) = watching(600);
    pair.run(s(1));
    news(&mut pair, Side::Alice);
    pair.alice.refresh(pair.now, WATCH, None, None).unwrap();
    pair.bob.notify(pair.now, id, Notify::last(TerminationReason::Deactivated, None)).unwrap();
    pair.run(s(1));
    let told = news(&mut pair, Side::Alice);
    let moved =
        SubscriptionEnd::Terminated { reason: Some(TerminationReason::Deactivated), retry: Retry::Now };
    assert_eq!(*end(&told), moved, "the 481 comes too late to matter");
    assert_eq!(told.iter().filter(|event| matches!(event, SubscriptionEvent::Ended { .. })).count(), 1);
}

#[test]
fn the_number_of_subscriptions_is_bounded() {
    let mut bob = serving(Side::Bob);
    bob.limits.subscriptions = 2;
    let mut pair = Pair::with(config(Side::Alice), bob);
    for id in 1..=3 {
        pair.alice.subscribe(pair.now, SubscriptionId(id), subscribe(600)).unwrap();
        pair.run(ms(50));
    }
    let told = news(&mut pair, Side::Alice);
    assert!(matches!(told[..], [SubscriptionEvent::Refused { code: 503, .. }]), "{told:?}");
    assert_eq!(pair.bob.counters().limited_subscriptions, 1);
}

#[test]
fn a_lossy_network_ends_in_the_same_place() {
    for seed in 0..20_u64 {
        let mut pair = Pair::with(config(Side::Alice), serving(Side::Bob));
        let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        pair.network = Box::new(move |_, _, _| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match (chance >> 33) % 4 {
                0 => Fate::Lose,
                1 => Fate::Twice,
                2 => Fate::After(ms((chance >> 40) % 700)),
                _ => Fate::Deliver,
            }
        });
        pair.alice.subscribe(pair.now, WATCH, subscribe(600)).unwrap();
        pair.run(s(10));
        let (id, _) = asked(&mut pair);
        pair.bob.accept_subscription(pair.now, id, Grant::active(mailbox("1"))).unwrap();
        for text in ["2", "3"] {
            pair.bob.notify(pair.now, id, Notify::news(mailbox(text))).unwrap();
        }
        pair.run(s(60));
        assert_eq!(bodies(&news(&mut pair, Side::Alice)), ["1", "2", "3"], "seed {seed}");
        pair.alice.unsubscribe(pair.now, WATCH).unwrap();
        pair.run(s(80));
        assert_eq!((pair.alice.subscriptions(), pair.bob.subscriptions()), (0, 0), "seed {seed}");
        assert_eq!((pair.alice.transactions(), pair.bob.transactions()), (0, 0), "seed {seed}");
    }
}
