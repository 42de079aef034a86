//! Stopping: no new connections, every call ended in good order, then the sockets.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::call::Mailbox;
use crate::webhook::Webhooks;
use crate::{media, sip};

/// How long each part may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What has to stop.
pub(crate) struct Parts {
    pub(crate) stopping: watch::Sender<bool>,
    pub(crate) calls: Mailbox,
    pub(crate) call_task: JoinHandle<()>,
    /// Ends once all is written that the calls recorded.
    pub(crate) writer: JoinHandle<()>,
    /// Ends once every recording is on the disk.
    pub(crate) recordings: JoinHandle<()>,
    pub(crate) webhooks: Webhooks,
    pub(crate) sip: mpsc::Sender<sip::Request>,
    pub(crate) sip_task: JoinHandle<()>,
    pub(crate) media: Vec<(media::Handle, std::thread::JoinHandle<()>)>,
    pub(crate) http: JoinHandle<()>,
    /// Ended without ceremony.
    pub(crate) others: Vec<JoinHandle<()>>,
}

/// SIGTERM and SIGINT, caught from the moment this exists.
pub struct Signals(Option<[Signal; 2]>);

impl Signals {
    /// Catches them; must be inside the runtime.
    pub fn catch() -> Self {
        match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
            (Ok(terminate), Ok(interrupt)) => Self(Some([terminate, interrupt])),
            (Err(error), _) | (_, Err(error)) => {
                warn!(%error, "signals cannot be caught; only a kill ends this process");
                Self(None)
            }
        }
    }

    /// Waits for one of them.
    pub async fn told(self) {
        let Some([mut terminate, mut interrupt]) = self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

impl Parts {
    /// Stops everything, in order.
    pub(crate) async fn stop(self) {
        info!("stopping");
        // The receivers live as long as the parts do.
        let _ = self.stopping.send(true);
        for task in self.others {
            task.abort();
        }
        if self.calls.drain().await.is_err() {
            warn!("some calls did not end in time");
        }
        within("calls", self.call_task).await;
        within("journal", self.writer).await;
        self.webhooks.stop();
        let _ = self.sip.send(sip::Request::Stop).await;
        within("sip", self.sip_task).await;
        for (handle, thread) in self.media {
            let _ = handle.send(media::Request::Stop);
            within("media", tokio::task::spawn_blocking(|| thread.join())).await;
        }
        within("recordings", self.recordings).await;
        within("http", self.http).await;
        info!("stopped");
    }
}

async fn within(part: &str, task: impl Future) {
    if tokio::time::timeout(PATIENCE, task).await.is_err() {
        warn!(part, "did not stop in time");
    }
}
