//! What a mailbox has no room for yet.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Messages on their way into a mailbox, in order, for senders that must not wait. Whoever pushes bounds it.
pub(crate) struct Backlog<T> {
    mailbox: mpsc::Sender<T>,
    waiting: VecDeque<T>,
}

impl<T> Backlog<T> {
    /// Nothing waits.
    pub(crate) const fn new(mailbox: mpsc::Sender<T>) -> Self {
        Self { mailbox, waiting: VecDeque::new() }
    }

    /// Where it all goes.
    pub(crate) const fn mailbox(&self) -> &mpsc::Sender<T> {
        &self.mailbox
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether the mailbox has taken everything.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Puts a message behind the others.
    pub(crate) fn push(&mut self, message: T) {
        self.waiting.push_back(message);
    }

    /// Hands over as many as the mailbox takes; all are forgotten where nobody reads it any more.
    pub(crate) fn offer(&mut self) {
        while let Some(message) = self.waiting.pop_front() {
            match self.mailbox.try_send(message) {
                Ok(()) => {}
                Err(TrySendError::Full(message)) => return self.waiting.push_front(message),
                Err(TrySendError::Closed(_)) => self.waiting.clear(),
            }
        }
    }
}
