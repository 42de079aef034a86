//! Ports for one test among others that run beside it.

use anyhow::{Context, Result};
use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::wait;

/// Ports are drawn below the range the system hands out by itself (32768 and up).
const FIRST: u16 = 20_000;
const LAST: u16 = 31_998;
/// How long a peer may take to open its socket.
const LISTEN_WITHIN: Duration = Duration::from_secs(10);

fn taken() -> &'static Mutex<HashSet<u16>> {
    static TAKEN: OnceLock<Mutex<HashSet<u16>>> = OnceLock::new();
    TAKEN.get_or_init(Mutex::default)
}

/// `count` ports in a row (the first one even), free for UDP and TCP on loopback; returns the first.
///
/// No port is given out twice in one run.
///
/// # Errors
/// The whole range is in use.
pub fn free(count: u16) -> Result<u16> {
    let mut taken = taken().lock().unwrap_or_else(PoisonError::into_inner);
    let start = FIRST + (std::process::id() % 500) as u16 * 20;
    let candidates = (start..LAST - count).chain(FIRST..start).step_by(2);
    let fits = |first: &u16| (*first..*first + count).all(|port| !taken.contains(&port) && unbound(port));
    let first = candidates.clone().find(fits).context("no free port")?;
    taken.extend(first..first + count);
    Ok(first)
}

fn unbound(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port);
    UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
}

/// Transport of a listening socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Streams.
    Tcp,
}

impl Transport {
    /// The word in a SIP Via and in configuration files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}

/// Waits until someone has opened `port`.
///
/// # Errors
/// Nobody does within ten seconds.
pub async fn opened(port: u16, transport: Transport) -> Result<()> {
    let open = || is_open(port, transport).then_some(());
    let what = format!("listener on {} port {port}", transport.word());
    wait::until(&what, LISTEN_WITHIN, open, String::new).await
}

/// Looks into the kernel's socket table, which unlike a probe takes nothing from the port.
fn is_open(port: u16, transport: Transport) -> bool {
    let tables = ["", "6"].map(|suffix| format!("/proc/net/{}{suffix}", transport.word()));
    let wanted = format!(":{port:04X}");
    let rows = tables.iter().filter_map(|table| fs::read_to_string(table).ok());
    rows.into_iter().any(|table| {
        let mut locals = table.lines().skip(1).filter_map(|row| {
            let mut fields = row.split_whitespace().skip(1);
            let local = fields.next()?;
            let listening = transport == Transport::Udp || fields.nth(1)? == "0A";
            listening.then_some(local)
        });
        locals.any(|local| local.ends_with(&wanted))
    })
}
