//! Pages of lists: how many, from where on.

use api::ErrorCode;
use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::reject::Reject;

const LIMIT: u32 = 20;

/// The query of a request, or what is wrong with it.
pub(super) fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Reject> {
    let Query(query) = query.map_err(|error| Reject::new(ErrorCode::InvalidMessage, error.body_text()))?;
    Ok(query)
}

/// How many entries a page has.
pub(super) fn limit(wanted: Option<u32>, max: u32) -> Result<usize, Reject> {
    let limit = wanted.unwrap_or(LIMIT);
    if !(1..=max).contains(&limit) {
        return Err(Reject::new(ErrorCode::InvalidMessage, format!("limit is a number from 1 to {max}")));
    }
    Ok(limit as usize)
}

/// Where a page begins.
pub(super) fn cursor(after: Option<&str>) -> Result<Option<u64>, Reject> {
    let wrong = |_| Reject::new(ErrorCode::InvalidMessage, "after is a cursor as lists and events give it");
    after.map(|after| after.parse().map_err(wrong)).transpose()
}

/// A page of entries that are JSON already.
pub(super) fn written(entries: &[String], next: Option<u64>) -> Response {
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("\"{next}\""));
    let body = format!("{{\"data\":[{}],\"next_cursor\":{next}}}", entries.join(","));
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// A page of entries of which one more than fits may have been asked for.
pub(super) fn page<T>(
    mut data: Vec<T>,
    limit: usize,
    cursor: impl Fn(&T) -> String,
) -> Json<api::rest::Page<T>> {
    let more = data.len() > limit;
    data.truncate(limit);
    let next_cursor = data.last().filter(|_| more).map(cursor);
    Json(api::rest::Page { data, next_cursor })
}

impl From<store::Error> for Reject {
    fn from(error: store::Error) -> Self {
        let code = match error {
            store::Error::Unavailable(_) => ErrorCode::GatewayOverloaded,
            store::Error::Exists | store::Error::Changed => ErrorCode::WrongState,
        };
        tracing::warn!(%error, "the store did not do as asked");
        Self::new(code, "what the gateway keeps cannot be read or written now")
    }
}
