//! HTTP: REST of `/v1`, the WebSockets, metrics, and the pages.

mod actions;
mod audit;
mod bearer;
mod calls;
mod cdrs;
mod collect;
mod demo;
mod events;
mod headers;
mod health;
mod idempotency;
mod page;
mod pages;
mod recordings;
mod reject;
mod routes;
mod serve;
mod sip;
mod sounds;
mod tls;
mod tokens;
mod webhooks;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

pub use serve::{Listeners, Slot, bind, serve};
pub use tls::Tls;

use crate::node::{Mode, Node};
use crate::signal::{self, MESSAGE_BYTES_MAX, Origins, PageOrigin};

/// Bytes of a request's body.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// What a WebSocket reads at once. The library's 128 KiB would be the largest part of a call's memory.
const WEBSOCKET_READ_BYTES: usize = 4 * 1024;

/// What handlers share.
struct Shared {
    node: Arc<Node>,
    replays: idempotency::Replays,
}

/// Every address of the gateway.
pub fn router(node: Arc<Node>) -> Router {
    let mut v1 = Router::new()
        .route("/rtc", get(rtc))
        .route("/calls", get(calls::list).post(calls::create))
        .route("/calls/{id}", get(calls::show))
        .route("/calls/{id}/actions/{verb}", post(actions::act))
        .route("/tokens", post(tokens::create))
        .route("/events", get(events::list))
        .route("/events/stream", get(events::stream))
        .route("/cdrs", get(cdrs::list))
        .route("/cdrs/{id}", get(cdrs::show))
        .route("/recordings", get(recordings::list))
        .route("/recordings/{id}", get(recordings::show).delete(recordings::remove))
        .route("/recordings/{id}/content", get(recordings::content))
        .route("/webhooks", get(webhooks::list).post(webhooks::create))
        .route("/webhooks/{id}", get(webhooks::show).delete(webhooks::remove))
        .route("/webhooks/{id}/rotate_secret", post(webhooks::rotate_secret))
        .route("/webhooks/{id}/deliveries", get(webhooks::deliveries))
        .route("/webhooks/{id}/deliveries/{delivery}/redeliver", post(webhooks::redeliver))
        .route("/routes/test", post(routes::test))
        .route("/audit", get(audit::list))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready));
    if node.mode == Mode::Demo {
        v1 = v1.route("/demo", get(demo::info)).route("/demo/token", post(demo::token));
    }
    Router::new()
        .nest("/v1", v1)
        .route("/sip", get(sip::open))
        .route("/metrics", get(health::metrics))
        .fallback(pages::serve)
        .method_not_allowed_fallback(reject::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn(headers::name_request))
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::new("audio/"))),
        )
        .with_state(Arc::new(Shared { node, replays: idempotency::Replays::default() }))
}

async fn rtc(
    State(shared): State<Arc<Shared>>,
    Extension(slot): Extension<Slot>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let node = shared.node.clone();
    let allowed = Origins(&node.config.http.origins).allow(&headers);
    let origin = if allowed { PageOrigin::Allowed } else { PageOrigin::Foreign };
    // The session refuses a frame over the limit with a word; the library only what is far over it.
    upgrade
        .protocols([api::ws::SUBPROTOCOL])
        .max_message_size(4 * MESSAGE_BYTES_MAX)
        .max_frame_size(4 * MESSAGE_BYTES_MAX)
        .read_buffer_size(WEBSOCKET_READ_BYTES)
        .on_upgrade(async move |socket| signal::serve(socket, slot, node, origin).await)
}
