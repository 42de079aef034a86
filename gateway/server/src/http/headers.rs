//! Headers of every answer: the request's id, and what keeps pages safe.

use std::sync::Arc;

use api::RequestId;
use api::rest::Problem;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;
use tracing::debug;
use uuid::Uuid;

use super::reject;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Scripts, styles and sounds from here only; connections to here only; no frame around us.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      media-src 'self' blob: mediastream:; connect-src 'self'; worker-src 'self' blob:; \
                      object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names the request, in the answer, in its problem and in the log.
pub(super) async fn name_request(request: Request, next: Next) -> Response {
    let id = RequestId(Uuid::now_v7());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    debug!(request_id = %id, %method, path, status = response.status().as_u16(), "http");
    metrics::counter!("offhook_http_responses_total", "status" => response.status().as_u16().to_string())
        .increment(1);
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        response = reject::write(&problem, id, response);
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// What browsers are told about our pages.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // What has no rule of its own is an answer to one request, tokens among them.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers
        .insert(PERMISSIONS_POLICY, HeaderValue::from_static("microphone=(self), camera=(), geolocation=()"));
    response
}
