//! One browser's session, from `hello` to its end. It outlives its connection by the resume window.
//!
//! ```text
//!   hello ──▶ Attached ──── connection broke ────▶ Detached
//!              │  ▲ │                               │    │
//!    1000 or   │  │ └─ resume: the newer wins       │    │ resume_window_s is over, or RELOAD
//!    refusal   │  └──────────── resume ─────────────┘    │
//!              ▼                                         ▼
//!            Ended: the calls end, unless they go on without it
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::ErrorCode;
use api::ws::CloseCode;
use axum::extract::ws::WebSocket;
use engine::{SessionId, UserId};
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument, info, info_span};
use uuid::Uuid;

use super::answers::Answers;
use super::hello::{self, Guest};
use super::lobby::{Arrival, Comeback, Entry};
use super::rate::Rate;
use super::replay::Replay;
use super::socket::{Over, Socket};
use crate::call::{FromSession, Mailbox, OUTBOX, ToSession};
use crate::http::Slot;
use crate::node::{Node, Place};

/// How long a page that went away (1001) has to be loaded again. It was more likely closed: the far side of its call is
/// not left in silence for the whole window.
const RELOAD: Duration = Duration::from_secs(10);

/// Whether the page that opened the connection may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOrigin {
    Allowed,
    Foreign,
}

/// Serves one connection: hands it to the session that it comes back to, or begins one.
pub async fn serve(socket: WebSocket, slot: Slot, node: Arc<Node>, origin: PageOrigin) {
    let mut socket = Socket::new(socket, slot);
    if origin == PageOrigin::Foreign {
        socket.refuse(ErrorCode::OriginForbidden, CloseCode::Forbidden).await;
        return;
    }
    let Ok(guest) = hello::admit(&mut socket, &node).await else { return };
    let Some(mut socket) = come_back(socket, &node, &guest).await else { return };
    let Ok(place) = hello::seat(&mut socket, &node, &guest).await else { return };
    let id = SessionId(Uuid::now_v7());
    let span = info_span!("session", session_id = %api::SessionId(id.0), user = guest.user);
    Session::begin(socket, node, id, guest, place).instrument(span).await;
}

/// Hands a connection to its session; returns the socket if there is none that goes on with it.
async fn come_back(socket: Socket, node: &Node, guest: &Guest) -> Option<Socket> {
    let Some(resume) = guest.resume.clone() else { return Some(socket) };
    let Some(door) = node.lobby.find(&guest.user, &resume) else {
        count("refused");
        return Some(socket);
    };
    let arrival = Arrival { socket, request: guest.request.clone(), resume: Some(resume) };
    let (refusal, refused) = oneshot::channel();
    match door.send(Comeback { arrival, grants: guest.grants.clone(), refusal }).await {
        Ok(()) => refused.await.ok(),
        Err(mpsc::error::SendError(comeback)) => Some(comeback.arrival.socket),
    }
}

fn count(result: &'static str) {
    metrics::counter!("offhook_sessions_resumed_total", "result" => result).increment(1);
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

/// A session without its connection.
pub(super) struct Session {
    pub(super) node: Arc<Node>,
    pub(super) id: SessionId,
    pub(super) user: String,
    pub(super) outbox: mpsc::Receiver<ToSession>,
    pub(super) answers: Answers,
    pub(super) replay: Replay,
    pub(super) rate: Rate,
    pub(super) entry: Entry,
}

impl Session {
    async fn begin(socket: Socket, node: Arc<Node>, id: SessionId, guest: Guest, place: Place) {
        let Guest { request, user, grants, .. } = guest;
        let (outgoing, outbox) = mpsc::channel(OUTBOX);
        let (entry, mut comebacks) = node.lobby.open(id, &user);
        let rate = Rate::new(*node.config.limits.messages_per_s.get_ref(), Instant::now());
        let calls = node.calls.clone();
        let registered = Registered { session: id, calls: calls.clone() };
        let known = UserId::from(user.as_str());
        calls.tell(FromSession::Connected { session: id, user: known, grants, outbox: outgoing }).await;
        let (answers, replay) = (Answers::default(), Replay::default());
        let mut session = Self { node, id, user, outbox, answers, replay, rate, entry };
        info!("connected");
        let refused = session.run(Arrival { socket, request, resume: None }, &mut comebacks).await;
        info!("disconnected");
        // Whoever is turned away finds the place free.
        drop((session, registered, place));
        turn_away(refused, comebacks);
    }

    /// Until the session ends; returns the connection that it could not go on with.
    async fn run(&mut self, first: Arrival, comebacks: &mut mpsc::Receiver<Comeback>) -> Option<Comeback> {
        let mut arrival = first;
        loop {
            let comeback = self.until_comeback(arrival, comebacks).await?;
            if !self.replay.reaches(comeback.arrival.last_seq(&self.replay)) {
                return Some(comeback);
            }
            arrival = self.take(comeback).await;
        }
    }

    /// Speaks over a connection, then waits without one; ends with the next connection, or with the session.
    async fn until_comeback(
        &mut self,
        mut arrival: Arrival,
        comebacks: &mut mpsc::Receiver<Comeback>,
    ) -> Option<Comeback> {
        let over = tokio::select! {
            over = self.attached(&mut arrival) => over,
            // One that is half open would be spoken to until it counts as dead.
            comeback = comebacks.recv() => {
                tokio::spawn(async move { arrival.socket.close(CloseCode::Replaced as u16, "replaced").await });
                return comeback;
            }
        };
        drop(arrival);
        match over {
            Over::Left => None,
            Over::Lost => self.detached(self.window(), comebacks).await,
            Over::Unloaded => self.detached(self.window().min(RELOAD), comebacks).await,
        }
    }

    fn window(&self) -> Duration {
        Duration::from_secs((*self.node.config.calls.resume_window_s.get_ref()).into())
    }

    /// Waits for the browser, and keeps what it misses.
    async fn detached(
        &mut self,
        window: Duration,
        comebacks: &mut mpsc::Receiver<Comeback>,
    ) -> Option<Comeback> {
        if window.is_zero() {
            return None;
        }
        let end = Instant::now() + window;
        info!("detached");
        self.node.calls.tell(FromSession::Detached { session: self.id }).await;
        loop {
            tokio::select! {
                comeback = comebacks.recv() => return comeback,
                message = self.outbox.recv() => drop(self.frame_of(message?)),
                () = tokio::time::sleep_until(end.into()) => return None,
            }
        }
    }

    async fn take(&mut self, Comeback { arrival, grants, .. }: Comeback) -> Arrival {
        count("resumed");
        info!("resumed");
        self.replay.acknowledge(arrival.last_seq(&self.replay));
        let page = arrival.page();
        self.node.calls.tell(FromSession::Resumed { session: self.id, grants, page }).await;
        arrival
    }
}

/// Connections that have missed too much, or come too late, begin a session of their own.
fn turn_away(refused: Option<Comeback>, mut comebacks: mpsc::Receiver<Comeback>) {
    comebacks.close();
    let late = std::iter::from_fn(|| comebacks.try_recv().ok());
    for Comeback { arrival, refusal, .. } in refused.into_iter().chain(late) {
        count("refused");
        // Whoever waits may be gone.
        let _ = refusal.send(arrival.socket);
    }
}
