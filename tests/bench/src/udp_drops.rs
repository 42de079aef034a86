//! Datagrams that the kernel threw away because a socket's buffer was full.

use std::fs;
use std::io;
use std::net::SocketAddr;

/// The kernel's count for the socket at an address.
pub(crate) fn at(address: &str) -> io::Result<u64> {
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let local = format!(":{:04X}", address.port());
    let table = fs::read_to_string("/proc/net/udp")?;
    let row = table.lines().find(|row| row.split_whitespace().nth(1).is_some_and(|at| at.ends_with(&local)));
    let drops = row.and_then(|row| row.split_whitespace().last()?.parse().ok());
    drops.ok_or_else(|| io::Error::other(format!("nobody listens on {address}")))
}
