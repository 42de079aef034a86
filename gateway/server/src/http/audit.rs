//! `/v1/audit`: who changed what.

use std::sync::Arc;
use std::time::SystemTime;

use api::Timestamp;
use api::rest::{AuditLine, ListAudit, Page};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use store::NewAudit;

use super::bearer::Bearer;
use super::reject::Reject;
use super::{Shared, page};
use crate::auth::{Action, Identity};

const LIMIT_MAX: u32 = 100;

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    query: Result<Query<ListAudit>, QueryRejection>,
) -> Result<Json<Page<AuditLine>>, Reject> {
    who.authorise(Action::Configure)?;
    let ListAudit { limit, after } = page::query(query)?;
    let limit = page::limit(limit, LIMIT_MAX)?;
    let found = shared.node.store.audits(page::cursor(after.as_deref())?, limit + 1).await?;
    let next_cursor = (found.len() > limit).then(|| found.get(limit - 1).map(|line| line.cursor.to_string()));
    let data = found.into_iter().take(limit).map(|audit| line(audit.line)).collect();
    Ok(Json(Page { data, next_cursor: next_cursor.flatten() }))
}

fn line(line: NewAudit) -> AuditLine {
    let NewAudit { at_ms, who, action, target } = line;
    AuditLine { at: Timestamp::from_millis(at_ms), who, action, target }
}

/// Notes what somebody is about to do; what cannot be noted is not done.
pub(super) async fn note(
    shared: &Shared,
    who: &Identity,
    action: &str,
    target: impl ToString,
) -> Result<(), Reject> {
    let at_ms = Timestamp::from(SystemTime::now()).millis();
    let (who, action, target) = (who.user.clone(), action.to_owned(), target.to_string());
    Ok(shared.node.store.note(NewAudit { at_ms, who, action, target }).await?)
}
