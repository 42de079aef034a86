//! A browser's leg: neutral words to notices.

use crate::ids::SessionId;
use crate::switch::{RtcNotice, Signalling};

/// How loud a leg rings: with a tone of its own, or with the far side's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alert {
    Tone,
    EarlyMedia,
}

/// A leg that a browser signals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RtcLeg {
    pub(crate) session: SessionId,
    pub(crate) signalling: Signalling,
}

impl RtcLeg {
    pub(crate) const fn new(session: SessionId) -> Self {
        Self { session, signalling: Signalling::Attached }
    }
}

pub(crate) const fn alert(alert: Alert) -> RtcNotice {
    RtcNotice::Ringing { early_media: matches!(alert, Alert::EarlyMedia) }
}

pub(crate) fn description(sdp: &[u8]) -> RtcNotice {
    RtcNotice::Description { sdp: String::from_utf8_lossy(sdp).into_owned() }
}
