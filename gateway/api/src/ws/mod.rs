//! Browser signalling: `GET /v1/rtc`, subprotocol `offhook.v1`, one JSON object a text frame.
//!
//! A client's request carries `id` and gets exactly one `ok` or `error` with it (`hello` gets `welcome`, `ping`
//! gets `pong`). Events of the gateway carry `seq`, monotonic for a session. Unknown types and fields are ignored.
//!
//! A session outlives its connection by `resume_window_s`, unless the client closes it with 1000 (done) or breaks the
//! protocol; a page that goes away (1001) may be loaded again. A `hello` with `resume` goes on with it: what the client has not received is
//! sent again, in order (but for `call.quality`, which is stale by then), and a request sent again with its former
//! `id` is not done twice. The resume token is spent with the first frame that the client sends after `welcome`; until
//! then the `welcome` may have been lost, and the former token still holds. A connection that the session had is
//! closed as [replaced](CloseCode::Replaced).

mod client;
mod decode;
pub mod limits;
mod server;

pub use client::{
    Ack, CallAccept, CallOffer, CallReject, CallStart, Candidate, ClientFrame, ClientName, Empty, Hello,
    IceCandidate, MuteIntent, RejectCause, Resume, SendDigits, TokenUpdate, TransferTo,
};
pub use decode::{Decoded, FrameError, decode};
pub use server::{
    Bye, ByeAction, CallDescription, CallDigit, CallEnded, CallHeld, CallIncoming, CallMediaVerdict,
    CallMuted, CallQuality, CallRinging, CallStateTold, CallTransfer, Crossing, DescriptionType, IceServer,
    IncomingState, Limits, MutedBy, Quality, ServerFrame, ServerInfo, TransferState, Welcome,
};

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "offhook.v1";

/// Why the gateway closed the connection, as a WebSocket close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    /// Not the protocol.
    Protocol = 4400,
    /// The token is missing, wrong or expired.
    Token = 4401,
    /// The page's origin may not connect.
    Forbidden = 4403,
    /// Nothing came for `timeout_s`.
    Liveness = 4408,
    /// Another page took over.
    Replaced = 4409,
    /// A frame over `limits.message_bytes`.
    TooLarge = 4413,
    /// More than `limits.messages_per_s`.
    Rate = 4429,
}
