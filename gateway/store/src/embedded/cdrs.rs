//! CDRs.

use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use uuid::Uuid;

use super::tables::{CDR_CALLS, CDRS, next_cursor};
use crate::{Cdr, CdrQuery, Error, NewCdr, Page, SCAN_MAX};

type Row<'a> = (u128, i64, &'a str, &'a str, &'a str, &'a str);

pub(super) fn add(transaction: &WriteTransaction, cdr: &NewCdr) -> Result<(), Error> {
    let call = cdr.call.as_u128();
    let mut calls = transaction.open_table(CDR_CALLS)?;
    if calls.get(call)?.is_some() {
        return Ok(());
    }
    let cursor = next_cursor(transaction, "cdrs")?;
    calls.insert(call, cursor)?;
    let row: Row<'_> = (call, cdr.began_ms, &cdr.user, &cdr.from, &cdr.to, &cdr.body);
    transaction.open_table(CDRS)?.insert(cursor, row)?;
    Ok(())
}

pub(super) fn find(transaction: &ReadTransaction, query: &CdrQuery) -> Result<Page<Cdr>, Error> {
    let table = transaction.open_table(CDRS)?;
    if let Some(call) = query.call {
        return of_call(transaction, &table, call, query);
    }
    let mut items = Vec::new();
    let mut reached = query.before.unwrap_or(u64::MAX);
    for (looked_at, row) in table.range(..reached)?.rev().enumerate() {
        let (cursor, row) = row?;
        let wanted = matches(query, row.value());
        if (wanted && items.len() >= query.limit) || looked_at >= SCAN_MAX {
            return Ok(Page { items, next: Some(reached) });
        }
        reached = cursor.value();
        if wanted {
            items.push(cdr(reached, row.value()));
        }
    }
    Ok(Page { items, next: None })
}

fn of_call(
    transaction: &ReadTransaction,
    table: &impl ReadableTable<u64, Row<'static>>,
    call: Uuid,
    query: &CdrQuery,
) -> Result<Page<Cdr>, Error> {
    let mut items = Vec::new();
    if let Some(cursor) = transaction.open_table(CDR_CALLS)?.get(call.as_u128())?
        && let Some(row) = table.get(cursor.value())?
        && matches(query, row.value())
    {
        items.push(cdr(cursor.value(), row.value()));
    }
    Ok(Page { items, next: None })
}

fn matches(query: &CdrQuery, (_, began_ms, user, from, to, _): Row<'_>) -> bool {
    let number = query.number.as_deref();
    query.from_ms.is_none_or(|from| began_ms >= from)
        && query.until_ms.is_none_or(|until| began_ms < until)
        && query.user.as_deref().is_none_or(|wanted| user == wanted)
        && number.is_none_or(|number| from == number || to == number)
}

fn cdr(cursor: u64, (call, .., body): Row<'_>) -> Cdr {
    Cdr { cursor, call: Uuid::from_u128(call), body: body.to_owned() }
}
