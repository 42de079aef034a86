//! The audit trail.

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use super::{rows, signed, unsigned};
use crate::{Audit, Error, NewAudit};

const NOTE: &str = "INSERT INTO audits (at_ms, who, action, target) VALUES ($1, $2, $3, $4)";
const LIST: &str = "SELECT cursor, at_ms, who, action, target FROM audits
    WHERE cursor < $1 ORDER BY cursor DESC LIMIT $2";

pub(super) async fn note(pool: &PgPool, audit: NewAudit) -> Result<(), Error> {
    let query = sqlx::query(NOTE).bind(audit.at_ms).bind(audit.who).bind(audit.action).bind(audit.target);
    query.execute(pool).await?;
    Ok(())
}

pub(super) async fn list(pool: &PgPool, before: Option<u64>, limit: usize) -> Result<Vec<Audit>, Error> {
    let query = sqlx::query(LIST).bind(before.map_or(i64::MAX, signed)).bind(rows(limit));
    query.fetch_all(pool).await?.iter().map(audit).collect()
}

fn audit(row: &PgRow) -> Result<Audit, Error> {
    Ok(Audit {
        cursor: unsigned(row.try_get(0)?),
        line: NewAudit {
            at_ms: row.try_get(1)?,
            who: row.try_get(2)?,
            action: row.try_get(3)?,
            target: row.try_get(4)?,
        },
    })
}
