//! The way back to browsers, and to whoever waits for a reply.

use std::collections::HashMap;

use engine::{CallId, Refused, Reply, RequestId, RtcNotice, SessionId};
use tokio::sync::{mpsc, oneshot};

use super::ToSession;

/// Who waits for a reply.
pub(super) enum Waiting {
    Session { session: SessionId, id: String },
    Program(oneshot::Sender<Result<Reply, Refused>>),
}

/// Open sessions, and requests without a reply. Bounded by the session limit and by the mailboxes.
#[derive(Default)]
pub(super) struct Outboxes {
    sessions: HashMap<SessionId, mpsc::Sender<ToSession>>,
    waiting: HashMap<RequestId, Waiting>,
    next: u64,
}

impl Outboxes {
    pub(super) fn open(&mut self, session: SessionId, outbox: mpsc::Sender<ToSession>) {
        self.sessions.insert(session, outbox);
    }

    pub(super) fn close(&mut self, session: SessionId) {
        self.sessions.remove(&session);
    }

    pub(super) fn close_all(&mut self) {
        self.sessions.clear();
    }

    /// Notes who waits, and names the request.
    pub(super) fn expect(&mut self, waiting: Waiting) -> RequestId {
        self.next += 1;
        let request = RequestId(self.next);
        self.waiting.insert(request, waiting);
        request
    }

    pub(super) fn reply(&mut self, request: RequestId, result: Result<Reply, Refused>) {
        match self.waiting.remove(&request) {
            Some(Waiting::Session { session, id }) => self.send(session, ToSession::Reply { id, result }),
            // It may have stopped waiting.
            Some(Waiting::Program(answer)) => drop(answer.send(result)),
            None => {}
        }
    }

    pub(super) fn notice(&mut self, session: SessionId, call: CallId, notice: RtcNotice) {
        self.send(session, ToSession::Notice { call, notice });
    }

    /// A browser that does not read its frames is let go; its session then reports its end.
    fn send(&mut self, session: SessionId, message: ToSession) {
        let Some(outbox) = self.sessions.get(&session) else { return };
        if outbox.try_send(message).is_err() {
            metrics::counter!("offhook_sessions_too_slow_total").increment(1);
            self.sessions.remove(&session);
        }
    }
}
