//! `POST /v1/tokens`.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api::ErrorCode;
use api::rest::{CreateToken, Token, from_json};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;

use super::Shared;
use super::bearer::Bearer;
use super::reject::Reject;
use crate::auth::{Action, Identity};
use crate::wire;

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    body: Bytes,
) -> Result<(StatusCode, Json<Token>), Reject> {
    let CreateToken { user, ttl_s, grants, scopes } = from_json(&body)?;
    who.authorise(Action::MintToken(&scopes))?;
    let configured = shared.node.user(&user).ok_or(ErrorCode::UserUnknown)?;
    let grants = Some(grants.unwrap_or_else(|| wire::user_grants(configured)));
    let ttl = ttl_s.map(|seconds| Duration::from_secs(seconds.into()));
    let token = shared.node.authority.mint(Identity { user, grants, scopes }, ttl, SystemTime::now());
    let token = token.ok_or_else(|| {
        Reject::new(
            ErrorCode::ResourceNotFound,
            "the configuration has no auth.hs256_secret, so tokens are made by whoever holds the private keys",
        )
    })?;
    Ok((StatusCode::CREATED, Json(token)))
}
