//! `/v1/health/*` and `/metrics`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::bearer;
use super::reject::Reject;
use crate::auth::Action;
use crate::node::Mode;
use crate::telemetry;

/// The type of Prometheus's text form.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process runs.
pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// It takes calls: the calls answer, and no stop is under way.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> StatusCode {
    if shared.node.is_stopping() || shared.node.calls.calls(1, None).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::NO_CONTENT
}

/// In the demo for whoever asks; otherwise for a token with `calls:read`.
pub(super) async fn metrics(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Response, Reject> {
    if shared.node.mode == Mode::Configured {
        bearer::identify(&headers, &shared.node)?.authorise(Action::ReadMetrics)?;
    }
    let handle = telemetry::metrics();
    handle.run_upkeep();
    Ok(([(CONTENT_TYPE, PROMETHEUS)], handle.render()).into_response())
}
