//! The four transaction machines of RFC 3261 §17 with RFC 6026, and the table that they live in.
//!
//! A machine is a small value: it takes an event and the list of actions to add to. It has no clock, no
//! message and no address; [`Client`] and [`Server`] hold those, and the endpoint's core carries the actions out.

pub(crate) mod acknowledging;
mod client;
mod failover;
mod giving_up;
mod hearing;
pub(crate) mod hop;
pub(crate) mod incoming;
mod invite_client;
mod invite_server;
mod itinerary;
pub(crate) mod key;
pub(crate) mod locating;
mod non_invite_client;
mod non_invite_server;
mod returning;
pub(crate) mod sending;
mod server;
pub(crate) mod serving;
pub(crate) mod table;

use std::time::Duration;

pub(crate) use client::Client;
pub(crate) use server::Server;

/// A transaction of either side; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TransactionId(pub(crate) u64);

/// The timers of RFC 3261 table 4 and RFC 6026 §7, by their letters, and the two of RFC 4320 §4, which have none.
/// C belongs to proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    A,
    B,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
    /// A request other than INVITE that nobody has answered yet gets its 100.
    Trying,
    /// Its client has given up, and no response would be heard.
    Lapse,
}

impl Timer {
    pub(crate) const FIRST: Self = Self::A;
    pub(crate) const LAST: Self = Self::Lapse;
}

/// What a client machine hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientEvent {
    /// A response with this code.
    Response(u16),
    /// One of its timers.
    Timer(Timer),
}

/// What a server machine hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerEvent {
    /// The request again.
    Request,
    /// An ACK that matches the transaction.
    Ack,
    /// The transaction user responds with this code.
    Respond(u16),
    /// The transaction user has seen the request.
    Waits,
    /// One of its timers.
    Timer(Timer),
}

/// What a machine wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Send the request (client) or the last response (server) for the first time.
    Transmit,
    /// Send it again.
    Retransmit,
    /// Send a 100 of the transaction's own.
    Try,
    /// Send the ACK of a final response that is not 2xx.
    Acknowledge,
    /// Start or move a timer.
    Start(Timer, Duration),
    /// Stop a timer.
    Stop(Timer),
    /// Give the message to the transaction user.
    Deliver,
    /// Tell the transaction user that nobody answered.
    TimeOut,
    /// Forget the transaction.
    Terminate,
}

fn is_provisional(code: u16) -> bool {
    code < 200
}

fn is_success(code: u16) -> bool {
    (200..300).contains(&code)
}
