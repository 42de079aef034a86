//! `GET /sip`: a browser's SIP, as RFC 7118 carries it.

use std::sync::Arc;

use api::ErrorCode;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::reject::Reject;
use super::{Shared, Slot, WEBSOCKET_READ_BYTES};
use crate::signal::Origins;
use crate::sip::{FRAME_BYTES_MAX, SUBPROTOCOL};

const NO_SUBPROTOCOL: &str = "SIP over WebSocket needs the header Sec-WebSocket-Protocol: sip (RFC 7118)\n";

/// Opens a stream of the SIP endpoint's.
pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    Extension(slot): Extension<Slot>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !Origins(&shared.node.config.http.origins).allow(&headers) {
        return Reject::from(ErrorCode::OriginForbidden).into_response();
    }
    if !offers_sip(&headers) {
        return (StatusCode::BAD_REQUEST, NO_SUBPROTOCOL).into_response();
    }
    let door = shared.node.sip.clone();
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .read_buffer_size(WEBSOCKET_READ_BYTES)
        .on_upgrade(async move |socket| door.serve(socket, slot).await)
}

fn offers_sip(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(SUBPROTOCOL))
}
