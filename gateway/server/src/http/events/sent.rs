//! Events as a text stream (server-sent events): each with its cursor as id, so that `Last-Event-ID` resumes it.

use std::convert::Infallible;
use std::time::Duration;

use api::{ErrorBody, ErrorCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;

use crate::http::Slot;
use crate::journal::{Cut, Follow, Wanted};
use crate::node::Node;

/// How often a silent stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

struct Stream {
    follow: Follow,
    stopping: tokio::sync::watch::Receiver<bool>,
    /// Taken as long as the stream is read.
    slot: Slot,
}

pub(super) fn open(node: &Node, slot: Slot, wanted: Wanted) -> Response {
    let stream = Stream { follow: node.events.follow(wanted), stopping: node.stopping.clone(), slot };
    let events = unfold(Some(stream), |stream| async {
        let (event, rest) = next(stream?).await?;
        Some((Ok::<_, Infallible>(event), rest))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}

/// The next event, and the stream unless that was its last word.
async fn next(mut stream: Stream) -> Option<(Event, Option<Stream>)> {
    let next = tokio::select! {
        next = stream.follow.next() => next,
        Ok(()) = stream.stopping.changed() => Err(Cut::Stopping),
    };
    match next {
        Ok(event) => {
            let sent = Event::default().id(event.cursor.to_string()).event(&event.topic).data(event.text());
            Some((sent, Some(stream)))
        }
        Err(Cut::Stopping) => {
            drop(stream.slot);
            None
        }
        Err(Cut::TooSlow | Cut::Unreadable) => {
            metrics::counter!("offhook_events_subscribers_too_slow_total").increment(1);
            let error = ErrorBody::from(ErrorCode::GatewayOverloaded);
            let told = serde_json::to_string(&error).unwrap_or_default();
            Some((Event::default().event("error").data(told), None))
        }
    }
}
