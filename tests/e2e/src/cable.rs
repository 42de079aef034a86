//! The way of TCP connections through the network, that can be cut.

use anyhow::Result;
use std::future::pending;
use std::net::Ipv4Addr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    Whole,
    /// What was there is silent; what is new gets through.
    Frozen,
    Cut,
}

/// Leads from a port of its own to another one on this machine.
#[derive(Debug)]
pub struct Cable {
    port: u16,
    condition: watch::Sender<Condition>,
    accepting: JoinHandle<()>,
}

impl Cable {
    /// Lays a cable to `target`.
    ///
    /// # Errors
    /// No port is free.
    pub async fn to(target: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (condition, seen) = watch::channel(Condition::Whole);
        let accepting = tokio::spawn(accept(listener, target, seen));
        Ok(Self { port, condition, accepting })
    }

    /// The near end.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Breaks every connection, and each new one, until [`Self::mend`].
    pub fn cut(&self) {
        self.condition.send_replace(Condition::Cut);
    }

    /// Silences every connection without breaking it, as a lost network does; new ones get through.
    pub fn freeze(&self) {
        self.condition.send_replace(Condition::Frozen);
    }

    /// Lets new connections through.
    pub fn mend(&self) {
        self.condition.send_replace(Condition::Whole);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, target: u16, condition: watch::Receiver<Condition>) {
    while let Ok((near, _)) = listener.accept().await {
        if *condition.borrow() != Condition::Cut {
            tokio::spawn(join(near, target, condition.clone()));
        }
    }
}

/// Carries bytes both ways until an end is closed or the cable suffers something.
async fn join(mut near: TcpStream, target: u16, mut condition: watch::Receiver<Condition>) {
    condition.mark_unchanged();
    let Ok(mut far) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => return,
        _ = condition.changed() => {}
    }
    if *condition.borrow() == Condition::Frozen {
        pending::<()>().await;
    }
}
