//! One browser's session, from `hello` to its close.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::ws::{
    Bye, ByeAction, ClientFrame, CloseCode, Decoded, Empty, FrameError, Limits, ServerFrame, ServerInfo,
    Welcome,
};
use api::{ErrorBody, ErrorCode};
use axum::extract::ws::WebSocket;
use engine::{Refused, Reply, SessionId, UserId};
use rand::Rng;
use tokio::sync::mpsc;
use tracing::{Instrument, info, info_span};
use uuid::Uuid;

use super::answers::{Answers, Seen};
use super::hello::{self, Guest};
use super::rate::Rate;
use super::socket::{GOING_AWAY, Over, Received, Socket};
use super::{MESSAGE_BYTES_MAX, PING_S, TIMEOUT_S};
use crate::call::{FromSession, Mailbox, OUTBOX, ToSession};
use crate::node::{Mode, Node};
use crate::wire;

const TIMEOUT: Duration = Duration::from_secs(TIMEOUT_S as u64);
const PING: Duration = Duration::from_secs(PING_S as u64);
/// Over so many seconds browsers spread their return after a restart.
const RETURN_SPREAD_S: u32 = 5;

/// Whether the page that opened the connection may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOrigin {
    Allowed,
    Foreign,
}

/// Serves one browser until either side ends it.
pub async fn serve(socket: WebSocket, node: Arc<Node>, origin: PageOrigin) {
    let mut socket = Socket::new(socket);
    if origin == PageOrigin::Foreign {
        socket.refuse(ErrorCode::OriginForbidden, CloseCode::Forbidden).await;
        return;
    }
    let Ok(guest) = hello::admit(&mut socket, &node).await else { return };
    let id = SessionId(Uuid::now_v7());
    let span = info_span!("session", session_id = %api::SessionId(id.0), user = guest.user);
    Session::open(socket, node, id, guest).instrument(span).await;
}

/// Tells the calls that a session has ended, however it ends.
struct Registered {
    session: SessionId,
    calls: Mailbox,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let (calls, session) = (self.calls.clone(), self.session);
        tokio::spawn(async move { calls.tell(FromSession::Ended { session }).await });
    }
}

struct Session {
    socket: Socket,
    node: Arc<Node>,
    id: SessionId,
    outbox: mpsc::Receiver<ToSession>,
    answers: Answers,
    rate: Rate,
    seq: u64,
    heard: Instant,
    /// When a WebSocket ping goes out: pages that are hidden send their own only once a minute, and browsers answer
    /// this one without the page.
    ping: Instant,
}

impl Session {
    async fn open(socket: Socket, node: Arc<Node>, id: SessionId, guest: Guest) {
        let Guest { request, user, grants, place } = guest;
        let (outgoing, outbox) = mpsc::channel(OUTBOX);
        let now = Instant::now();
        let rate = Rate::new(*node.config.limits.messages_per_s.get_ref(), now);
        let calls = node.calls.clone();
        let mut session = Self {
            socket,
            node,
            id,
            outbox,
            answers: Answers::default(),
            rate,
            seq: 0,
            heard: now,
            ping: now + PING,
        };
        let welcome = session.welcome(request, user.clone());
        if session.socket.send(&welcome).await.is_err() {
            return;
        }
        let registered = Registered { session: id, calls: calls.clone() };
        let user = UserId::from(user.as_str());
        calls.tell(FromSession::Connected { session: id, user, grants, outbox: outgoing }).await;
        info!("connected");
        let Over = session.run().await;
        info!("disconnected");
        drop((registered, place));
    }

    async fn run(&mut self) -> Over {
        loop {
            let dead = self.heard + TIMEOUT;
            let done = tokio::select! {
                received = self.socket.receive() => match received {
                    Ok(received) => self.received(received).await,
                    Err(over) => Err(over),
                },
                message = self.outbox.recv() => match message {
                    Some(message) => self.tell(message).await,
                    None => Err(self.bye().await),
                },
                () = tokio::time::sleep_until(self.ping.into()) => {
                    self.ping += PING;
                    self.socket.ping().await
                }
                () = tokio::time::sleep_until(dead.into()) => {
                    Err(self.socket.close(CloseCode::Liveness as u16, "nothing came in time").await)
                }
            };
            if let Err(over) = done {
                return over;
            }
        }
    }

