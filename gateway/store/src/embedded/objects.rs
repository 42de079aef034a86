//! Objects that the API made.

use std::ops::Bound;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use super::tables::OBJECTS;
use crate::{Error, Expected, Object, Put};

pub(super) fn put(transaction: &WriteTransaction, put: Put) -> Result<Object, Error> {
    let mut table = transaction.open_table(OBJECTS)?;
    let key = (put.kind.as_str(), put.id.as_str());
    let before = table.get(key)?.map(|row| (row.value().0, row.value().1));
    let (version, created_ms) = match (put.expected, before) {
        (Expected::Nothing, None) => (1, put.at_ms),
        (Expected::Nothing, Some(_)) => return Err(Error::Exists),
        (Expected::Version(wanted), Some((version, created_ms))) if wanted == version => {
            (version + 1, created_ms)
        }
        (Expected::Version(_), _) => return Err(Error::Changed),
    };
    table.insert(key, (version, created_ms, put.at_ms, put.body.as_str()))?;
    Ok(Object { version, created_ms, updated_ms: put.at_ms, id: put.id, body: put.body })
}

pub(super) fn find(transaction: &ReadTransaction, kind: &str, id: &str) -> Result<Option<Object>, Error> {
    let row = transaction.open_table(OBJECTS)?.get((kind, id))?;
    Ok(row.map(|row| object(id, row.value())))
}

pub(super) fn list(
    transaction: &ReadTransaction,
    kind: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Object>, Error> {
    let table = transaction.open_table(OBJECTS)?;
    let behind = (Bound::Excluded((kind, after)), Bound::Unbounded);
    let mut found = Vec::new();
    for row in table.range::<(&str, &str)>(behind)?.take(limit) {
        let (key, row) = row?;
        let (of, id) = key.value();
        if of != kind {
            break;
        }
        found.push(object(id, row.value()));
    }
    Ok(found)
}

pub(super) fn latest(
    transaction: &ReadTransaction,
    kind: &str,
    before: Option<&str>,
    limit: usize,
) -> Result<Vec<Object>, Error> {
    let table = transaction.open_table(OBJECTS)?;
    let next_kind = format!("{kind}\0");
    let end = before.map_or((next_kind.as_str(), ""), |before| (kind, before));
    let found = table.range::<(&str, &str)>((Bound::Included((kind, "")), Bound::Excluded(end)))?;
    let rows = found.rev().take(limit).map(|row| {
        let (key, row) = row?;
        Ok(object(key.value().1, row.value()))
    });
    rows.collect()
}

pub(super) fn remove(transaction: &WriteTransaction, kind: &str, id: &str) -> Result<bool, Error> {
    Ok(transaction.open_table(OBJECTS)?.remove((kind, id))?.is_some())
}

fn object(id: &str, (version, created_ms, updated_ms, body): (u64, i64, i64, &str)) -> Object {
    Object { id: id.to_owned(), version, created_ms, updated_ms, body: body.to_owned() }
}
