//! The log: order, cursors, filters, repetition, and calls that have not ended.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use store::{EventQuery, Store, Topics, Track};

use crate::stores::{NODE, batch, ended, entry, id, of_call, stores};

const WITHIN: Duration = Duration::from_secs(60);

fn query(after: u64, limit: usize) -> EventQuery {
    EventQuery { after, limit, ..EventQuery::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_back_in_their_order_page_by_page() {
    for (name, store) in &stores().await.all {
        assert_eq!(store.head().await, Ok(0), "{name}");
        let cursors = store.append(batch((1..=5).map(|n| entry(n, "call.ringing")).collect())).await.unwrap();
        assert!(cursors.is_sorted() && cursors.len() == 5, "{name}: {cursors:?}");
        assert_eq!(store.head().await, Ok(cursors[4]), "{name}");
        let first = store.events(query(0, 2)).await.unwrap();
        assert_eq!(first.items.iter().map(|event| event.id).collect::<Vec<_>>(), [id(1), id(2)], "{name}");
        assert_eq!(first.next, Some(cursors[1]), "{name}");
        let rest = store.events(query(cursors[1], 3)).await.unwrap();
        let bodies: Vec<_> = rest.items.iter().map(|event| event.body.as_str()).collect();
        assert_eq!(
            (bodies.as_slice(), rest.next),
            (["{\"n\":3}", "{\"n\":4}", "{\"n\":5}"].as_slice(), None)
        );
        assert_eq!(store.events(query(cursors[4], 3)).await.unwrap().items, [], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_names_types_families_and_a_call() {
    for (name, store) in &stores().await.all {
        let live = || Track::Live("{}".to_owned());
        let entries = vec![
            of_call(1, "call.initiated", 7, live()),
            of_call(2, "call.initiated", 8, live()),
            of_call(3, "leg.reconnecting", 7, live()),
            entry(4, "trunk.down"),
            of_call(5, "call.answered", 7, live()),
        ];
        store.append(batch(entries)).await.unwrap();
        let found = async |topics: &[&str], call: Option<u128>| {
            let topics = Topics(topics.iter().map(|&topic| topic.to_owned()).collect());
            let query = EventQuery { after: 0, limit: 9, topics, call: call.map(id) };
            let page = store.events(query).await.unwrap();
            page.items.iter().map(|event| event.at_ms).collect::<Vec<_>>()
        };
        assert_eq!(found(&["call.*"], None).await, [1, 2, 5], "{name}");
        assert_eq!(found(&["trunk.down", "leg.*"], None).await, [3, 4], "{name}");
        assert_eq!(found(&[], Some(7)).await, [1, 3, 5], "{name}");
        assert_eq!(found(&["call.answered"], Some(8)).await, [0_i64; 0], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_written_again_changes_nothing() {
    for (name, store) in &stores().await.all {
        let entries =
            || vec![of_call(1, "call.initiated", 7, Track::Live("{}".to_owned())), ended(2, 7, "ann", "600")];
        let first = store.append(batch(entries())).await.unwrap();
        let mut again = entries();
        again.push(entry(3, "trunk.up"));
        let second = store.append(batch(again)).await.unwrap();
        assert_eq!(first, second[..2], "{name}");
        assert_eq!(store.events(query(0, 9)).await.unwrap().items.len(), 3, "{name}");
        let cdrs = store.cdrs(store::CdrQuery { limit: 9, ..Default::default() }).await.unwrap();
        assert_eq!(cdrs.items.len(), 1, "{name}");
        assert_eq!(store.left(NODE).await.unwrap().calls, Vec::<String>::new(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_have_not_ended_are_left_to_their_node() {
    for (name, store) in &stores().await.all {
        assert_eq!(store.left(NODE).await.unwrap(), store::Left::default(), "{name}");
        let live = |state: &str| Track::Live(state.to_owned());
        let entries = vec![
            of_call(1, "call.initiated", 7, live("seven")),
            of_call(2, "call.initiated", 8, live("eight")),
            of_call(3, "call.answered", 7, live("seven, answered")),
            ended(4, 8, "ann", "600"),
        ];
        store.append(batch(entries)).await.unwrap();
        let left = store.left(NODE).await.unwrap();
        assert_eq!((left.calls, left.alive_ms), (vec!["seven, answered".to_owned()], Some(77)), "{name}");
        assert_eq!(store.left("two").await.unwrap(), store::Left::default(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pruned_is_gone_and_cursors_go_on() {
    for (name, store) in &stores().await.all {
        let cursors = store.append(batch((1..=4).map(|n| entry(n, "trunk.up")).collect())).await.unwrap();
        assert_eq!(store.prune(4).await, Ok(3), "{name}");
        let kept = store.events(query(0, 9)).await.unwrap().items;
        assert_eq!(kept.iter().map(|event| event.cursor).collect::<Vec<_>>(), [cursors[3]], "{name}");
        store.prune(100).await.unwrap();
        let next = store.append(batch(vec![entry(9, "trunk.up")])).await.unwrap();
        assert!(next[0] > cursors[3], "{name}");
    }
}

/// Readers follow cursors, so nobody may ever see a later event without an earlier one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_the_same_time_leave_no_gap_to_a_reader() {
    const WRITERS: u128 = 4;
    const BATCHES: u128 = 20;
    for (name, store) in stores().await.all {
        let store: Arc<dyn Store> = store.into();
        for writer in 1..=WRITERS {
            let store = store.clone();
            tokio::spawn(async move {
                for number in (0..BATCHES).map(|batch| writer * 1000 + batch * 2) {
                    let entries = vec![entry(number, "trunk.up"), entry(number + 1, "trunk.down")];
                    store.append(batch(entries)).await.unwrap();
                }
            });
        }
        let (mut seen, mut after) = (BTreeSet::new(), 0);
        let all = async {
            while seen.len() < usize::try_from(WRITERS * BATCHES * 2).unwrap() {
                let page = store.events(query(after, 7)).await.unwrap();
                after = page.items.last().map_or(after, |event| event.cursor);
                seen.extend(page.items.iter().map(|event| event.id));
            }
        };
        tokio::time::timeout(WITHIN, all).await.unwrap_or_else(|_| panic!("{name}: a reader missed events"));
    }
}
