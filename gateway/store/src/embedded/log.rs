//! The log, and the calls that have not ended.

use std::ops::Bound;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use uuid::Uuid;

use super::tables::{CURSORS, EVENT_IDS, EVENTS, LIVE_CALLS, NODES, next_cursor};
use super::{cdrs, outbox};
use crate::{Batch, Entry, Error, Event, EventQuery, Left, Page, SCAN_MAX, Track};

/// The name of the log's cursor.
const LIST: &str = "events";

pub(super) fn append(transaction: &WriteTransaction, batch: &Batch) -> Result<Vec<u64>, Error> {
    transaction.open_table(NODES)?.insert(batch.node.as_str(), batch.alive_ms)?;
    batch.entries.iter().map(|entry| append_one(transaction, &batch.node, entry)).collect()
}

fn append_one(transaction: &WriteTransaction, node: &str, entry: &Entry) -> Result<u64, Error> {
    let id = entry.id.as_u128();
    let known = transaction.open_table(EVENT_IDS)?.get(id)?.map(|cursor| cursor.value());
    if let Some(cursor) = known {
        return Ok(cursor);
    }
    let cursor = next_cursor(transaction, LIST)?;
    let call = entry.call.map(|call| call.as_u128());
    let row = (id, entry.at_ms, entry.topic.as_str(), call, entry.body.as_str());
    transaction.open_table(EVENTS)?.insert(cursor, row)?;
    transaction.open_table(EVENT_IDS)?.insert(id, cursor)?;
    track(transaction, node, entry)?;
    outbox::add(transaction, cursor, entry)?;
    Ok(cursor)
}

fn track(transaction: &WriteTransaction, node: &str, entry: &Entry) -> Result<(), Error> {
    let Some(call) = entry.call else { return Ok(()) };
    let key = (node, call.as_u128());
    match &entry.track {
        Track::Nothing => {}
        Track::Live(state) => drop(transaction.open_table(LIVE_CALLS)?.insert(key, state.as_str())?),
        Track::Ended(cdr) => {
            transaction.open_table(LIVE_CALLS)?.remove(key)?;
            cdrs::add(transaction, cdr)?;
        }
    }
    Ok(())
}

pub(super) fn head(transaction: &ReadTransaction) -> Result<u64, Error> {
    Ok(transaction.open_table(CURSORS)?.get(LIST)?.map_or(0, |cursor| cursor.value()))
}

pub(super) fn events(transaction: &ReadTransaction, query: &EventQuery) -> Result<Page<Event>, Error> {
    let table = transaction.open_table(EVENTS)?;
    let mut items = Vec::new();
    let mut reached = query.after;
    let behind = (Bound::Excluded(query.after), Bound::Unbounded);
    for (looked_at, row) in table.range::<u64>(behind)?.enumerate() {
        let (cursor, row) = row?;
        let event = event(cursor.value(), row.value());
        let wanted =
            query.topics.contain(&event.topic) && query.call.is_none_or(|call| event.call == Some(call));
        if (wanted && items.len() >= query.limit) || looked_at >= SCAN_MAX {
            return Ok(Page { items, next: Some(reached) });
        }
        reached = event.cursor;
        if wanted {
            items.push(event);
        }
    }
    Ok(Page { items, next: None })
}

pub(super) fn event(cursor: u64, row: (u128, i64, &str, Option<u128>, &str)) -> Event {
    let (id, at_ms, topic, call, body) = row;
    Event {
        cursor,
        id: Uuid::from_u128(id),
        at_ms,
        topic: topic.to_owned(),
        call: call.map(Uuid::from_u128),
        body: body.to_owned(),
    }
}

pub(super) fn left(transaction: &ReadTransaction, node: &str) -> Result<Left, Error> {
    let alive_ms = transaction.open_table(NODES)?.get(node)?.map(|alive| alive.value());
    let mut calls = Vec::new();
    for row in transaction.open_table(LIVE_CALLS)?.range((node, 0)..=(node, u128::MAX))? {
        calls.push(row?.1.value().to_owned());
    }
    Ok(Left { calls, alive_ms })
}

pub(super) fn prune(transaction: &WriteTransaction, before_ms: i64) -> Result<u64, Error> {
    let mut events = transaction.open_table(EVENTS)?;
    let mut ids = transaction.open_table(EVENT_IDS)?;
    let mut pruned = 0;
    loop {
        let Some((cursor, id)) = oldest_before(&events, before_ms)? else { return Ok(pruned) };
        events.remove(cursor)?;
        ids.remove(id)?;
        pruned += 1;
    }
}

fn oldest_before(
    events: &impl ReadableTable<u64, (u128, i64, &'static str, Option<u128>, &'static str)>,
    before_ms: i64,
) -> Result<Option<(u64, u128)>, Error> {
    let Some((cursor, row)) = events.first()? else { return Ok(None) };
    let (id, at_ms, ..) = row.value();
    Ok((at_ms < before_ms).then_some((cursor.value(), id)))
}
