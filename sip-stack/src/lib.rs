//! A sans-IO SIP stack: messages, transactions, dialogs, a user agent.
//!
//! **Is:** values that turn bytes and deadlines into bytes, events and the next deadline (RFC 3261 and its
//! extensions). **Is not:** a socket, a clock, a random number generator, a resolver or an SDP parser; bodies
//! are opaque bytes here, time and randomness are arguments.
//!
//! ```
//! use bytes::Bytes;
//! use sip_stack::message::{Message, header::CSeq};
//!
//! let wire = Bytes::from_static(
//!     b"OPTIONS sip:carol@chicago.com SIP/2.0\r\n\
//!       v: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877\r\n\
//!       Max-Forwards: 70\r\n\
//!       t: <sip:carol@chicago.com>\r\n\
//!       f: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n\
//!       i: a84b4c76e66710\r\n\
//!       CSeq: 63104 OPTIONS\r\n\
//!       l: 0\r\n\r\n",
//! );
//! let Message::Request(request) = Message::parse(wire)? else { panic!("a response") };
//! assert_eq!(request.uri.user.as_deref(), Some("carol"));
//! assert_eq!(request.headers.typed::<CSeq>()?.map(|cseq| cseq.number), Some(63104));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod auth;
mod dialog;
pub mod endpoint;
pub mod message;
mod transaction;
pub mod transport;
pub mod ua;

pub use endpoint::{
    CommandError, Config, Counters, Endpoint, Hangup, LargeRequests, Limits, Output, SessionTimer, Timers,
};
pub use transport::{FlowId, Listener, Transport};
pub use ua::{
    Body, Credentials, EndedBy, Invite, InviteId, Reason, Register, RegistrationId, Respond, Source, Target,
    UaEvent,
};
