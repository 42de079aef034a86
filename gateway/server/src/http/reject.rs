//! Refusals as `application/problem+json`.

use api::rest::Problem;
use api::{ErrorCode, RequestId};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::auth::Denied;
use crate::call::Unanswered;
use crate::wire;

/// What a busy gateway asks a program to wait.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

/// A refusal on its way out; the request's id is put in at the rim.
#[derive(Debug)]
pub(super) struct Reject(Box<Problem>);

impl Reject {
    /// A refusal with a sentence.
    pub(super) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(code).detail(detail)))
    }
}

impl From<Problem> for Reject {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<Box<Problem>> for Reject {
    fn from(problem: Box<Problem>) -> Self {
        Self(problem)
    }
}

impl From<ErrorCode> for Reject {
    fn from(code: ErrorCode) -> Self {
        Problem::new(code).into()
    }
}

impl From<Denied> for Reject {
    fn from(denied: Denied) -> Self {
        Self::new(denied.code(), denied.to_string())
    }
}

impl From<engine::Refused> for Reject {
    fn from(refused: engine::Refused) -> Self {
        Self::new(wire::error_code(refused), refused.to_string())
    }
}

impl From<Unanswered> for Reject {
    fn from(unanswered: Unanswered) -> Self {
        Self::new(wire::unanswered(unanswered), unanswered.to_string())
    }
}

impl IntoResponse for Reject {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_S);
        }
        // The rim writes the body, once it has added the request's id.
        response.extensions_mut().insert(std::sync::Arc::new(*self.0));
        response
    }
}

/// Writes a refusal's body.
pub(super) fn write(problem: &Problem, request: RequestId, mut response: Response) -> Response {
    let problem = problem.clone().request_id(request);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(Problem::CONTENT_TYPE));
    *response.body_mut() = body.into();
    response
}

pub(super) async fn method_not_allowed() -> Reject {
    ErrorCode::MethodNotAllowed.into()
}
