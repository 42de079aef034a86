//! Automatic redial, RFC 5359 §2.17: Bob is busy, Alice watches his dialogs and calls again when he is free.

use sip_stack::event_package::{Completeness, DialogInfo, DialogStatus, DialogTable, Merged, WatchedDialog};
use sip_stack::message::header::Event;
use sip_stack::{
    Body, Config, Grant, Notify, Package, Services, Subscribe, SubscriptionEvent, SubscriptionId, Transport,
    UaEvent,
};

use crate::call::{CALL, answer, invite, ms, respond};
use crate::pair::{Pair, Side, config};
use crate::subscribe::{WATCH, news, subscribe};

fn dialogs(version: u32, state: Completeness, status: DialogStatus) -> Option<Body> {
    let dialogs = vec![WatchedDialog::new("562623442g3", status)];
    let info = DialogInfo { version, state, entity: "sip:bob@192.0.2.2".to_owned(), dialogs };
    Some(Body { content_type: DialogInfo::CONTENT_TYPE.to_owned(), content: info.to_xml().into() })
}

fn told(pair: &mut Pair, table: &mut DialogTable) -> Vec<Merged> {
    let documents = news(pair, Side::Alice).into_iter().filter_map(|event| {
        let SubscriptionEvent::Notified { body: Some(body), .. } = event else { return None };
        Some(DialogInfo::parse(&body.content).unwrap())
    });
    documents.map(|document| table.merge(document)).collect()
}

fn watched(pair: &mut Pair) -> SubscriptionId {
    let events = pair.take_events(Side::Bob);
    let Some(UaEvent::Subscription(SubscriptionEvent::Requested { id, .. })) = events.last() else {
        panic!("{events:?}")
    };
    *id
}

#[test]
fn who_is_busy_is_called_again_when_free() {
    let package =
        Package { content_type: Some(DialogInfo::CONTENT_TYPE.to_owned()), ..Package::new("dialog") };
    let services = Services { packages: vec![package], ..Services::default() };
    let mut pair = Pair::with(config(Side::Alice), Config { services, ..config(Side::Bob) });
    let call = crate::call::dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, call, respond(486)).unwrap();
    pair.run(ms(100));
    pair.events.clear();

    let watch = Subscribe { event: Event::new("dialog"), ..subscribe(600) };
    pair.alice.subscribe(pair.now, WATCH, watch).unwrap();
    pair.run(ms(100));
    let id = watched(&mut pair);
    let confirmed = dialogs(0, Completeness::Full, DialogStatus::Confirmed);
    pair.bob.accept_subscription(pair.now, id, Grant::active(confirmed)).unwrap();
    pair.run(ms(100));
    let mut table = DialogTable::new();
    assert_eq!(told(&mut pair, &mut table), [Merged::Whole]);
    assert_eq!(table.iter().count(), 1, "still busy");

    let over = dialogs(1, Completeness::Partial, DialogStatus::Terminated);
    pair.bob.notify(pair.now, id, Notify::news(over)).unwrap();
    pair.run(ms(100));
    assert_eq!(told(&mut pair, &mut table), [Merged::Whole]);
    assert_eq!(table.iter().count(), 0, "free");

    pair.take_ladder();
    let call = crate::call::dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, call, answer()).unwrap();
    pair.alice.unsubscribe(pair.now, WATCH).unwrap();
    pair.run(ms(100));
    let ladder = pair.take_ladder();
    assert_eq!(ladder[..2], ["A INVITE", "B 100"]);
    assert!(ladder.contains(&"A SUBSCRIBE".to_owned()) && ladder.contains(&"B NOTIFY".to_owned()));
    assert_eq!((pair.alice.calls(), pair.bob.subscriptions(), CALL.0), (1, 0, 1));
}
