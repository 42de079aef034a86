//! What only the demo has: a token for its own page.

use std::sync::Arc;
use std::time::SystemTime;

use api::ErrorCode;
use api::rest::{Scope, Token};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::Shared;
use super::reject::Reject;
use crate::auth::Identity;
use crate::signal::{Origins, host_is_local};
use crate::wire;

const USER: &str = "demo";

/// What the page shows.
#[derive(Serialize)]
pub(super) struct Info {
    user: &'static str,
    numbers: [Number; 7],
}

#[derive(Serialize)]
struct Number {
    number: &'static str,
    answer: &'static str,
}

pub(super) async fn info() -> Json<Info> {
    let number = |number, answer| Number { number, answer };
    Json(Info {
        user: USER,
        numbers: [
            number("600", "an echo"),
            number("601", "a tone pattern and a tune"),
            number("602", "reads back the digits you press"),
            number("603", "hangs up and calls you back"),
            number("604", "busy"),
            number("605", "rings, never answers"),
            number("606", "sound before the answer"),
        ],
    })
}

/// For pages of this machine only: neither another site nor a name that was pointed at loopback gets one.
pub(super) async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Token>), Reject> {
    let node = &shared.node;
    if !host_is_local(&headers) || !Origins(&node.config.http.origins).allow(&headers) {
        return Err(ErrorCode::OriginForbidden.into());
    }
    let scopes = vec![Scope::CallsRead, Scope::CallsWrite, Scope::TokensMint, Scope::EventsRead];
    let grants = node.user(USER).map(wire::user_grants);
    let identity = Identity { user: USER.to_owned(), grants, scopes };
    let token = node.authority.mint(identity, None, SystemTime::now()).ok_or(ErrorCode::GatewayError)?;
    Ok((StatusCode::CREATED, Json(token)))
}
