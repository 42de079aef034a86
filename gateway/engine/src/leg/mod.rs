//! One leg of a call, whatever it speaks: its machine, its owner, its media port.
//!
//! ```text
//!            offer sent     180          18x with sound    2xx
//!            or received    sent/rcvd    sent/rcvd         sent/rcvd
//!   New ───▶ Offered ─────▶ Ringing ───▶ Early ──────────▶ Answered
//!    │          │ └───────────┼──────────▲ │ ▲                │
//!    │          └─────────────┼────────────┼─┘ (skips ahead)  │
//!    ▼          ▼             ▼            ▼                  ▼
//!   Ended ◀── refusal, cancel, hang-up, loss: from every state
//! ```

pub(crate) mod dtmf;
pub(crate) mod port;
pub(crate) mod pressed;
pub(crate) mod rtc;
pub(crate) mod sip;

use media::AddedDelay;

use crate::call::{HeldBy, LegSnapshot, Side};
use crate::cause::Cause;
use crate::ids::{LegId, SessionId};
use crate::switch::Signalling;
use port::Port;
use pressed::Pressed;
use rtc::RtcLeg;
use sip::SipLeg;

/// What a leg speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegKind {
    /// A browser's session.
    Browser,
    /// A SIP dialog.
    Sip,
}

/// Where a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegState {
    /// Made, nothing sent or answered.
    New,
    /// The call was offered to it, or by it.
    Offered,
    /// It rings.
    Ringing,
    /// It rings, and sound flows already.
    Early,
    /// It is in the call.
    Answered,
    /// It is over.
    Ended,
}

/// What has a leg at this instant; always exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Something that decides for it: the hunt for whoever takes the call.
    App,
    /// The bridge with the other side.
    Bridge,
    /// Nobody: it waits for the other side, or is on hold.
    Parked,
}

/// How a leg is signalled.
#[derive(Debug)]
pub(crate) enum Signal {
    Rtc(RtcLeg),
    Sip(SipLeg),
}

/// One leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) side: Side,
    pub(crate) signal: Signal,
    pub(crate) port: Option<Port>,
    /// Whether what comes from it is dropped.
    pub(crate) muted: bool,
    /// Who parted it from the other side on its behalf.
    pub(crate) holding: Option<HeldBy>,
    /// Whether its own phone holds, by its session description.
    pub(crate) peer_holds: bool,
    /// How long packets from it were in the gateway, in the whole call.
    pub(crate) added_delay: Option<AddedDelay>,
    pub(crate) pressed: Pressed,
    state: LegState,
    owner: Owner,
    cause: Option<Cause>,
}

impl Leg {
    pub(crate) fn new(id: LegId, side: Side, signal: Signal, owner: Owner) -> Self {
        Self {
            id,
            side,
            signal,
            port: None,
            muted: false,
            holding: None,
            peer_holds: false,
            added_delay: None,
            pressed: Pressed::default(),
            state: LegState::New,
            owner,
            cause: None,
        }
    }

    pub(crate) const fn state(&self) -> LegState {
        self.state
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state != LegState::Ended
    }

    /// Moves ahead; a step back, or out of `Ended`, is none.
    pub(crate) fn advance(&mut self, to: LegState) {
        if self.is_live() && to > self.state && to != LegState::Ended {
            self.state = to;
        }
    }

    /// The one way into `Ended`.
    pub(crate) fn end(&mut self, cause: Cause) {
        if self.is_live() {
            self.state = LegState::Ended;
            self.cause = Some(cause);
        }
    }

    pub(crate) fn cause(&self) -> Option<Cause> {
        self.cause
    }

    pub(crate) const fn owner(&self) -> Owner {
        self.owner
    }

    /// Notes the owner; true where it has changed. For [`Call::hand_over`](crate::call::Call) only.
    pub(crate) fn owned_by(&mut self, to: Owner) -> bool {
        std::mem::replace(&mut self.owner, to) != to
    }

    pub(crate) fn session(&self) -> Option<SessionId> {
        match &self.signal {
            Signal::Rtc(rtc) => Some(rtc.session),
            Signal::Sip(_) => None,
        }
    }

    pub(crate) const fn signalling(&self) -> Option<Signalling> {
        match &self.signal {
            Signal::Rtc(rtc) => Some(rtc.signalling),
            Signal::Sip(_) => None,
        }
    }

    /// Notes it; true where it has changed.
    pub(crate) fn set_signalling(&mut self, signalling: Signalling) -> bool {
        match &mut self.signal {
            Signal::Rtc(rtc) => std::mem::replace(&mut rtc.signalling, signalling) != signalling,
            Signal::Sip(_) => false,
        }
    }

    pub(crate) const fn sip(&self) -> Option<&SipLeg> {
        match &self.signal {
            Signal::Sip(sip) => Some(sip),
            Signal::Rtc(_) => None,
        }
    }

    pub(crate) const fn sip_mut(&mut self) -> Option<&mut SipLeg> {
        match &mut self.signal {
            Signal::Sip(sip) => Some(sip),
            Signal::Rtc(_) => None,
        }
    }

    pub(crate) fn snapshot(&self, held: bool) -> LegSnapshot {
        LegSnapshot {
            id: self.id,
            kind: if self.sip().is_some() { LegKind::Sip } else { LegKind::Browser },
            side: self.side,
            state: self.state,
            reconnecting: self.is_live() && self.signalling() == Some(Signalling::Detached),
            owner: self.owner,
            muted: self.muted,
            held,
            trunk: self.sip().map(|sip| sip.trunk.clone()),
            session: self.session(),
            added_delay: self.added_delay,
            cause: self.cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_leg_only_moves_ahead_and_stays_ended() {
        let signal = Signal::Rtc(RtcLeg::new(SessionId(Uuid::nil())));
        let mut leg = Leg::new(LegId(Uuid::nil()), Side::Callee, signal, Owner::App);
        leg.advance(LegState::Early);
        leg.advance(LegState::Ringing);
        assert_eq!(leg.state(), LegState::Early);
        leg.end(Cause::Busy);
        leg.advance(LegState::Answered);
        leg.end(Cause::Normal);
        assert_eq!((leg.state(), leg.snapshot(false).cause), (LegState::Ended, Some(Cause::Busy)));
    }
}
