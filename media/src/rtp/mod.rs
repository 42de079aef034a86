//! RTP packets of RFC 3550, and the extension of their short counters.

mod extend;
mod packet;
mod redundant;

pub use extend::{SequenceExtender, TimestampExtender};
pub(crate) use packet::Prefix;
pub use packet::{HEADER_LEN, Header, Packet, RtpError, is_rtcp};
pub use redundant::{Block, Earlier, Redundant};
