//! `/v1/events`: the log, as a list, over a WebSocket and as server-sent events.

mod sent;
mod socket;

use std::sync::Arc;

use api::rest::{ListEvents, StreamEvents, Topic};
use api::{CallId, ErrorCode};
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use store::{EventQuery, Topics};

use super::bearer::{self, Bearer};
use super::reject::Reject;
use super::{Shared, Slot, page};
use crate::auth::Action;
use crate::journal::{Wanted, text};

const LIMIT_MAX: u32 = 1000;
const TOPICS_MAX: usize = 32;
/// What a browser's `EventSource` sends when it comes back.
const LAST_EVENT_ID: &str = "last-event-id";

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer(who): Bearer,
    query: Result<Query<ListEvents>, QueryRejection>,
) -> Result<Response, Reject> {
    who.authorise(Action::ReadEvents)?;
    let ListEvents { limit, after, topics, call } = page::query(query)?;
    let query = EventQuery {
        after: page::cursor(after.as_deref())?.unwrap_or(0),
        limit: page::limit(limit, LIMIT_MAX)?,
        topics: self::topics(topics.as_deref())?,
        call: call.map(|call| call.0),
    };
    let found = shared.node.store.events(query).await?;
    let entries: Vec<String> = found.items.iter().map(|event| text(event.cursor, &event.body)).collect();
    Ok(page::written(&entries, found.next))
}

/// A WebSocket where one is asked for, server-sent events otherwise.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    Extension(slot): Extension<Slot>,
    query: Result<Query<StreamEvents>, QueryRejection>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Reject> {
    let query = page::query(query);
    let (mut parts, _) = request.into_parts();
    if let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &shared).await {
        return Ok(socket::open(
            shared,
            slot,
            query.and_then(|query| wanted(query, None))?,
            headers,
            upgrade,
        ));
    }
    bearer::identify(&headers, &shared.node)?.authorise(Action::ReadEvents)?;
    let last = headers.get(LAST_EVENT_ID).and_then(|last| last.to_str().ok());
    Ok(sent::open(&shared.node, slot, wanted(query?, last)?))
}

fn wanted(query: StreamEvents, last: Option<&str>) -> Result<Wanted, Reject> {
    let StreamEvents { after, topics, call } = query;
    Ok(Wanted {
        after: page::cursor(last.or(after.as_deref()))?,
        topics: self::topics(topics.as_deref())?,
        call: call.map(|call: CallId| call.0),
    })
}

fn topics(list: Option<&str>) -> Result<Topics, Reject> {
    let named: Vec<&str> = list.unwrap_or_default().split(',').filter(|topic| !topic.is_empty()).collect();
    if named.len() > TOPICS_MAX {
        return Err(Reject::new(ErrorCode::InvalidMessage, format!("topics names {TOPICS_MAX} at most")));
    }
    let wrong = |error: api::rest::TopicError| Reject::new(ErrorCode::InvalidMessage, error.to_string());
    let topic = |topic: &str| topic.parse::<Topic>().map(String::from).map_err(wrong);
    Ok(Topics(named.into_iter().map(topic).collect::<Result<_, _>>()?))
}
