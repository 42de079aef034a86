//! Sans-IO media: packets, codecs, descriptions, WebRTC, and the bridge between two ports.
//!
//! *Is:* RTP and RTCP, G.711, G.722 and Opus, RFC 4733 digits, SDP offer and answer for plain RTP,
//! WebRTC, and a [`Worker`] that joins two ports. *Is not:* sockets, threads, clocks, SIP.

mod bridge;
pub mod codec;
mod delays;
pub mod dtmf;
pub mod emodel;
pub mod gain;
pub mod jitter;
mod ogg;
mod port;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod source;
pub mod srtp;
pub mod tap;
pub mod vad;
pub mod verdict;
mod worker;

pub use bridge::Hearing;
pub use delays::AddedDelay;
pub use port::{Certificate, crypto_provider};
pub use worker::{
    CodecKind, Counters, Direction, DtmfMethod, Limits, MediaCommand, MediaEvent, Output, PortId, PortSpec,
    Refusal, RoomId, Socket, Stats, Worker, WorkerConfig,
};
