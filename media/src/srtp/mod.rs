//! SRTP and SRTCP (RFC 3711, RFC 6188, RFC 7714) of the plain RTP side, with keys from session descriptions
//! (RFC 4568).

mod derive;
mod key;
mod keystream;
mod protect;
mod replay;
mod suite;
mod transform;
mod unprotect;

pub use key::{Keying, MasterKey, Mki};
pub use protect::Protector;
pub use suite::Suite;
pub use transform::{Reports, SrtpError};
pub use unprotect::Unprotector;

/// What SRTP and SRTCP add to a packet at most: a tag and, with SRTCP, the index.
pub const EXPANSION_MAX: usize = 16 + 4;
