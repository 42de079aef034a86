//! The outbox. A delivery that waits has a row in `due`, from which it is claimed.

use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use uuid::Uuid;

use super::log::event;
use super::tables::{DELIVERIES, DELIVERY_IDS, DUE, DeliveryRow, EVENTS};
use crate::{Attempt, Claim, Delivery, DeliveryState, Due, Entry, Error, Verdict};

pub(super) fn add(transaction: &WriteTransaction, event: u64, entry: &Entry) -> Result<(), Error> {
    for new in &entry.deliveries {
        transaction.open_table(DELIVERY_IDS)?.insert(new.id.as_u128(), new.webhook.as_str())?;
        let delivery = Delivery {
            id: new.id,
            webhook: new.webhook.clone(),
            event,
            state: DeliveryState::Pending,
            attempts: 0,
            due_ms: entry.at_ms,
            created_ms: entry.at_ms,
            last: None,
        };
        write(transaction, &delivery)?;
    }
    Ok(())
}

/// Writes a delivery that has no row in `due`, and the row that it needs.
fn write(transaction: &WriteTransaction, delivery: &Delivery) -> Result<(), Error> {
    let (webhook, id) = (delivery.webhook.as_str(), delivery.id.as_u128());
    let last = delivery.last.as_ref().map(|last| (last.at_ms, last.status, last.detail.as_str()));
    let (state, attempts) = (delivery.state as u8, delivery.attempts);
    let row: DeliveryRow<'_> = (delivery.event, state, attempts, delivery.due_ms, delivery.created_ms, last);
    transaction.open_table(DELIVERIES)?.insert((webhook, id), row)?;
    if delivery.state == DeliveryState::Pending {
        transaction.open_table(DUE)?.insert((webhook, delivery.due_ms, id), ())?;
    }
    Ok(())
}

/// Takes a delivery to change it and write it again.
fn take(transaction: &WriteTransaction, webhook: &str, id: u128) -> Result<Option<Delivery>, Error> {
    let table = transaction.open_table(DELIVERIES)?;
    let Some(row) = table.get((webhook, id))? else { return Ok(None) };
    let delivery = delivery(webhook, id, row.value());
    transaction.open_table(DUE)?.remove((webhook, delivery.due_ms, id))?;
    Ok(Some(delivery))
}

fn delivery(webhook: &str, id: u128, row: DeliveryRow<'_>) -> Delivery {
    let (event, state, attempts, due_ms, created_ms, last) = row;
    let last = last.map(|(at_ms, status, detail)| Attempt { at_ms, status, detail: detail.to_owned() });
    let state = DeliveryState::from_number(state);
    let (id, webhook) = (Uuid::from_u128(id), webhook.to_owned());
    Delivery { id, webhook, event, state, attempts, due_ms, created_ms, last }
}

/// The waiting deliveries of a web hook, due until a time, soonest first.
fn waiting(
    due: &impl ReadableTable<(&'static str, i64, u128), ()>,
    webhook: &str,
    until_ms: i64,
    limit: usize,
) -> Result<Vec<u128>, Error> {
    let mut found = Vec::new();
    for row in due.range((webhook, i64::MIN, 0)..=(webhook, until_ms, u128::MAX))?.take(limit) {
        found.push(row?.0.value().2);
    }
    Ok(found)
}

pub(super) fn is_due(transaction: &ReadTransaction, claim: &Claim) -> Result<bool, Error> {
    let due = transaction.open_table(DUE)?;
    Ok(!waiting(&due, &claim.webhook, claim.now_ms, 1)?.is_empty())
}

pub(super) fn claim(transaction: &WriteTransaction, claim: &Claim) -> Result<Vec<Due>, Error> {
    let ids = waiting(&transaction.open_table(DUE)?, &claim.webhook, claim.now_ms, claim.limit)?;
    let mut claimed = Vec::new();
    for id in ids {
        let Some(mut delivery) = take(transaction, &claim.webhook, id)? else { continue };
        delivery.due_ms = claim.until_ms;
        write(transaction, &delivery)?;
        let events = transaction.open_table(EVENTS)?;
        let event = events.get(delivery.event)?.map(|row| event(delivery.event, row.value()));
        claimed.push(Due { delivery, event });
    }
    Ok(claimed)
}

pub(super) fn settle(
    transaction: &WriteTransaction,
    id: Uuid,
    attempt: Attempt,
    verdict: Verdict,
) -> Result<(), Error> {
    let webhook = transaction.open_table(DELIVERY_IDS)?.get(id.as_u128())?.map(|row| row.value().to_owned());
    let Some(webhook) = webhook else { return Ok(()) };
    let Some(mut delivery) = take(transaction, &webhook, id.as_u128())? else { return Ok(()) };
    delivery.attempts += 1;
    delivery.due_ms = attempt.at_ms;
    delivery.last = Some(attempt);
    match verdict {
        Verdict::Delivered => delivery.state = DeliveryState::Delivered,
        Verdict::Failed => delivery.state = DeliveryState::Failed,
        Verdict::Retry { due_ms } => delivery.due_ms = due_ms,
    }
    write(transaction, &delivery)
}

pub(super) fn cancel(transaction: &WriteTransaction, webhook: &str) -> Result<u64, Error> {
    let ids = waiting(&transaction.open_table(DUE)?, webhook, i64::MAX, usize::MAX)?;
    let mut cancelled = 0;
    for id in ids {
        let Some(mut delivery) = take(transaction, webhook, id)? else { continue };
        delivery.state = DeliveryState::Failed;
        write(transaction, &delivery)?;
        cancelled += 1;
    }
    Ok(cancelled)
}

pub(super) fn list(
    transaction: &ReadTransaction,
    webhook: &str,
    before: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Delivery>, Error> {
    let table = transaction.open_table(DELIVERIES)?;
    let end = before.map_or(u128::MAX, |before| before.as_u128());
    let mut found = Vec::new();
    for row in table.range((webhook, 0)..(webhook, end))?.rev().take(limit) {
        let (key, row) = row?;
        found.push(delivery(webhook, key.value().1, row.value()));
    }
    Ok(found)
}

pub(super) fn redeliver(
    transaction: &WriteTransaction,
    webhook: &str,
    id: Uuid,
    due_ms: i64,
) -> Result<bool, Error> {
    let Some(mut delivery) = take(transaction, webhook, id.as_u128())? else { return Ok(false) };
    delivery.state = DeliveryState::Pending;
    delivery.due_ms = due_ms;
    write(transaction, &delivery)?;
    Ok(true)
}

/// Deliveries from before that time; those that still wait have lost their event, and go too.
pub(super) fn prune(transaction: &WriteTransaction, before_ms: i64) -> Result<(), Error> {
    let mut pruned = Vec::new();
    transaction.open_table(DELIVERIES)?.retain(|(webhook, id), (.., due_ms, created_ms, _)| {
        if created_ms < before_ms {
            pruned.push((webhook.to_owned(), due_ms, id));
        }
        created_ms >= before_ms
    })?;
    let mut ids = transaction.open_table(DELIVERY_IDS)?;
    let mut due = transaction.open_table(DUE)?;
    for (webhook, due_ms, id) in pruned {
        ids.remove(id)?;
        due.remove((webhook.as_str(), due_ms, id))?;
    }
    Ok(())
}
