//! Reading the log, CDRs, and the calls that have not ended.

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use super::{page, rows, signed, unsigned};
use crate::{Cdr, CdrQuery, Error, Event, EventQuery, Left, Page};

const HEAD: &str = "SELECT COALESCE(MAX(cursor), 0) FROM events";
const FIND: &str = "SELECT cursor, id, at_ms, topic, call, body FROM events
    WHERE cursor > $1
        AND (cardinality($2::text[]) = 0 OR topic = ANY($2) OR split_part(topic, '.', 1) || '.*' = ANY($2))
        AND ($3::uuid IS NULL OR call = $3)
    ORDER BY cursor LIMIT $4";
const CDRS: &str = r#"SELECT cursor, call, body FROM cdrs
    WHERE cursor < $1
        AND ($2::bigint IS NULL OR began_ms >= $2)
        AND ($3::bigint IS NULL OR began_ms < $3)
        AND ($4::text IS NULL OR "user" = $4)
        AND ($5::text IS NULL OR "from" = $5 OR "to" = $5)
        AND ($6::uuid IS NULL OR call = $6)
    ORDER BY cursor DESC LIMIT $7"#;

pub(super) async fn head(pool: &PgPool) -> Result<u64, Error> {
    Ok(unsigned(sqlx::query(HEAD).fetch_one(pool).await?.try_get(0)?))
}

pub(super) async fn events(pool: &PgPool, query: EventQuery) -> Result<Page<Event>, Error> {
    let found = sqlx::query(FIND)
        .bind(signed(query.after))
        .bind(query.topics.0)
        .bind(query.call)
        .bind(rows(query.limit).saturating_add(1))
        .fetch_all(pool)
        .await?;
    let events = found.iter().map(event).collect::<Result<_, _>>()?;
    Ok(page(events, query.limit, |event: &Event| event.cursor))
}

/// A row of the columns of [`FIND`].
pub(super) fn event(row: &PgRow) -> Result<Event, Error> {
    Ok(Event {
        cursor: unsigned(row.try_get("cursor")?),
        id: row.try_get("id")?,
        at_ms: row.try_get("at_ms")?,
        topic: row.try_get("topic")?,
        call: row.try_get("call")?,
        body: row.try_get("body")?,
    })
}

pub(super) async fn left(pool: &PgPool, node: &str) -> Result<Left, Error> {
    let alive = sqlx::query("SELECT alive_ms FROM nodes WHERE node = $1").bind(node);
    let alive_ms = alive.fetch_optional(pool).await?.map(|row| row.try_get(0)).transpose()?;
    let calls = sqlx::query("SELECT body FROM live_calls WHERE node = $1 ORDER BY call").bind(node);
    let calls = calls.fetch_all(pool).await?;
    Ok(Left { calls: calls.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?, alive_ms })
}

pub(super) async fn cdrs(pool: &PgPool, query: CdrQuery) -> Result<Page<Cdr>, Error> {
    let found = sqlx::query(CDRS)
        .bind(query.before.map_or(i64::MAX, signed))
        .bind(query.from_ms)
        .bind(query.until_ms)
        .bind(query.user)
        .bind(query.number)
        .bind(query.call)
        .bind(rows(query.limit).saturating_add(1))
        .fetch_all(pool)
        .await?;
    let cdrs = found.iter().map(cdr).collect::<Result<_, _>>()?;
    Ok(page(cdrs, query.limit, |cdr: &Cdr| cdr.cursor))
}

fn cdr(row: &PgRow) -> Result<Cdr, Error> {
    Ok(Cdr { cursor: unsigned(row.try_get(0)?), call: row.try_get(1)?, body: row.try_get(2)? })
}

pub(super) async fn prune(pool: &PgPool, before_ms: i64) -> Result<u64, Error> {
    let pruned = sqlx::query("DELETE FROM events WHERE at_ms < $1").bind(before_ms);
    Ok(pruned.execute(pool).await?.rows_affected())
}
