//! A sans-IO SIP stack: messages, transactions, dialogs, a user agent, a registrar, a proxy.
//!
//! **Is:** values that turn bytes and deadlines into bytes, events and the next deadline (RFC 3261 and its
//! extensions). **Is not:** a socket, a clock, a random number generator, a resolver or an SDP parser; bodies
//! are opaque bytes here, time and randomness are arguments.
//!
//! **The contract.** [`Endpoint`] is one value per node. Each `handle_*` says what happened, each command what
//! is wanted; after either, [`Endpoint::poll_output`] is drained until it answers [`Output::Timeout`]. Nothing
//! is awaited, called back or shared. Every number that a stranger can grow has a bound in [`Limits`], and
//! [`Counters`] say when it was reached.
//!
//! ```
//! use std::time::Instant;
//!
//! use sip_stack::{Body, CallOptions, Config, Endpoint, Invite, InviteId, Listener, Output, Target, Transport};
//!
//! let now = Instant::now();
//! let listener =
//!     Listener { transport: Transport::Udp, local: "192.0.2.1:5060".parse()?, advertised: None };
//! let mut endpoint = Endpoint::new(Config::new(vec![listener]), [0; 32], now);
//!
//! let call = Invite {
//!     uri: "sip:600@trunk.example".parse()?,
//!     target: Target::new(Transport::Udp, "192.0.2.9:5060".parse()?).into(),
//!     route: Vec::new(),
//!     from: "<sip:alice@192.0.2.1>".parse()?,
//!     to: "<sip:600@trunk.example>".parse()?,
//!     headers: Vec::new(),
//!     body: Some(Body::sdp("v=0\r\n")),
//!     credentials: None,
//!     options: CallOptions::default(),
//! };
//! endpoint.invite(now, InviteId(1), call)?;
//!
//! let Output::Datagram { remote, payload, .. } = endpoint.poll_output() else { panic!("nothing to send") };
//! assert_eq!(remote.port(), 5060);
//! assert!(payload.starts_with(b"INVITE sip:600@trunk.example SIP/2.0\r\n"));
//!
//! let Output::Timeout(at) = endpoint.poll_output() else { panic!("still something to do") };
//! assert_eq!(at, now + sip_stack::Timers::default().t1, "timer A sends the INVITE again");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Programs
//!
//! Each runs as it stands, on a driver of some forty lines that knows nothing but one UDP socket
//! (`examples/udp/driver.rs`); `cargo run --example proxy`. A phone that takes every call, and calls if told to:
//!
#![doc = concat!("```no_run,standalone_crate\n", include_str!("../examples/user_agent.rs"), "```")]
//! A registrar:
//!
#![doc = concat!("```no_run,standalone_crate\n", include_str!("../examples/registrar.rs"), "```")]
//! The registrar and proxy of a domain:
//!
#![doc = concat!("```no_run,standalone_crate\n", include_str!("../examples/proxy.rs"), "```")]
//! A back-to-back user agent:
//!
#![doc = concat!("```no_run,standalone_crate\n", include_str!("../examples/b2bua.rs"), "```")]
//! The driver:
//!
#![doc = concat!("```no_run,standalone_crate\n", include_str!("../examples/udp/driver.rs"), "```")]
//!
#![doc = include_str!("rfcs.md")]

pub mod address;
pub mod auth;
mod dialog;
pub mod endpoint;
pub mod event_package;
pub mod message;
pub mod proxy;
pub mod registrar;
pub mod resolve;
mod seal;
#[cfg(feature = "stir")]
pub mod stir;
mod transaction;
pub mod transport;
pub mod ua;

pub use bytes::Bytes;
pub use endpoint::{
    CommandError, Config, Counters, Endpoint, Hangup, LargeRequests, Limits, Output, Package, Referrals,
    ReliableResponses, Services, SessionIds, SessionTimer, Timers,
};
pub use resolve::{Answer, Family, Naptr, QueryId, Record, RecordKind, Srv, Unresolved};
pub use transport::{FlowId, KeepAlive, Listener, Transport};
pub use ua::publication::{
    Change, PublicationEnd, PublicationEvent, PublicationId, PublicationLimits, Publications, Publish,
    Published,
};
pub use ua::subscription::{
    Grant, Granted, Notify, NotifyState, Refer, Referral, Referred, Retry, Subscribe, SubscriptionEnd,
    SubscriptionEvent, SubscriptionId, TellMe, TerminationReason,
};
pub use ua::{
    Availability, Body, CallOptions, Credentials, DialogName, EndedBy, InCall, InCallEvent, Invite, InviteId,
    LocateId, NextHop, Outbound, Outgoing, OutgoingId, Prack, Pracks, Reach, Reason, Redirects, Register,
    RegistrationId, Relation, RelationKind, ReplacesWhen, Reply, RequestId, Respond, Source, Target,
    TokenHop, Trust, UaEvent, Unreplied,
};
