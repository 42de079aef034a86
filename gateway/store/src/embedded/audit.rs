//! The audit trail.

use redb::{ReadTransaction, WriteTransaction};

use super::tables::{AUDITS, next_cursor};
use crate::{Audit, Error, NewAudit};

pub(super) fn note(transaction: &WriteTransaction, audit: &NewAudit) -> Result<(), Error> {
    let cursor = next_cursor(transaction, "audits")?;
    let row = (audit.at_ms, audit.who.as_str(), audit.action.as_str(), audit.target.as_str());
    transaction.open_table(AUDITS)?.insert(cursor, row)?;
    Ok(())
}

pub(super) fn list(
    transaction: &ReadTransaction,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Audit>, Error> {
    let table = transaction.open_table(AUDITS)?;
    let mut found = Vec::new();
    for row in table.range(..before.unwrap_or(u64::MAX))?.rev().take(limit) {
        let (cursor, row) = row?;
        let (at_ms, who, action, target) = row.value();
        let (who, action, target) = (who.to_owned(), action.to_owned(), target.to_owned());
        found.push(Audit { cursor: cursor.value(), line: NewAudit { at_ms, who, action, target } });
    }
    Ok(found)
}
