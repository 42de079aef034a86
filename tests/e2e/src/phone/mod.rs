//! The telephone side: SIPp for any SIP behaviour with an RTP socket of the test's own, and
//! baresip as a whole phone.

mod account;
mod baresip;
mod codec;
mod digit;
mod rtp;
mod sdp;
mod sipp;
mod tape;

pub use account::Account;
pub use baresip::Baresip;
pub use codec::Codec;
pub use digit::Digit;
pub use rtp::RtpPhone;
pub use sdp::MediaAddress;
pub use sipp::{Scenario, Sipp};
