//! RTCP of the plain RTP side: reports, CNAME and BYE (RFC 3550 §6).

mod ntp;
mod parse;
mod report;
mod voip;
mod write;

pub use ntp::Ntp;
pub use parse::{Compound, Packet, ReportBlocks, RtcpError};
pub use report::{REPORT_BLOCK_LEN, ReportBlock, SENDER_INFO_LEN, SenderInfo};
pub use voip::{GMIN, VOIP_METRICS_LEN, VoipMetrics};
pub use write::CompoundWriter;

const VERSION: u8 = 2;
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
/// RFC 3611 §2.
const EXTENDED_REPORT: u8 = 207;
/// Source description item (RFC 3550 §6.5.1).
const CNAME: u8 = 1;
