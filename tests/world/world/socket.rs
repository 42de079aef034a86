//! A page's WebSocket, with what waits on both sides while it is cut. The real gateway and the real page keep that
//! much themselves.

use engine::{CallId, RtcRequest};

use super::browser::Told;

/// Whether frames get through.
pub(crate) enum Socket {
    Open,
    Cut(Waiting),
}

/// Frames that wait, in order.
#[derive(Default)]
pub(crate) struct Waiting {
    pub(crate) told: Vec<Told>,
    pub(crate) asked: Vec<(CallId, RtcRequest)>,
}

impl Socket {
    pub(crate) const fn is_cut(&self) -> bool {
        matches!(self, Self::Cut(_))
    }

    pub(crate) fn cut(&mut self) {
        *self = Self::Cut(Waiting::default());
    }

    /// Frames get through again; returns those that waited.
    pub(crate) fn mend(&mut self) -> Waiting {
        match std::mem::replace(self, Self::Open) {
            Self::Open => Waiting::default(),
            Self::Cut(waiting) => waiting,
        }
    }

    /// Lets a request through, or keeps it.
    pub(crate) fn ask(&mut self, call: CallId, request: RtcRequest) -> Option<RtcRequest> {
        match self {
            Self::Open => Some(request),
            Self::Cut(waiting) => {
                waiting.asked.push((call, request));
                None
            }
        }
    }

    /// Lets a frame of the gateway through, or keeps it.
    pub(crate) fn tell(&mut self, told: Told) -> Option<Told> {
        match self {
            Self::Open => Some(told),
            Self::Cut(waiting) => {
                waiting.told.push(told);
                None
            }
        }
    }
}
