//! Media's sockets: one thread a worker, around one [`media::Worker`].

mod bind;
mod driver;
mod receive;
mod reports;
mod sockets;
mod sounds;
mod tapes;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use media::{MediaCommand, MediaEvent};
use mio::Waker;
use tokio::sync::mpsc;

pub use bind::{Bound, bind};
pub use driver::Driver;
pub use reports::EVENTS;
pub use sounds::{SoundError, Sounds};

/// Commands that wait for a worker.
pub const COMMANDS: usize = 4096;

/// One thing for a worker to do.
#[derive(Debug)]
pub enum Request {
    /// A command of the switch.
    Command(MediaCommand),
    /// End the thread.
    Stop,
}

/// The way to a worker's thread.
#[derive(Clone)]
pub struct Handle {
    commands: mpsc::Sender<Request>,
    waker: Arc<Waker>,
}

impl Handle {
    /// Hands over a request, or gives it back when the mailbox is full or the worker gone.
    ///
    /// # Errors
    ///
    /// The request.
    #[expect(clippy::result_large_err, reason = "what comes back is what was handed over, for the next try")]
    pub fn send(&self, request: Request) -> Result<(), Request> {
        self.commands.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(request) | mpsc::error::TrySendError::Closed(request) => request,
        })?;
        // A worker that cannot be woken still looks at its mailbox at its next deadline.
        let _ = self.waker.wake();
        Ok(())
    }
}

/// The address of sound to and from trunks: what they are told, and what is bound behind a one-to-one NAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrunkSide {
    /// In session descriptions.
    pub told: IpAddr,
    /// On this machine.
    pub bound: IpAddr,
}

impl TrunkSide {
    /// A public address stands in for one of the same IP version that others can reach at all.
    pub fn new(bound: IpAddr, public: Option<IpAddr>) -> Self {
        let public = public.filter(|public| public.is_ipv4() == bound.is_ipv4() && !bound.is_loopback());
        Self { told: public.unwrap_or(bound), bound }
    }

    /// Where to bind what the worker names by the address that trunks are told.
    fn local(self, named: SocketAddr) -> SocketAddr {
        if named.ip() == self.told { SocketAddr::new(self.bound, named.port()) } else { named }
    }
}

/// Where a worker's events go.
pub type Events = mpsc::Sender<MediaEvent>;
