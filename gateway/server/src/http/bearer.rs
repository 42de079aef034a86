//! The token in `Authorization: Bearer` (RFC 6750 §2.1).

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::Shared;
use super::reject::Reject;
use crate::auth::{Denied, Identity};
use crate::node::Node;

/// Who asks, by a valid token.
pub(super) struct Bearer(pub(super) Identity);

impl FromRequestParts<Arc<Shared>> for Bearer {
    type Rejection = Reject;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Reject> {
        Ok(Self(identify(&parts.headers, &shared.node)?))
    }
}

/// Who a request's headers speak for.
pub(super) fn identify(headers: &HeaderMap, node: &Node) -> Result<Identity, Denied> {
    let value = headers.get(AUTHORIZATION).ok_or(Denied::Missing)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or(Denied::Invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denied::Invalid);
    }
    node.authority.verify(token.trim(), SystemTime::now())
}
