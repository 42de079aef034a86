//! Both stores, empty.

use store::{Batch, Embedded, Entry, NewCdr, NewDelivery, Postgres, Store, Track};
use uuid::Uuid;

use crate::{scratch, server};

pub(crate) const NODE: &str = "one";

pub(crate) struct Stores {
    pub(crate) all: Vec<(&'static str, Box<dyn Store>)>,
    _folder: scratch::Scratch,
}

pub(crate) async fn stores() -> Stores {
    let folder = scratch::Scratch::new();
    let file = Embedded::open(folder.path()).unwrap();
    let memory = Embedded::in_memory().unwrap();
    let postgres = Postgres::open(&server::database().await).await.unwrap();
    let all: Vec<(_, Box<dyn Store>)> =
        vec![("file", Box::new(file)), ("memory", Box::new(memory)), ("PostgreSQL", Box::new(postgres))];
    Stores { all, _folder: folder }
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn entry(number: u128, topic: &str) -> Entry {
    Entry {
        id: id(number),
        at_ms: i64::try_from(number).unwrap(),
        topic: topic.to_owned(),
        call: None,
        body: format!("{{\"n\":{number}}}"),
        track: Track::Nothing,
        deliveries: Vec::new(),
    }
}

pub(crate) fn of_call(number: u128, topic: &str, call: u128, track: Track) -> Entry {
    Entry { call: Some(id(call)), track, ..entry(number, topic) }
}

pub(crate) fn told(number: u128, webhook: &str) -> Entry {
    let delivery = NewDelivery { id: id(1000 + number), webhook: webhook.to_owned() };
    Entry { deliveries: vec![delivery], ..entry(number, "call.ringing") }
}

pub(crate) fn ended(number: u128, call: u128, user: &str, to: &str) -> Entry {
    let cdr = NewCdr {
        call: id(call),
        began_ms: i64::try_from(call).unwrap() * 1000,
        user: user.to_owned(),
        from: "+4930111".to_owned(),
        to: to.to_owned(),
        body: format!("{{\"call\":{call}}}"),
    };
    of_call(number, "call.ended", call, Track::Ended(cdr))
}

pub(crate) fn batch(entries: Vec<Entry>) -> Batch {
    Batch { node: NODE.to_owned(), alive_ms: 77, entries }
}
