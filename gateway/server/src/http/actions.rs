//! `POST /v1/calls/{id}/actions/{verb}`: one schema a verb.

use std::sync::Arc;
use std::time::Duration;

use api::ErrorCode;
use api::rest::{
    Collecting, Digits, Mute, Nothing, Playing, RecordStart, RecordingBegun, SendDigits, StopPlay,
    TakeDigits, TransferTo, from_json,
};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{CallCommand, CallId, CollectId, LegId, Reply};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::bearer::Bearer;
use super::calls::parse;
use super::idempotency::{self, Answer, Key};
use super::reject::Reject;
use super::{Shared, collect, sounds};
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
    let command = command(&shared, parse(&id)?, &verb, &body).await?;
    // Digits that are given once are not kept to be given again.
    let key = Key::of(&who.user, &headers)?.filter(|_| verb != "take_digits");
    let Some(key) = key else { return carry_out(&shared, command).await.map(response) };
    let request = [id.as_bytes(), verb.as_bytes(), &body].join(&b'\n');
    match shared.replays.begin(key, &request)? {
        idempotency::Begun::Replay(answer) => Ok(idempotency::replayed(response(made(answer)))),
        idempotency::Begun::First(slot) => {
            let answer = carry_out(&shared, command).await?;
            slot.keep(answer.clone().map_or(Answer::Done, Answer::Made));
            Ok(response(answer))
        }
    }
}

/// What the verb made, where it makes anything.
async fn carry_out(shared: &Shared, command: CallCommand) -> Result<Option<Value>, Reject> {
    Ok(match shared.node.calls.command(command).await?? {
        Reply::Done | Reply::Call(_) => None,
        Reply::Play(play) => serde_json::to_value(Playing { play: api::PlayId(play.0) }).ok(),
        Reply::Collect(id) => serde_json::to_value(Collecting { collect: api::CollectId(id.0) }).ok(),
        Reply::Recording(id) => {
            serde_json::to_value(RecordingBegun { recording: api::RecordingId(id.0) }).ok()
        }
        Reply::Digits(digits) => serde_json::to_value(Digits { digits }).ok(),
    })
}

fn made(answer: Answer) -> Option<Value> {
    match answer {
        Answer::Made(made) => Some(made),
        Answer::Done | Answer::Call(_) => None,
    }
}

fn response(made: Option<Value>) -> Response {
    match made {
        Some(made) => Json(made).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn command(shared: &Shared, call: CallId, verb: &str, body: &[u8]) -> Result<CallCommand, Reject> {
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
        "play" => {
            let wanted = from_json(body)?;
            sounds::play(&shared.node.sounds, call, wanted).await?
        }
        "stop_play" => {
            let StopPlay { leg } = optional(body)?;
            CallCommand::StopPlay { call, leg: self::leg(leg) }
        }
        "collect" => {
            let wanted = from_json(body)?;
            collect::collect(&shared.node.sounds, call, wanted).await?
        }
        "stop_collect" => nothing(body, CallCommand::StopCollect { call })?,
        "take_digits" => {
            let TakeDigits { collect } = from_json(body)?;
            CallCommand::TakeDigits { call, collect: CollectId(collect.0) }
        }
        "record_start" => record_start(shared, call, body)?,
        "record_pause" => nothing(body, CallCommand::PauseRecording { call })?,
        "record_resume" => nothing(body, CallCommand::ResumeRecording { call })?,
        "record_stop" => nothing(body, CallCommand::StopRecording { call })?,
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

fn leg(leg: Option<api::LegId>) -> Option<LegId> {
    leg.map(|leg| LegId(leg.0))
}

fn mute(call: CallId, body: &[u8], muted: bool) -> Result<CallCommand, Reject> {
    let Mute { leg } = optional(body)?;
    Ok(CallCommand::Mute { call, leg: self::leg(leg), muted })
}

fn record_start(shared: &Shared, call: CallId, body: &[u8]) -> Result<CallCommand, Reject> {
    let RecordStart { leg } = optional(body)?;
    if !shared.node.recordings.is_open() {
        let detail = "there is no folder for recordings: write one as recordings.folder";
        return Err(Reject::new(ErrorCode::WrongState, detail));
    }
    Ok(CallCommand::StartRecording { call, leg: self::leg(leg) })
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
