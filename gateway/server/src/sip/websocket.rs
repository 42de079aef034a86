//! SIP over WebSocket (RFC 7118): a browser's connection as a stream of the endpoint's, one message a frame.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use sip_stack::message::limits::MESSAGE_BYTES_MAX;
use sip_stack::transport::{FlowId, Transport};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::input::{Input, Opened};
use super::stream::Flows;
use super::writer::{Queued, WRITE, queue};
use crate::http::Slot;

/// The subprotocol (RFC 7118 §4.1).
pub const SUBPROTOCOL: &str = "sip";
/// Bytes of a frame. The endpoint answers one that is over its own limit; the connection ends only far over it.
pub const FRAME_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;

/// A browser that has been silent for so long is asked for a sign of life (RFC 7118 §6).
const PING: Duration = Duration::from_secs(30);
/// After so long of nothing it counts as gone.
const SILENCE: Duration = Duration::from_secs(75);

/// Close codes of RFC 6455 §7.4.1.
const GOING_AWAY: u16 = 1001;
const TOO_BIG: u16 = 1009;

/// Where WebSockets come in.
#[derive(Clone)]
pub struct Door {
    pub(super) transport: Transport,
    pub(super) flows: Flows,
    pub(super) inbox: async_channel::Sender<Input>,
}

impl Door {
    /// Serves one browser until either side leaves.
    pub async fn serve(self, mut socket: WebSocket, slot: Slot) {
        let flow = self.flows.next();
        let (writer, queued, closed) = queue();
        let (transport, local, remote) = (self.transport, slot.local, slot.remote);
        let opened = Opened { flow, transport, local, remote, certificate: None, writer };
        if self.inbox.send(Input::Opened(Box::new(opened))).await.is_err() {
            return;
        }
        let code = Connection { flow, inbox: &self.inbox, queued, closed }.run(&mut socket).await;
        let _ = self.inbox.send(Input::Closed { flow }).await;
        if let Some(code) = code {
            let goodbye = Message::Close(Some(CloseFrame { code, reason: "".into() }));
            let _ = timeout(WRITE, socket.send(goodbye)).await;
        }
    }
}

struct Connection<'a> {
    flow: FlowId,
    inbox: &'a async_channel::Sender<Input>,
    queued: Queued,
    closed: watch::Receiver<()>,
}

impl Connection<'_> {
    /// Returns the code to close with; `None` if nobody is left to hear it.
    async fn run(mut self, socket: &mut WebSocket) -> Option<u16> {
        let mut heard = Instant::now();
        let mut pinged = heard;
        loop {
            let (ping, dead) = (heard.max(pinged) + PING, heard + SILENCE);
            tokio::select! {
                message = socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(message)) => self.receive(message).await?,
                        // It broke, or sent a frame far over the limit.
                        Some(Err(_)) => return Some(TOO_BIG),
                        None => return None,
                    }
                }
                payload = self.queued.next() => match payload {
                    Some(payload) => self.write(socket, payload).await?,
                    None => return Some(GOING_AWAY),
                },
                () = sleep_until(ping.min(dead)) => {
                    pinged = Instant::now();
                    if pinged >= dead {
                        return Some(GOING_AWAY);
                    }
                    send(socket, Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    /// `None` once the browser has left or the driver is gone.
    async fn receive(&mut self, message: Message) -> Option<()> {
        let payload = match message {
            Message::Text(text) => Bytes::from(text),
            Message::Binary(payload) => payload,
            Message::Ping(_) | Message::Pong(_) => return Some(()),
            Message::Close(_) => return None,
        };
        tokio::select! {
            sent = self.inbox.send(Input::Data { flow: self.flow, payload }) => sent.ok(),
            _ = self.closed.changed() => Some(()),
        }
    }

    async fn write(&self, socket: &mut WebSocket, payload: Bytes) -> Option<()> {
        // What is no UTF-8 goes in a binary frame (RFC 7118 §4.2).
        let message = match Utf8Bytes::try_from(payload.clone()) {
            Ok(text) => Message::Text(text),
            Err(_) => Message::Binary(payload.clone()),
        };
        send(socket, message).await?;
        self.queued.written(&payload);
        Some(())
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Option<()> {
    timeout(WRITE, socket.send(message)).await.ok()?.ok()
}
