//! Holding a store in memory to its size.

use redb::{ReadableTableMetadata, WriteTransaction};

use super::tables::{CDR_CALLS, CDRS, DELIVERIES, DELIVERY_IDS, DUE, EVENT_IDS, EVENTS};
use crate::Error;

/// Forgets the oldest events, CDRs and deliveries beyond so many of each.
pub(super) fn trim(transaction: &WriteTransaction, max: u64) -> Result<(), Error> {
    trim_events(transaction, max)?;
    trim_cdrs(transaction, max)?;
    trim_deliveries(transaction, max)
}

fn trim_events(transaction: &WriteTransaction, max: u64) -> Result<(), Error> {
    let (mut events, mut ids) = (transaction.open_table(EVENTS)?, transaction.open_table(EVENT_IDS)?);
    while events.len()? > max {
        let Some((_, row)) = events.pop_first()? else { break };
        ids.remove(row.value().0)?;
    }
    Ok(())
}

fn trim_cdrs(transaction: &WriteTransaction, max: u64) -> Result<(), Error> {
    let (mut cdrs, mut calls) = (transaction.open_table(CDRS)?, transaction.open_table(CDR_CALLS)?);
    while cdrs.len()? > max {
        let Some((_, row)) = cdrs.pop_first()? else { break };
        calls.remove(row.value().0)?;
    }
    Ok(())
}

/// Ids of deliveries begin with the time at which they were made.
fn trim_deliveries(transaction: &WriteTransaction, max: u64) -> Result<(), Error> {
    let mut ids = transaction.open_table(DELIVERY_IDS)?;
    let (mut deliveries, mut due) = (transaction.open_table(DELIVERIES)?, transaction.open_table(DUE)?);
    while ids.len()? > max {
        let Some((id, webhook)) = ids.pop_first()? else { break };
        let (id, webhook) = (id.value(), webhook.value());
        let removed = deliveries.remove((webhook, id))?.map(|row| row.value().3);
        if let Some(due_ms) = removed {
            due.remove((webhook, due_ms, id))?;
        }
    }
    Ok(())
}
