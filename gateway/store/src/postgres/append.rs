//! Writing to the log: a handful of statements a batch, whatever its size.

use std::collections::{BTreeMap, HashMap};

use sqlx::{PgPool, Postgres, Row, Transaction};
use uuid::Uuid;

use super::{signed, unsigned};
use crate::{Batch, Entry, Error, NewCdr, Track};

/// Readers follow cursors, so a smaller one must never appear behind a larger one: batches are written one at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('offhook.events'))";
const ALIVE: &str = "INSERT INTO nodes (node, alive_ms) VALUES ($1, $2)
    ON CONFLICT (node) DO UPDATE SET alive_ms = EXCLUDED.alive_ms";
const EVENTS: &str = "INSERT INTO events (id, at_ms, topic, call, body)
    SELECT id, at_ms, topic, call, body
    FROM UNNEST($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::text[]) WITH ORDINALITY
        AS entry (id, at_ms, topic, call, body, place)
    ORDER BY place
    ON CONFLICT (id) DO NOTHING
    RETURNING id";
const CURSORS: &str = "SELECT id, cursor FROM events WHERE id = ANY($1)";
const LIVE: &str = "INSERT INTO live_calls (node, call, body)
    SELECT $1, call, body FROM UNNEST($2::uuid[], $3::text[]) AS live (call, body)
    ON CONFLICT (node, call) DO UPDATE SET body = EXCLUDED.body";
const OVER: &str = "DELETE FROM live_calls WHERE node = $1 AND call = ANY($2)";
const CDRS: &str = r#"INSERT INTO cdrs (call, began_ms, "user", "from", "to", body)
    SELECT call, began_ms, of_user, caller, callee, body
    FROM UNNEST($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
        AS cdr (call, began_ms, of_user, caller, callee, body, place)
    ORDER BY place
    ON CONFLICT (call) DO NOTHING"#;
const DELIVERIES: &str = "INSERT INTO deliveries (id, webhook, event, state, attempts, due_ms, created_ms)
    SELECT id, webhook, event, 0, 0, at_ms, at_ms
    FROM UNNEST($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) AS new (id, webhook, event, at_ms)";

pub(super) async fn append(pool: &PgPool, batch: Batch) -> Result<Vec<u64>, Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query(LOCK).execute(&mut *transaction).await?;
    sqlx::query(ALIVE).bind(&batch.node).bind(batch.alive_ms).execute(&mut *transaction).await?;
    let new = insert(&mut transaction, &batch.entries).await?;
    let cursors = cursors(&mut transaction, &batch.entries).await?;
    // Those that are in the log already have had their effect.
    let fresh: Vec<&Entry> = batch.entries.iter().filter(|entry| new.contains(&entry.id)).collect();
    track(&mut transaction, &batch.node, &fresh).await?;
    deliver(&mut transaction, &fresh, &cursors).await?;
    transaction.commit().await?;
    let cursor = |entry: &Entry| cursors.get(&entry.id).copied().unwrap_or(0);
    Ok(batch.entries.iter().map(cursor).collect())
}

async fn insert(transaction: &mut Transaction<'_, Postgres>, entries: &[Entry]) -> Result<Vec<Uuid>, Error> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let times: Vec<i64> = entries.iter().map(|entry| entry.at_ms).collect();
    let topics: Vec<&str> = entries.iter().map(|entry| entry.topic.as_str()).collect();
    let calls: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.call).collect();
    let bodies: Vec<&str> = entries.iter().map(|entry| entry.body.as_str()).collect();
    let query = sqlx::query(EVENTS).bind(ids).bind(times).bind(topics).bind(calls).bind(bodies);
    let rows = query.fetch_all(&mut **transaction).await?;
    rows.iter().map(|row| row.try_get(0).map_err(Error::from)).collect()
}

async fn cursors(
    transaction: &mut Transaction<'_, Postgres>,
    entries: &[Entry],
) -> Result<HashMap<Uuid, u64>, Error> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let rows = sqlx::query(CURSORS).bind(ids).fetch_all(&mut **transaction).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, unsigned(row.try_get(1)?)))).collect()
}

async fn track(
    transaction: &mut Transaction<'_, Postgres>,
    node: &str,
    entries: &[&Entry],
) -> Result<(), Error> {
    let mut live: BTreeMap<Uuid, &str> = BTreeMap::new();
    let mut over: Vec<&NewCdr> = Vec::new();
    for entry in entries {
        let Some(call) = entry.call else { continue };
        match &entry.track {
            Track::Nothing => {}
            Track::Live(state) => drop(live.insert(call, state)),
            Track::Ended(cdr) => {
                live.remove(&call);
                over.push(cdr);
            }
        }
    }
    let (calls, states): (Vec<Uuid>, Vec<&str>) = live.into_iter().unzip();
    sqlx::query(LIVE).bind(node).bind(calls).bind(states).execute(&mut **transaction).await?;
    let calls: Vec<Uuid> = over.iter().map(|cdr| cdr.call).collect();
    sqlx::query(OVER).bind(node).bind(calls).execute(&mut **transaction).await?;
    write_cdrs(transaction, &over).await
}

async fn write_cdrs(transaction: &mut Transaction<'_, Postgres>, cdrs: &[&NewCdr]) -> Result<(), Error> {
    let calls: Vec<Uuid> = cdrs.iter().map(|cdr| cdr.call).collect();
    let began: Vec<i64> = cdrs.iter().map(|cdr| cdr.began_ms).collect();
    let texts =
        |text: fn(&NewCdr) -> &String| cdrs.iter().map(|cdr| text(cdr).as_str()).collect::<Vec<&str>>();
    let query = sqlx::query(CDRS).bind(calls).bind(began);
    let query = query.bind(texts(|cdr| &cdr.user)).bind(texts(|cdr| &cdr.from));
    let query = query.bind(texts(|cdr| &cdr.to)).bind(texts(|cdr| &cdr.body));
    query.execute(&mut **transaction).await?;
    Ok(())
}

async fn deliver(
    transaction: &mut Transaction<'_, Postgres>,
    entries: &[&Entry],
    cursors: &HashMap<Uuid, u64>,
) -> Result<(), Error> {
    let (mut ids, mut webhooks, mut events, mut times) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        for new in &entry.deliveries {
            ids.push(new.id);
            webhooks.push(new.webhook.as_str());
            events.push(signed(cursors.get(&entry.id).copied().unwrap_or(0)));
            times.push(entry.at_ms);
        }
    }
    let query = sqlx::query(DELIVERIES).bind(ids).bind(webhooks).bind(events).bind(times);
    query.execute(&mut **transaction).await?;
    Ok(())
}
