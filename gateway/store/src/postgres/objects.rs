//! Objects that the API made.

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use super::{rows, signed, unsigned};
use crate::{Error, Expected, Object, Put};

const MAKE: &str = "INSERT INTO objects (kind, id, version, created_ms, updated_ms, body)
    VALUES ($1, $2, 1, $3, $3, $4)
    ON CONFLICT (kind, id) DO NOTHING
    RETURNING id, version, created_ms, updated_ms, body";
const REPLACE: &str = "UPDATE objects SET version = version + 1, updated_ms = $3, body = $4
    WHERE kind = $1 AND id = $2 AND version = $5
    RETURNING id, version, created_ms, updated_ms, body";
const FIND: &str =
    "SELECT id, version, created_ms, updated_ms, body FROM objects WHERE kind = $1 AND id = $2";
const LIST: &str = "SELECT id, version, created_ms, updated_ms, body FROM objects
    WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3";

const LATEST: &str = "SELECT id, version, created_ms, updated_ms, body FROM objects
    WHERE kind = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";

pub(super) async fn put(pool: &PgPool, put: Put) -> Result<Object, Error> {
    let (text, version, refusal) = match put.expected {
        Expected::Nothing => (MAKE, None, Error::Exists),
        Expected::Version(version) => (REPLACE, Some(version), Error::Changed),
    };
    let query = sqlx::query(text).bind(put.kind).bind(put.id).bind(put.at_ms).bind(put.body);
    let query = match version {
        Some(version) => query.bind(signed(version)),
        None => query,
    };
    query.fetch_optional(pool).await?.as_ref().map(object).transpose()?.ok_or(refusal)
}

pub(super) async fn find(pool: &PgPool, kind: &str, id: &str) -> Result<Option<Object>, Error> {
    let found = sqlx::query(FIND).bind(kind).bind(id).fetch_optional(pool).await?;
    found.as_ref().map(object).transpose()
}

pub(super) async fn list(pool: &PgPool, kind: &str, after: &str, limit: usize) -> Result<Vec<Object>, Error> {
    let found = sqlx::query(LIST).bind(kind).bind(after).bind(rows(limit)).fetch_all(pool).await?;
    found.iter().map(object).collect()
}

pub(super) async fn latest(
    pool: &PgPool,
    kind: &str,
    before: Option<&str>,
    limit: usize,
) -> Result<Vec<Object>, Error> {
    let found = sqlx::query(LATEST).bind(kind).bind(before).bind(rows(limit)).fetch_all(pool).await?;
    found.iter().map(object).collect()
}

pub(super) async fn remove(pool: &PgPool, kind: &str, id: &str) -> Result<bool, Error> {
    let removed = sqlx::query("DELETE FROM objects WHERE kind = $1 AND id = $2").bind(kind).bind(id);
    Ok(removed.execute(pool).await?.rows_affected() > 0)
}

fn object(row: &PgRow) -> Result<Object, Error> {
    Ok(Object {
        id: row.try_get(0)?,
        version: unsigned(row.try_get(1)?),
        created_ms: row.try_get(2)?,
        updated_ms: row.try_get(3)?,
        body: row.try_get(4)?,
    })
}
