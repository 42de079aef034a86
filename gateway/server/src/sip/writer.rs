//! The writing end of a stream, whatever it is made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

/// How long one message may take to leave; who reads nothing for so long is gone.
pub(super) const WRITE: Duration = Duration::from_secs(32);

/// Queues for the task that writes; dropping it closes the stream. The endpoint bounds what it holds, by what
/// [`Writer::write`] answers.
pub(super) struct Writer {
    queue: mpsc::UnboundedSender<Bytes>,
    unsent: Arc<AtomicUsize>,
    _open: watch::Sender<()>,
}

/// The other end of a [`Writer`].
pub(super) struct Queued {
    queue: mpsc::UnboundedReceiver<Bytes>,
    unsent: Arc<AtomicUsize>,
}

/// A writer, what it queues, and the word that it is closed.
pub(super) fn queue() -> (Writer, Queued, watch::Receiver<()>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (open, closed) = watch::channel(());
    let unsent = Arc::new(AtomicUsize::new(0));
    let writer = Writer { queue: sender, unsent: unsent.clone(), _open: open };
    (writer, Queued { queue: receiver, unsent }, closed)
}

impl Writer {
    /// Queues bytes; says how many the peer has not taken yet. What is queued for a closed stream is lost.
    pub(super) fn write(&self, payload: Bytes) -> usize {
        let len = payload.len();
        let before = self.unsent.fetch_add(len, Ordering::Relaxed);
        let _ = self.queue.send(payload);
        before + len
    }
}

impl Queued {
    /// The next message to write; `None` once the stream is to be closed.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        self.queue.recv().await
    }

    /// Notes that a message has left.
    pub(super) fn written(&self, payload: &Bytes) {
        self.unsent.fetch_sub(payload.len(), Ordering::Relaxed);
    }
}
