//! A store in memory does not grow for ever.

use store::{CdrQuery, Embedded, EventQuery, Store};

use crate::stores::{batch, ended, id, told};

const MAX: u128 = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_of_a_store_in_memory_go_first() {
    let store = Embedded::in_memory().unwrap();
    for part in 0..3 {
        let numbers = (part * MAX / 2 + 1)..=(part + 1) * MAX / 2;
        let entry =
            |number| if number % 2 == 0 { ended(number, number, "ann", "600") } else { told(number, "a") };
        store.append(batch(numbers.map(entry).collect())).await.unwrap();
    }
    let events = store.events(EventQuery { limit: usize::MAX, ..EventQuery::default() }).await.unwrap().items;
    assert_eq!(events.len() as u128, MAX);
    assert_eq!(events.first().map(|event| event.id), Some(id(MAX / 2 + 1)));
    let cdrs = store.cdrs(CdrQuery { limit: usize::MAX, ..CdrQuery::default() }).await.unwrap().items;
    assert_eq!(cdrs.len() as u128, MAX * 3 / 4);
    assert_eq!(store.deliveries("a", None, usize::MAX).await.unwrap().len() as u128, MAX * 3 / 4);
}
