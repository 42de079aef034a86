//! One end of media: what speaks to a browser or to a trunk.

mod webrtc;

pub use webrtc::Certificate;
