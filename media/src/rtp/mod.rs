//! RTP packets of RFC 3550, and the extension of their short counters.

mod extend;
mod packet;

pub use extend::{SequenceExtender, TimestampExtender};
pub use packet::{HEADER_LEN, Header, Packet, RtpError, is_rtcp};
