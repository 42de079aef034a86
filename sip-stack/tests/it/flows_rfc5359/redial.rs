//! RFC 5359 §2.17: Bob is busy, Alice watches his dialogs and calls again when he is free.

use sip_stack::event_package::{DialogInfo, DialogStatus, DialogTable, Merged};
use sip_stack::{DialogName, Notify, SubscriptionEvent, SubscriptionId, UaEvent};

use super::phones::{call, phones, talk, told};
use super::watching::{WATCH, grant, info, subscribe};
use crate::call::{ms, respond};
use crate::ladder::assert_ladder;
use crate::net::Net;

/// How many dialogs Bob has, as Alice is told.
fn dialogs(net: &mut Net, table: &mut DialogTable) -> usize {
    for (_, body) in told(net, "alice") {
        assert_eq!(table.merge(DialogInfo::parse(&body.content).unwrap()), Merged::Whole);
    }
    table.iter().count()
}

fn notify(net: &mut Net, id: SubscriptionId, version: u32, status: DialogStatus, dialog: &DialogName) {
    let (now, body) = (net.now, info(net, "bob", version, status, dialog));
    net.endpoint("bob").notify(now, id, Notify::news(Some(body))).unwrap();
    net.run(ms(100));
}

#[test]
fn who_is_busy_is_called_again_when_free() {
    let mut net = phones(&["alice", "bob"]);
    call(&mut net, "alice", 1, "bob", Vec::new());
    let busy = net.incoming("bob");
    net.respond("bob", busy, respond(486));
    assert!(matches!(net.take_events("alice")[..], [UaEvent::Failed { code: 486, .. }]));

    let [call_id, local_tag, remote_tag] = ["other@192.0.2.2", "b", "c"].map(str::to_owned);
    let other = DialogName { call_id, local_tag, remote_tag };
    let mut table = DialogTable::new();
    let id = subscribe(&mut net, "alice", "bob", 600);
    let body = info(&net, "bob", 0, DialogStatus::Confirmed, &other);
    grant(&mut net, "bob", id, body);
    assert_eq!(dialogs(&mut net, &mut table), 1, "still busy");
    notify(&mut net, id, 1, DialogStatus::Terminated, &other);
    assert_eq!(dialogs(&mut net, &mut table), 0, "free");

    net.take_events("bob");
    let bob = talk(&mut net, "alice", 2, "bob");
    let ours = net.endpoint("bob").dialog(bob).unwrap();
    notify(&mut net, id, 2, DialogStatus::Confirmed, &ours);
    let now = net.now;
    net.endpoint("alice").unsubscribe(now, WATCH).unwrap();
    net.run(ms(100));
    let is_over = |event: &UaEvent| matches!(event, UaEvent::Subscription(SubscriptionEvent::Ended { .. }));
    assert!(net.take_events("alice").iter().any(is_over));
    assert_ladder(
        &mut net,
        &[
            "alice bob: INVITE <486 ACK",
            "alice bob: SUBSCRIBE <200 <NOTIFY 200 <NOTIFY 200",
            "alice bob: INVITE <180 <200 ACK <NOTIFY 200",
            "alice bob: SUBSCRIBE <200 <NOTIFY 200",
        ],
    );
    assert_eq!((net.endpoint("bob").calls(), net.endpoint("bob").subscriptions()), (1, 0));
}
