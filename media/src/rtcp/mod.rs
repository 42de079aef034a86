//! RTCP of the plain RTP side: reports, CNAME and BYE (RFC 3550 §6).

mod ntp;
mod parse;
mod report;
mod write;

pub use ntp::Ntp;
pub use parse::{Compound, Packet, ReportBlocks, RtcpError};
pub use report::{REPORT_BLOCK_LEN, ReportBlock, SENDER_INFO_LEN, SenderInfo};
pub use write::CompoundWriter;

const VERSION: u8 = 2;
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
/// Source description item (RFC 3550 §6.5.1).
const CNAME: u8 = 1;
