//! A browser's peer connection: ICE lite, DTLS-SRTP, RTP.

mod certificate;

pub use certificate::Certificate;
