//! Frames over a WebSocket.

use std::time::Duration;

use api::ws::{CloseCode, Decoded, FrameError, ServerFrame};
use api::{ErrorBody, ErrorCode};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::time::timeout;

use super::MESSAGE_BYTES_MAX;
use crate::http::Slot;

/// How long a frame may take to leave; a browser that reads nothing counts as dead.
const WRITE: Duration = Duration::from_secs(10);
/// Ordinary closes (RFC 6455 §7.4.1).
const DONE: u16 = 1000;
pub(super) const GOING_AWAY: u16 = 1001;

/// The connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// One side ended it, and with it the session.
    Left,
    /// It broke; the browser may come back.
    Lost,
    /// The page goes away; it may be loaded again.
    Unloaded,
}

/// What came.
pub(super) enum Received {
    /// A text frame, read.
    Frame(Result<Decoded, FrameError>),
    /// A sign of life without content.
    Alive,
    /// Something to refuse and to close for.
    Refusable(ErrorCode, CloseCode),
}

/// The browser's end, with its place among the connections.
pub(super) struct Socket {
    socket: WebSocket,
    _slot: Slot,
}

impl Socket {
    pub(super) fn new(socket: WebSocket, slot: Slot) -> Self {
        Self { socket, _slot: slot }
    }

    /// The next frame. May be dropped while it waits; what it returns is not lost.
    pub(super) async fn receive(&mut self) -> Result<Received, Over> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) if text.len() > MESSAGE_BYTES_MAX => {
                Ok(Received::Refusable(ErrorCode::MessageTooLarge, CloseCode::TooLarge))
            }
            Some(Ok(Message::Text(text))) => Ok(Received::Frame(api::ws::decode(&text))),
            Some(Ok(Message::Binary(_))) => {
                Ok(Received::Refusable(ErrorCode::MalformedJson, CloseCode::Protocol))
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Received::Alive),
            Some(Ok(Message::Close(close))) => Err(goodbye(close.as_ref())),
            // It broke, or a frame was so far over the limit that the library gave up.
            Some(Err(_)) | None => Err(Over::Lost),
        }
    }

    /// Asks the browser itself for a sign of life (RFC 6455 §5.5.2).
    pub(super) async fn ping(&mut self) -> Result<(), Over> {
        self.write(Message::Ping(Bytes::new())).await
    }

    pub(super) async fn send(&mut self, frame: &ServerFrame) -> Result<(), Over> {
        let text = serde_json::to_string(frame).map_err(|_| Over::Lost)?;
        self.write(Message::Text(text.into())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Over> {
        match timeout(WRITE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Over::Lost),
        }
    }

    /// Says why, then closes.
    pub(super) async fn refuse(&mut self, code: ErrorCode, close: CloseCode) -> Over {
        self.refuse_as(None, ErrorBody::from(code), close).await
    }

    /// Says why in answer to a request, then closes.
    pub(super) async fn refuse_as(&mut self, id: Option<String>, data: ErrorBody, close: CloseCode) -> Over {
        metrics::counter!("offhook_signal_refused_total", "code" => data.code.clone()).increment(1);
        let reason = data.code.clone();
        // Closing follows even if this cannot be said.
        let _ = self.send(&ServerFrame::Error { id, data }).await;
        self.close(close as u16, &reason).await
    }

    pub(super) async fn close(&mut self, code: u16, reason: &str) -> Over {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = self.write(close).await;
        Over::Left
    }
}

/// What a client means by its close: with 1000 it is done, with 1001 its page goes away (RFC 6455 §7.4.1).
fn goodbye(close: Option<&CloseFrame>) -> Over {
    match close.map(|close| close.code) {
        Some(DONE) => Over::Left,
        Some(GOING_AWAY) => Over::Unloaded,
        Some(_) | None => Over::Lost,
    }
}
