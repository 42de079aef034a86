//! The few lines of the gateway's SDP that the instrument needs.

use anyhow::{Context, Result};
use std::net::{IpAddr, SocketAddr};

/// Where a peer wants its audio, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaAddress {
    /// Address of `c=` and port of `m=audio`.
    pub address: SocketAddr,
    /// Payload types in the order of `m=audio`.
    pub payload_types: Vec<u8>,
    /// Payload type of `telephone-event/8000`.
    pub event_type: Option<u8>,
    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`.
    pub direction: String,
}

const DIRECTIONS: [&str; 4] = ["sendrecv", "sendonly", "recvonly", "inactive"];

impl MediaAddress {
    /// Reads it from a SIP message with an SDP body of one audio line.
    ///
    /// # Errors
    /// There is no `c=` or `m=audio` line in it.
    pub fn of(message: &str) -> Result<Self> {
        let line = |start: &str| {
            let mut lines = message.lines().map(str::trim_end);
            lines.find_map(|line| line.strip_prefix(start).map(str::to_owned))
        };
        let host = line("c=IN IP4 ").with_context(|| format!("no c= line in:\n{message}"))?;
        let media = line("m=audio ").with_context(|| format!("no m=audio line in:\n{message}"))?;
        let address: IpAddr = host.parse()?;
        let mut fields = media.split_whitespace();
        let port = fields.next().context("no port")?.parse()?;
        let payload_types = fields.skip(1).filter_map(|field| field.parse().ok()).collect();
        let direction = DIRECTIONS.into_iter().find(|word| line(&format!("a={word}")).is_some());
        Ok(Self {
            address: SocketAddr::new(address, port),
            payload_types,
            event_type: event_type(message),
            direction: direction.unwrap_or("sendrecv").to_owned(),
        })
    }
}

fn event_type(message: &str) -> Option<u8> {
    message.lines().find_map(|line| {
        let (number, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        name.starts_with("telephone-event/8000").then(|| number.parse().ok())?
    })
}
