//! The task that owns the [`Switch`](engine::Switch), and the mailboxes that lead to it.

mod directory;
mod driver;
mod outboxes;

use std::sync::Arc;
use std::time::Duration;

use engine::route::Explanation;
use engine::{
    CallCommand, CallId, CallSnapshot, Directory, Grants, Page, Refused, Reply, RouteQuestion, RtcNotice,
    RtcRequest, SessionId, UserId,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub use directory::Resolver;
pub use driver::{Driver, Sinks, Sources};

/// Requests of browsers that wait, all sessions together.
pub const SESSION_MESSAGES: usize = 4096;
/// Commands and questions of programs that wait.
pub const QUESTIONS: usize = 1024;
/// Reports of the SIP endpoint that wait. A call takes microseconds; whoever has so many to take is being flooded, and
/// each of them may hold a call that is still to be refused.
pub const SIP_REPORTS: usize = 256;
/// Commands that wait for the SIP endpoint.
pub const SIP_COMMANDS: usize = 4096;
/// Frames that wait for one browser; one more and it counts as dead.
pub const OUTBOX: usize = 256;
/// How long a program waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the calls tell one browser.
#[derive(Debug)]
pub enum ToSession {
    /// The answer to its request.
    Reply { id: String, result: Result<Reply, Refused> },
    /// A fact about a call.
    Notice { call: CallId, notice: RtcNotice },
}

/// What a browser's session tells the calls.
#[derive(Debug)]
pub enum FromSession {
    /// It showed a valid token.
    Connected { session: SessionId, user: UserId, grants: Grants, outbox: mpsc::Sender<ToSession> },
    /// It asks; `id` is its own.
    Request { session: SessionId, call: CallId, id: String, request: RtcRequest },
    /// Its connection broke; it may come back.
    Detached { session: SessionId },
    /// It is back, with the grants of its latest token.
    Resumed { session: SessionId, grants: Grants, page: Page },
    /// It is gone.
    Ended { session: SessionId },
}

/// What a program asks, or the node itself.
pub enum Question {
    /// A command on calls.
    Command { command: CallCommand, answer: oneshot::Sender<Result<Reply, Refused>> },
    /// One call.
    Call { id: CallId, answer: oneshot::Sender<Option<CallSnapshot>> },
    /// Calls, newest first.
    Calls { limit: usize, after: Option<CallId>, answer: oneshot::Sender<Vec<CallSnapshot>> },
    /// Where a call would go.
    Route { asked: Box<RouteQuestion>, answer: oneshot::Sender<Result<Explanation, Refused>> },
    /// Trunks have moved.
    Directory(Arc<Directory>),
    /// End all calls; answered when they have ended.
    Drain { answer: oneshot::Sender<()> },
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The mailbox is full.
    #[error("too many requests wait already")]
    Busy,
    /// The calls took too long, or have stopped.
    #[error("no answer in time")]
    Late,
}

/// The way to the calls for everyone else.
#[derive(Clone)]
pub struct Mailbox {
    questions: mpsc::Sender<Question>,
    sessions: mpsc::Sender<FromSession>,
}

impl Mailbox {
    /// A mailbox and its other end.
    pub fn new() -> (Self, mpsc::Receiver<Question>, mpsc::Receiver<FromSession>) {
        let (questions, asked) = mpsc::channel(QUESTIONS);
        let (sessions, told) = mpsc::channel(SESSION_MESSAGES);
        (Self { questions, sessions }, asked, told)
    }

    /// Carries out a command.
    ///
    /// # Errors
    ///
    /// Busy or late.
    pub async fn command(&self, command: CallCommand) -> Result<Result<Reply, Refused>, Unanswered> {
        self.ask(|answer| Question::Command { command, answer }).await
    }

    /// One call, live or recently ended.
    ///
    /// # Errors
    ///
    /// Busy or late.
    pub async fn call(&self, id: CallId) -> Result<Option<CallSnapshot>, Unanswered> {
        self.ask(|answer| Question::Call { id, answer }).await
    }

    /// A page of calls, newest first.
    ///
    /// # Errors
    ///
    /// Busy or late.
    pub async fn calls(&self, limit: usize, after: Option<CallId>) -> Result<Vec<CallSnapshot>, Unanswered> {
        self.ask(|answer| Question::Calls { limit, after, answer }).await
    }

    /// Where a call would go, and why.
    ///
    /// # Errors
    ///
    /// Busy or late.
    pub async fn explain_route(
        &self,
        asked: RouteQuestion,
    ) -> Result<Result<Explanation, Refused>, Unanswered> {
        self.ask(|answer| Question::Route { asked: Box::new(asked), answer }).await
    }

    /// Ends all calls and waits until they have ended.
    ///
    /// # Errors
    ///
    /// Busy or late.
    pub async fn drain(&self) -> Result<(), Unanswered> {
        self.ask(|answer| Question::Drain { answer }).await
    }

    /// Replaces the directory.
    ///
    /// # Errors
    ///
    /// Busy.
    pub fn set_directory(&self, directory: Arc<Directory>) -> Result<(), Unanswered> {
        self.questions.try_send(Question::Directory(directory)).map_err(|_| Unanswered::Busy)
    }

    /// Tells the calls about a session; waits for room, which only the session's own task may do.
    pub async fn tell(&self, message: FromSession) {
        // The calls are gone only when the process is about to be.
        let _ = self.sessions.send(message).await;
    }

    /// Passes on a browser's request.
    ///
    /// # Errors
    ///
    /// Busy.
    pub fn request(&self, message: FromSession) -> Result<(), Unanswered> {
        self.sessions.try_send(message).map_err(|_| refused("sessions"))
    }

    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Question) -> Result<T, Unanswered> {
        let (answer, answered) = oneshot::channel();
        self.questions.try_send(question(answer)).map_err(|_| refused("questions"))?;
        match timeout(PATIENCE, answered).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Unanswered::Late),
        }
    }
}

fn refused(mailbox: &'static str) -> Unanswered {
    metrics::counter!("offhook_mailbox_refused_total", "mailbox" => mailbox).increment(1);
    Unanswered::Busy
}
