//! `POST /v1/calls/{id}/actions/{verb}`: one schema a verb.

use std::sync::Arc;
use std::time::Duration;

use api::ErrorCode;
use api::rest::{Mute, Nothing, SendDigits, TransferTo, from_json};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{CallCommand, CallId, LegId};
use serde::de::DeserializeOwned;

use super::Shared;
use super::bearer::Bearer;
use super::calls::parse;
use super::idempotency::{self, Key};
use super::reject::Reject;
use crate::auth::Action;

const DIGIT_MS: u32 = 100;

/// Does what a verb says with a call.
pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path((id, verb)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Reject> {
    who.authorise(Action::WriteCalls)?;
    let command = command(parse(&id)?, &verb, &body)?;
    let Some(key) = Key::of(&who.user, &headers)? else { return carry_out(&shared, command).await };
    let request = [id.as_bytes(), verb.as_bytes(), &body].join(&b'\n');
    match shared.replays.begin(key, &request)? {
        idempotency::Begun::Replay(_) => Ok(idempotency::replayed(StatusCode::NO_CONTENT.into_response())),
        idempotency::Begun::First(slot) => {
            let done = carry_out(&shared, command).await?;
            slot.keep(None);
            Ok(done)
        }
    }
}

async fn carry_out(shared: &Shared, command: CallCommand) -> Result<Response, Reject> {
    shared.node.calls.command(command).await??;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn command(call: CallId, verb: &str, body: &[u8]) -> Result<CallCommand, Reject> {
    Ok(match verb {
        "hangup" => nothing(body, CallCommand::Hangup { call })?,
        "hold" => nothing(body, CallCommand::Hold { call })?,
        "unhold" => nothing(body, CallCommand::Unhold { call })?,
        "mute" => mute(call, body, true)?,
        "unmute" => mute(call, body, false)?,
        "transfer" => CallCommand::Transfer { call, to: from_json::<TransferTo>(body)?.to },
        "consult" => CallCommand::Consult { call, to: from_json::<TransferTo>(body)?.to },
        "complete_transfer" => nothing(body, CallCommand::CompleteTransfer { call })?,
        "cancel_transfer" => nothing(body, CallCommand::CancelTransfer { call })?,
        "send_digits" => send_digits(call, body)?,
        _ => return Err(ErrorCode::ResourceNotFound.into()),
    })
}

/// A body that may be left out.
fn optional<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Reject> {
    if body.is_empty() { Ok(T::default()) } else { Ok(from_json(body)?) }
}

fn nothing(body: &[u8], command: CallCommand) -> Result<CallCommand, Reject> {
    let Nothing {} = optional(body)?;
    Ok(command)
}

fn mute(call: CallId, body: &[u8], muted: bool) -> Result<CallCommand, Reject> {
    let Mute { leg } = optional(body)?;
    Ok(CallCommand::Mute { call, leg: leg.map(|leg| LegId(leg.0)), muted })
}

fn send_digits(call: CallId, body: &[u8]) -> Result<CallCommand, Reject> {
    let SendDigits { digits, duration_ms } = from_json(body)?;
    let ms = duration_ms.unwrap_or(DIGIT_MS);
    let (min, max) = (api::ws::limits::DIGIT_MS_MIN, api::ws::limits::DIGIT_MS_MAX);
    if !(min..=max).contains(&ms) {
        let detail = format!("duration_ms is a number from {min} to {max}");
        return Err(Reject::new(ErrorCode::InvalidMessage, detail));
    }
    Ok(CallCommand::SendDigits { call, digits, each: Duration::from_millis(ms.into()) })
}
