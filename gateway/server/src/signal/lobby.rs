//! Where a connection finds the session that it goes on with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::ws::Resume;
use engine::{Grants, Page, SessionId};
use tokio::sync::{mpsc, oneshot};

use super::pass::Pass;
use super::replay::Replay;
use super::socket::Socket;

/// Connections that wait to be taken by one session; the newest wins in any case.
const WAITING: usize = 4;

/// A connection that a session is to speak over.
pub(super) struct Arrival {
    pub(super) socket: Socket,
    /// The id of its `hello`.
    pub(super) request: String,
    /// What it came with; `None` if the session begins with it.
    pub(super) resume: Option<Resume>,
}

impl Arrival {
    /// The last event that the browser has, or has no use for.
    pub(super) fn last_seq(&self, replay: &Replay) -> u64 {
        self.resume.as_ref().map_or(0, |resume| resume.last_seq.unwrap_or(replay.last()))
    }

    /// What the page knows of its calls.
    pub(super) fn page(&self) -> Page {
        let reloaded = self.resume.as_ref().is_some_and(|resume| resume.last_seq.is_none());
        if reloaded { Page::Reloaded } else { Page::Same }
    }
}

/// A connection that comes back, with the right to.
pub(super) struct Comeback {
    pub(super) arrival: Arrival,
    pub(super) grants: Grants,
    /// Gives the socket back where the session cannot go on; dropped once it does.
    pub(super) refusal: oneshot::Sender<Socket>,
}

/// The way into one session.
struct Door {
    user: String,
    pass: Pass,
    comebacks: mpsc::Sender<Comeback>,
}

type Doors = HashMap<SessionId, Door>;

/// Every session of the node, attached or waiting. Bounded by its [`Places`](crate::node::Places).
#[derive(Clone, Default)]
pub struct Lobby {
    doors: Arc<Mutex<Doors>>,
}

impl Lobby {
    /// Opens a door; it closes with the [`Entry`].
    pub(super) fn open(&self, session: SessionId, user: &str) -> (Entry, mpsc::Receiver<Comeback>) {
        let (comebacks, coming) = mpsc::channel(WAITING);
        self.lock().insert(session, Door { user: user.to_owned(), pass: Pass::default(), comebacks });
        (Entry { session, lobby: self.clone() }, coming)
    }

    /// The way into a session, for its own user with its token.
    pub(super) fn find(&self, user: &str, resume: &Resume) -> Option<mpsc::Sender<Comeback>> {
        let doors = self.lock();
        let door = doors.get(&SessionId(resume.session.0))?;
        let opens = door.pass.opens(&resume.resume_token) && door.user == user;
        opens.then(|| door.comebacks.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Doors> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's own end of its door.
pub(super) struct Entry {
    session: SessionId,
    lobby: Lobby,
}

impl Entry {
    /// The next token, for whoever came with `used`.
    pub(super) fn renew(&self, used: Option<String>) -> String {
        let mut doors = self.lobby.lock();
        doors.get_mut(&self.session).map(|door| door.pass.renew(used)).unwrap_or_default()
    }

    /// The client has shown that it has the latest token.
    pub(super) fn settle(&self) {
        if let Some(door) = self.lobby.lock().get_mut(&self.session) {
            door.pass.settle();
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.lobby.lock().remove(&self.session);
    }
}
