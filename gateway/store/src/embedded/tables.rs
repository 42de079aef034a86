//! The tables. Ids are UUIDs as 128-bit numbers, times milliseconds since 1970.

use redb::{CommitError, ReadableTable, StorageError, TableDefinition, TableError, WriteTransaction};

use crate::Error;

/// Cursor -> id, at, topic, call, JSON.
pub(super) const EVENTS: TableDefinition<u64, (u128, i64, &str, Option<u128>, &str)> =
    TableDefinition::new("events");
/// Id -> cursor.
pub(super) const EVENT_IDS: TableDefinition<u128, u64> = TableDefinition::new("event_ids");
/// Node, call -> JSON.
pub(super) const LIVE_CALLS: TableDefinition<(&str, u128), &str> = TableDefinition::new("live_calls");
/// Node -> when it wrote last.
pub(super) const NODES: TableDefinition<&str, i64> = TableDefinition::new("nodes");
/// Cursor -> call, began, user, from, to, JSON.
pub(super) const CDRS: TableDefinition<u64, (u128, i64, &str, &str, &str, &str)> =
    TableDefinition::new("cdrs");
/// Call -> cursor.
pub(super) const CDR_CALLS: TableDefinition<u128, u64> = TableDefinition::new("cdr_calls");
/// Kind, id -> version, created, updated, JSON.
pub(super) const OBJECTS: TableDefinition<(&str, &str), (u64, i64, i64, &str)> =
    TableDefinition::new("objects");
/// What one delivery holds: event, state, attempts, due, created, and of the last attempt its time, status and words.
pub(super) type DeliveryRow<'a> = (u64, u8, u32, i64, i64, Option<(i64, Option<u16>, &'a str)>);
/// Web hook, id -> delivery.
pub(super) const DELIVERIES: TableDefinition<(&str, u128), DeliveryRow<'static>> =
    TableDefinition::new("deliveries");
/// Id -> web hook.
pub(super) const DELIVERY_IDS: TableDefinition<u128, &str> = TableDefinition::new("delivery_ids");
/// Web hook, due, id: the deliveries that wait.
pub(super) const DUE: TableDefinition<(&str, i64, u128), ()> = TableDefinition::new("due");
/// Cursor -> at, who, action, target.
pub(super) const AUDITS: TableDefinition<u64, (i64, &str, &str, &str)> = TableDefinition::new("audits");
/// Name of a list -> its newest cursor, which must not come back after the list was pruned.
pub(super) const CURSORS: TableDefinition<&str, u64> = TableDefinition::new("cursors");

/// Makes those that are not there; reading one that was never written is an error.
pub(super) fn create(transaction: &WriteTransaction) -> Result<(), Error> {
    transaction.open_table(EVENTS)?;
    transaction.open_table(EVENT_IDS)?;
    transaction.open_table(LIVE_CALLS)?;
    transaction.open_table(NODES)?;
    transaction.open_table(CDRS)?;
    transaction.open_table(CDR_CALLS)?;
    transaction.open_table(OBJECTS)?;
    transaction.open_table(DELIVERIES)?;
    transaction.open_table(DELIVERY_IDS)?;
    transaction.open_table(DUE)?;
    transaction.open_table(AUDITS)?;
    transaction.open_table(CURSORS)?;
    Ok(())
}

/// The next cursor of a list.
pub(super) fn next_cursor(transaction: &WriteTransaction, list: &str) -> Result<u64, Error> {
    let mut cursors = transaction.open_table(CURSORS)?;
    let next = cursors.get(list)?.map_or(0, |cursor| cursor.value()) + 1;
    cursors.insert(list, next)?;
    Ok(next)
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        Self::unavailable(error)
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        Self::unavailable(error)
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        Self::unavailable(error)
    }
}
