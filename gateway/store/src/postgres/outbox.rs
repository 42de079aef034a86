//! The outbox.

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::log::event;
use super::{rows, unsigned};
use crate::{Attempt, Claim, Delivery, DeliveryState, Due, Error, Event, Verdict};

/// Nodes that claim at the same time get different deliveries.
const CLAIM: &str = "UPDATE deliveries SET due_ms = $3 WHERE id IN (
        SELECT id FROM deliveries WHERE webhook = $1 AND state = 0 AND due_ms <= $2
        ORDER BY due_ms, id LIMIT $4 FOR UPDATE SKIP LOCKED)
    RETURNING id, webhook, event, state, attempts, due_ms, created_ms, last_at_ms, last_status, last_detail";
const EVENTS: &str = "SELECT cursor, id, at_ms, topic, call, body FROM events WHERE cursor = ANY($1)";
const SETTLE: &str = "UPDATE deliveries SET state = $2, due_ms = $3, attempts = attempts + 1,
        last_at_ms = $4, last_status = $5, last_detail = $6
    WHERE id = $1";
const LIST: &str = "SELECT id, webhook, event, state, attempts, due_ms, created_ms,
        last_at_ms, last_status, last_detail
    FROM deliveries WHERE webhook = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";
const REDELIVER: &str = "UPDATE deliveries SET state = 0, due_ms = $3 WHERE webhook = $1 AND id = $2";
const CANCEL: &str = "UPDATE deliveries SET state = 2 WHERE webhook = $1 AND state = 0";

pub(super) async fn claim(pool: &PgPool, claim: Claim) -> Result<Vec<Due>, Error> {
    let Claim { webhook, now_ms, until_ms, limit } = claim;
    let query = sqlx::query(CLAIM).bind(webhook).bind(now_ms).bind(until_ms).bind(rows(limit));
    let claimed = query.fetch_all(pool).await?;
    let claimed: Vec<Delivery> = claimed.iter().map(delivery).collect::<Result<_, _>>()?;
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let events = events(pool, &claimed).await?;
    let due = |delivery: Delivery| {
        let event = events.iter().find(|event| event.cursor == delivery.event).cloned();
        Due { delivery, event }
    };
    let mut due: Vec<Due> = claimed.into_iter().map(due).collect();
    due.sort_by_key(|due| due.delivery.id);
    Ok(due)
}

async fn events(pool: &PgPool, deliveries: &[Delivery]) -> Result<Vec<Event>, Error> {
    let cursors: Vec<i64> = deliveries.iter().map(|delivery| super::signed(delivery.event)).collect();
    let found = sqlx::query(EVENTS).bind(cursors).fetch_all(pool).await?;
    found.iter().map(event).collect()
}

pub(super) async fn settle(pool: &PgPool, id: Uuid, attempt: Attempt, verdict: Verdict) -> Result<(), Error> {
    let (state, due_ms) = match verdict {
        Verdict::Delivered => (DeliveryState::Delivered, attempt.at_ms),
        Verdict::Failed => (DeliveryState::Failed, attempt.at_ms),
        Verdict::Retry { due_ms } => (DeliveryState::Pending, due_ms),
    };
    let query = sqlx::query(SETTLE).bind(id).bind(i16::from(state as u8)).bind(due_ms);
    let query = query.bind(attempt.at_ms).bind(attempt.status.map(i32::from)).bind(attempt.detail);
    query.execute(pool).await?;
    Ok(())
}

pub(super) async fn cancel(pool: &PgPool, webhook: &str) -> Result<u64, Error> {
    Ok(sqlx::query(CANCEL).bind(webhook).execute(pool).await?.rows_affected())
}

pub(super) async fn list(
    pool: &PgPool,
    webhook: &str,
    before: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Delivery>, Error> {
    let found = sqlx::query(LIST).bind(webhook).bind(before).bind(rows(limit)).fetch_all(pool).await?;
    found.iter().map(delivery).collect()
}

pub(super) async fn redeliver(pool: &PgPool, webhook: &str, id: Uuid, due_ms: i64) -> Result<bool, Error> {
    let query = sqlx::query(REDELIVER).bind(webhook).bind(id).bind(due_ms);
    Ok(query.execute(pool).await?.rows_affected() > 0)
}

pub(super) async fn prune(pool: &PgPool, before_ms: i64) -> Result<(), Error> {
    sqlx::query("DELETE FROM deliveries WHERE created_ms < $1").bind(before_ms).execute(pool).await?;
    Ok(())
}

fn delivery(row: &PgRow) -> Result<Delivery, Error> {
    let at_ms: Option<i64> = row.try_get("last_at_ms")?;
    let status: Option<i32> = row.try_get("last_status")?;
    let detail: Option<String> = row.try_get("last_detail")?;
    let last = at_ms.map(|at_ms| Attempt {
        at_ms,
        status: status.and_then(|status| u16::try_from(status).ok()),
        detail: detail.unwrap_or_default(),
    });
    let state: i16 = row.try_get("state")?;
    let attempts: i32 = row.try_get("attempts")?;
    Ok(Delivery {
        id: row.try_get("id")?,
        webhook: row.try_get("webhook")?,
        event: unsigned(row.try_get("event")?),
        state: DeliveryState::from_number(u8::try_from(state).unwrap_or(0)),
        attempts: u32::try_from(attempts).unwrap_or(0),
        due_ms: row.try_get("due_ms")?,
        created_ms: row.try_get("created_ms")?,
        last,
    })
}
