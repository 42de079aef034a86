//! `/v1/calls`.

use std::sync::Arc;

use api::ErrorCode;
use api::rest::{Call, CreateCall, ListCalls, Page, from_json};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{CallCommand, CallId, Originate, Reply, UserId};

use super::Shared;
use super::bearer::Bearer;
use super::idempotency::{self, Answer, Key};
use super::reject::Reject;
use crate::auth::Action;
use crate::wire;

const LIMIT: u32 = 20;
const LIMIT_MAX: u32 = 100;

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Reject> {
    who.authorise(Action::WriteCalls)?;
    let wanted: CreateCall = from_json(&body)?;
    let key = Key::of(&who.user, &headers)?;
    let Some(key) = key else { return originate(&shared, wanted).await.map(created) };
    match shared.replays.begin(key, &body)? {
        idempotency::Begun::Replay(Answer::Call(call)) => Ok(idempotency::replayed(created(*call))),
        idempotency::Begun::Replay(Answer::Done | Answer::Made(_)) => Err(ErrorCode::GatewayError.into()),
        idempotency::Begun::First(slot) => {
            let call = originate(&shared, wanted).await?;
            slot.keep(Answer::Call(Box::new(call.clone())));
            Ok(created(call))
        }
    }
}

async fn originate(shared: &Shared, wanted: CreateCall) -> Result<Call, Reject> {
    let CreateCall { from_user, to, caller_id } = wanted;
    let command =
        CallCommand::Originate(Originate { from_user: UserId::from(from_user.as_str()), to, caller_id });
    match shared.node.calls.command(command).await?? {
        Reply::Call(call) => Ok(wire::call(*call)),
        Reply::Done | Reply::Play(_) | Reply::Collect(_) | Reply::Digits(_) | Reply::Recording(_) => {
            Err(ErrorCode::GatewayError.into())
        }
    }
}

fn created(call: Call) -> Response {
    let location = [("location", format!("/v1/calls/{}", call.id))];
    (StatusCode::CREATED, location, Json(call)).into_response()
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    query: Result<Query<ListCalls>, QueryRejection>,
) -> Result<Json<Page<Call>>, Reject> {
    who.authorise(Action::ReadCalls)?;
    let Query(ListCalls { limit, after }) =
        query.map_err(|error| Reject::new(ErrorCode::InvalidMessage, error.body_text()))?;
    let limit = limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Reject::new(
            ErrorCode::InvalidMessage,
            format!("limit is a number from 1 to {LIMIT_MAX}"),
        ));
    }
    let limit = limit as usize;
    let mut calls = shared.node.calls.calls(limit + 1, after.map(|after| CallId(after.0))).await?;
    let more = calls.len() > limit;
    calls.truncate(limit);
    let data: Vec<Call> = calls.into_iter().map(wire::call).collect();
    let next_cursor = data.last().filter(|_| more).map(|call| call.id.to_string());
    Ok(Json(Page { data, next_cursor }))
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<Json<Call>, Reject> {
    who.authorise(Action::ReadCalls)?;
    let call = shared.node.calls.call(parse(&id)?).await?.ok_or(ErrorCode::CallNotFound)?;
    Ok(Json(wire::call(call)))
}

/// A text that is no id names no call.
pub(super) fn parse(id: &str) -> Result<CallId, Reject> {
    let id: api::CallId = id.parse().map_err(|_| Reject::from(ErrorCode::CallNotFound))?;
    Ok(CallId(id.0))
}
