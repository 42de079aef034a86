//! The outbox: each delivery is held by one, tried again, settled, repeated.

use store::{Attempt, Claim, DeliveryState, Due, Store, Verdict};

use crate::stores::{batch, id, stores, told};

fn claim(webhook: &str, now_ms: i64) -> Claim {
    Claim { webhook: webhook.to_owned(), now_ms, until_ms: now_ms + 20, limit: 2 }
}

fn attempt(at_ms: i64, status: Option<u16>) -> Attempt {
    Attempt { at_ms, status, detail: "as it went".to_owned() }
}

async fn ids(store: &dyn Store, webhook: &str, now_ms: i64) -> Vec<uuid::Uuid> {
    let due = store.claim(claim(webhook, now_ms)).await.unwrap();
    due.iter().map(|due| due.delivery.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_claimed_by_one_and_due_again_if_nobody_settles_it() {
    for (name, store) in &stores().await.all {
        let store = store.as_ref();
        store.append(batch(vec![told(1, "a"), told(2, "a"), told(3, "a"), told(4, "b")])).await.unwrap();
        assert_eq!(ids(store, "a", 0).await, [] as [uuid::Uuid; 0], "{name}: none is due yet");
        assert_eq!(ids(store, "a", 10).await, [id(1001), id(1002)], "{name}");
        assert_eq!(ids(store, "a", 10).await, [id(1003)], "{name}");
        assert_eq!(ids(store, "a", 29).await, [] as [uuid::Uuid; 0], "{name}");
        assert_eq!(ids(store, "a", 30).await, [id(1001), id(1002)], "{name}: the claim has ended");
        let b = store.claim(claim("b", 10)).await.unwrap();
        let [Due { event: Some(event), .. }] = b.as_slice() else { panic!("{name}: {b:?}") };
        assert_eq!(event.body, "{\"n\":4}", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_attempt_is_tried_again_and_a_settled_delivery_only_when_asked() {
    for (name, store) in &stores().await.all {
        let store = store.as_ref();
        store.append(batch(vec![told(1, "a")])).await.unwrap();
        assert_eq!(ids(store, "a", 10).await.len(), 1);
        store.settle(id(1001), attempt(10, Some(503)), Verdict::Retry { due_ms: 15 }).await.unwrap();
        assert_eq!(ids(store, "a", 14).await, [] as [uuid::Uuid; 0], "{name}");
        assert_eq!(ids(store, "a", 15).await, [id(1001)], "{name}");
        store.settle(id(1001), attempt(16, Some(200)), Verdict::Delivered).await.unwrap();
        assert_eq!(ids(store, "a", 1000).await, [] as [uuid::Uuid; 0], "{name}");
        let listed = store.deliveries("a", None, 9).await.unwrap();
        let [delivery] = listed.as_slice() else { panic!("{name}: {listed:?}") };
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 2), "{name}");
        assert_eq!(delivery.last, Some(attempt(16, Some(200))), "{name}");
        assert_eq!(store.redeliver("b", id(1001), 20).await, Ok(false), "{name}");
        assert_eq!(store.redeliver("a", id(1001), 20).await, Ok(true), "{name}");
        assert_eq!(ids(store, "a", 20).await, [id(1001)], "{name}");
        store.settle(id(1001), attempt(21, None), Verdict::Failed).await.unwrap();
        let listed = store.deliveries("a", None, 9).await.unwrap();
        assert_eq!((listed[0].state, listed[0].attempts), (DeliveryState::Failed, 3), "{name}");
        store.settle(id(9), attempt(21, None), Verdict::Failed).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_listed_newest_first_and_given_up_together() {
    for (name, store) in &stores().await.all {
        store.append(batch(vec![told(1, "a"), told(2, "a"), told(3, "a"), told(4, "b")])).await.unwrap();
        let listed = store.deliveries("a", None, 2).await.unwrap();
        assert_eq!(listed.iter().map(|d| d.id).collect::<Vec<_>>(), [id(1003), id(1002)], "{name}");
        let rest = store.deliveries("a", Some(id(1002)), 2).await.unwrap();
        assert_eq!(rest.iter().map(|d| d.id).collect::<Vec<_>>(), [id(1001)], "{name}");
        assert_eq!(store.cancel("a").await, Ok(3), "{name}");
        assert_eq!(ids(store.as_ref(), "a", 100).await, [] as [uuid::Uuid; 0], "{name}");
        assert_eq!(ids(store.as_ref(), "b", 100).await, [id(1004)], "{name}");
        store.prune(4).await.unwrap();
        assert_eq!(store.deliveries("a", None, 9).await, Ok(Vec::new()), "{name}");
        assert_eq!(store.deliveries("b", None, 9).await.unwrap().len(), 1, "{name}");
    }
}
