//! `/v1/cdrs`.

use std::sync::Arc;

use api::rest::{Cdr, ListCdrs};
use api::{CallId, ErrorCode};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use store::{CdrQuery, Page};

use super::bearer::Bearer;
use super::reject::Reject;
use super::{Shared, page};
use crate::auth::Action;
use crate::journal;

const LIMIT_MAX: u32 = 1000;
const CSV: &str = "text/csv";
const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    headers: HeaderMap,
    query: Result<Query<ListCdrs>, QueryRejection>,
) -> Result<Response, Reject> {
    who.authorise(Action::ReadCalls)?;
    let ListCdrs { limit, after, from, until, user, number } = page::query(query)?;
    let query = CdrQuery {
        before: page::cursor(after.as_deref())?,
        limit: page::limit(limit, LIMIT_MAX)?,
        from_ms: from.map(|from| from.millis()),
        until_ms: until.map(|until| until.millis()),
        user,
        number,
        call: None,
    };
    let found = shared.node.store.cdrs(query).await?;
    if headers.get(ACCEPT).is_some_and(|wanted| wanted.as_bytes().starts_with(CSV.as_bytes())) {
        return Ok(csv(&found));
    }
    let entries: Vec<String> = found.items.into_iter().map(|cdr| cdr.body).collect();
    Ok(page::written(&entries, found.next))
}

fn csv(found: &Page<store::Cdr>) -> Response {
    let cdrs: Vec<Cdr> = found.items.iter().filter_map(|cdr| serde_json::from_str(&cdr.body).ok()).collect();
    let next = found.next.map(|next| next.to_string()).unwrap_or_default();
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()), (NEXT_CURSOR, next)];
    (headers, journal::csv(&cdrs)).into_response()
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<Response, Reject> {
    who.authorise(Action::ReadCalls)?;
    let id: CallId = id.parse().map_err(|_| Reject::from(ErrorCode::CallNotFound))?;
    let query = CdrQuery { limit: 1, call: Some(id.0), ..CdrQuery::default() };
    let found = shared.node.store.cdrs(query).await?.items.pop().ok_or(ErrorCode::CallNotFound)?;
    Ok(([(CONTENT_TYPE, "application/json")], found.body).into_response())
}
