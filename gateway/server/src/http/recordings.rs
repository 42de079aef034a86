//! `/v1/recordings`.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use api::rest::{ListRecordings, Page, Recording};
use api::{ErrorCode, RecordingId};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use tokio::task::spawn_blocking;

use super::audit::note;
use super::bearer::Bearer;
use super::reject::Reject;
use super::{Shared, page};
use crate::auth::Action;
use crate::recording::{Content, Missing};

const LIMIT_MAX: u32 = 100;
/// Bytes read from a file at a time.
const BLOCK: usize = 64 * 1024;

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    query: Result<Query<ListRecordings>, QueryRejection>,
) -> Result<Json<Page<Recording>>, Reject> {
    who.authorise(Action::ReadRecordings)?;
    let ListRecordings { limit, after, call } = page::query(query)?;
    let limit = page::limit(limit, LIMIT_MAX)?;
    let (data, next) = shared.node.recordings.list(after, limit, call).await?;
    Ok(Json(Page { data, next_cursor: next.map(|next| next.to_string()) }))
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<Json<Recording>, Reject> {
    who.authorise(Action::ReadRecordings)?;
    Ok(Json(shared.node.recordings.show(parse(&id)?).await?))
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Reject> {
    who.authorise(Action::DeleteRecordings)?;
    let id = parse(&id)?;
    shared.node.recordings.show(id).await?;
    note(&shared, &who, "recording.deleted", id).await?;
    shared.node.recordings.remove(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file, or the part of it that `Range` names (RFC 9110 §14).
pub(super) async fn content(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Reject> {
    who.authorise(Action::ReadRecordings)?;
    let id = parse(&id)?;
    let content = shared.node.recordings.content(id).await?;
    note(&shared, &who, "recording.fetched", id).await?;
    let Content { file, bytes, sha256 } = content;
    let tag = sha256.map(|sha256| format!("\"{sha256}\"")).unwrap_or_default();
    let same = headers.get(IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
    let wanted = headers.get(RANGE).and_then(|range| range.to_str().ok()).filter(|_| same);
    let (status, part) = match wanted.map_or(Asked::All, |range| asked(range, bytes)) {
        Asked::All => (StatusCode::OK, 0..bytes),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Asked::Nothing => {
            let length = [(CONTENT_RANGE, format!("bytes */{bytes}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, length).into_response());
        }
    };
    let name = format!("attachment; filename=\"{id}.wav\"");
    let about = [
        (CONTENT_TYPE, "audio/wav".to_owned()),
        (CONTENT_DISPOSITION, name),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (CONTENT_LENGTH, (part.end - part.start).to_string()),
    ];
    let place = format!("bytes {}-{}/{bytes}", part.start, part.end.saturating_sub(1));
    let mut response = (status, about, Body::from_stream(stream(file, part))).into_response();
    let sent = response.headers_mut();
    if let Ok(tag) = tag.parse() {
        sent.insert(ETAG, tag);
    }
    if let (StatusCode::PARTIAL_CONTENT, Ok(place)) = (status, place.parse()) {
        sent.insert(CONTENT_RANGE, place);
    }
    Ok(response)
}

/// Which bytes a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Part(Range<u64>),
    /// None that there are.
    Nothing,
}

/// One range; several, and what is no range, mean the whole (RFC 9110 §14.2).
fn asked(range: &str, bytes: u64) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::All;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(bytes),
        (Some(first), None) if last.trim().is_empty() => first..bytes,
        (None, Some(last)) if first.trim().is_empty() => bytes.saturating_sub(last)..bytes,
        _ => return Asked::All,
    };
    if part.is_empty() { Asked::Nothing } else { Asked::Part(part) }
}

/// Reads as fast as it is taken; a slow client holds no thread.
fn stream(file: File, part: Range<u64>) -> impl futures_util::Stream<Item = io::Result<Bytes>> {
    unfold((file, part), |(file, part)| async move {
        if part.is_empty() {
            return None;
        }
        let read = spawn_blocking(move || {
            let len = BLOCK.min(usize::try_from(part.end - part.start).unwrap_or(BLOCK));
            let mut block = vec![0; len];
            file.read_exact_at(&mut block, part.start)?;
            io::Result::Ok((Bytes::from(block), (file, part.start + len as u64..part.end)))
        });
        match read.await {
            Ok(Ok((block, rest))) => Some((Ok(block), rest)),
            // The body breaks off, which its length shows.
            Ok(Err(_)) | Err(_) => None,
        }
    })
}

fn parse(id: &str) -> Result<RecordingId, Reject> {
    id.parse().map_err(|_| Missing::Unknown.into())
}

impl From<Missing> for Reject {
    fn from(missing: Missing) -> Self {
        let code = match &missing {
            Missing::Unknown => ErrorCode::ResourceNotFound,
            Missing::InProgress | Missing::Elsewhere(_) => ErrorCode::WrongState,
            Missing::Unremovable => ErrorCode::GatewayError,
            Missing::Store(error) => return error.clone().into(),
        };
        Self::new(code, missing.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_taken_and_what_is_none_means_the_whole() {
        for (range, wanted) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=4-", Asked::Part(4..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=0-1,4-5", Asked::All),
            ("bytes=5-4", Asked::All),
            ("bytes=x", Asked::All),
            ("seconds=1-2", Asked::All),
        ] {
            assert_eq!(asked(range, 10), wanted, "{range}");
        }
    }
}