    async fn received(&mut self, received: Received) -> Result<(), Over> {
        self.heard = Instant::now();
        if !self.rate.take(self.heard) {
            return Err(self.socket.refuse(ErrorCode::RateExceeded, CloseCode::Rate).await);
        }
        let frame = match received {
            Received::Frame(frame) => frame,
            Received::Alive => return Ok(()),
            Received::Refusable(code, close) => return Err(self.socket.refuse(code, close).await),
        };
        match frame {
            Ok(Decoded::Frame(frame)) => self.frame(*frame).await,
            Ok(Decoded::Unknown) => Ok(()),
            Err(error @ FrameError::Malformed(_)) => {
                Err(self.socket.refuse_as(None, error.body(), CloseCode::Protocol).await)
            }
            Err(error @ FrameError::Invalid { .. }) => {
                let id = error.id().map(str::to_owned);
                self.socket.send(&ServerFrame::Error { id, data: error.body() }).await
            }
        }
    }

    async fn frame(&mut self, frame: ClientFrame) -> Result<(), Over> {
        match frame {
            ClientFrame::Ping { id, .. } => self.socket.send(&ServerFrame::Pong { id, data: Empty {} }).await,
            ClientFrame::Hello { id, .. } => {
                let data = ErrorBody::from(ErrorCode::HelloExpected);
                self.socket.send(&ServerFrame::Error { id: Some(id), data }).await
            }
            // Nothing is kept for a replay yet, so nothing is let go.
            ClientFrame::Ack { .. } => Ok(()),
            call @ (ClientFrame::CallStart { .. }
            | ClientFrame::CallAccept { .. }
            | ClientFrame::CallReject { .. }
            | ClientFrame::CallHangup { .. }
            | ClientFrame::CallCandidate { .. }
            | ClientFrame::CallSendDigits { .. }
            | ClientFrame::CallMute { .. }) => self.request(call).await,
        }
    }

    async fn request(&mut self, frame: ClientFrame) -> Result<(), Over> {
        let Some((id, call, request)) = wire::request(frame) else { return Ok(()) };
        match self.answers.begin(&id) {
            Seen::New => {
                let message = FromSession::Request { session: self.id, call, id: id.clone(), request };
                match self.node.calls.request(message) {
                    Ok(()) => Ok(()),
                    Err(unanswered) => self.answer(id, Err(wire::unanswered(unanswered))).await,
                }
            }
            Seen::Pending => Ok(()),
            Seen::Answered(answer) => self.socket.send(&answer).await,
        }
    }

    async fn tell(&mut self, message: ToSession) -> Result<(), Over> {
        match message {
            ToSession::Reply { id, result } => self.reply(id, result).await,
            ToSession::Notice { call, notice } => {
                let frame = wire::notice(self.next_seq(), call, notice);
                self.socket.send(&frame).await
            }
        }
    }

    async fn reply(&mut self, id: String, result: Result<Reply, Refused>) -> Result<(), Over> {
        self.answer(id, result.map(drop).map_err(wire::error_code)).await
    }

    async fn answer(&mut self, id: String, result: Result<(), ErrorCode>) -> Result<(), Over> {
        let frame = match result {
            Ok(()) => ServerFrame::Ok { id: id.clone(), data: Empty {} },
            Err(code) => ServerFrame::Error { id: Some(id.clone()), data: code.into() },
        };
        self.answers.end(&id, &frame);
        self.socket.send(&frame).await
    }

    /// The calls have let go of this session: the node stops, or the browser read too slowly.
    async fn bye(&mut self) -> Over {
        let reason = if self.node.is_stopping() { "drain" } else { "overloaded" };
        let retry_after_s = Some(rand::rng().random_range(1..=RETURN_SPREAD_S));
        let seq = self.next_seq();
        let data = Bye {
            reason: reason.to_owned(),
            action: ByeAction::Reconnect,
            retry_after_s,
            alternate_url: None,
        };
        // The close says it as well.
        let _ = self.socket.send(&ServerFrame::Bye { seq, data }).await;
        self.socket.close(GOING_AWAY, reason).await
    }

    fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    fn welcome(&mut self, id: String, user: String) -> ServerFrame {
        let config = &self.node.config;
        let limits = Limits {
            message_bytes: MESSAGE_BYTES_MAX as u32,
            messages_per_s: *config.limits.messages_per_s.get_ref(),
            calls: config.limits.calls_per_session,
        };
        let data = Welcome {
            session: api::SessionId(self.id.0),
            resumed: false,
            user,
            // Says nothing but which session it was: calls do not outlive their connection yet.
            resume_token: Uuid::new_v4().simple().to_string(),
            resume_window_s: 0,
            ping_s: PING_S,
            timeout_s: TIMEOUT_S,
            ice_servers: Vec::new(),
            limits,
            capabilities: Vec::new(),
            server: ServerInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                region: config.region.clone().unwrap_or_else(|| "local".to_owned()),
            },
            demo: self.node.mode == Mode::Demo,
        };
        ServerFrame::Welcome { id, seq: self.next_seq(), data: Box::new(data) }
    }
}
