//! Hold and mute, at the gateway: nothing of it goes to the far side's signalling.

use media::MediaCommand;

use super::bridge::Talk;
use super::{Call, CallFact, LegIndex};
use crate::ids::LegId;
use crate::leg::port::Descriptions;
use crate::switch::{Context, MutedBy, Refused, RtcNotice};

/// Who put a call on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The user in the browser.
    User,
    /// A program, through the API, or the gateway for a transfer.
    System,
    /// The far side, at its own phone.
    Far,
}

impl Call {
    /// Parts near from far until [`unhold`](Self::unhold).
    pub(crate) fn hold(&mut self, context: &mut Context<'_>, by: HeldBy) -> Result<(), Refused> {
        self.set_holding(context, Some(by), by)
    }

    /// Joins near and far again.
    pub(crate) fn unhold(&mut self, context: &mut Context<'_>, by: HeldBy) -> Result<(), Refused> {
        self.set_holding(context, None, by)
    }

    fn set_holding(
        &mut self,
        context: &mut Context<'_>,
        holding: Option<HeldBy>,
        by: HeldBy,
    ) -> Result<(), Refused> {
        let (Some(near), Talk::Answered, None) = (self.near, self.talk(), &self.transfer) else {
            return Err(Refused::WrongState);
        };
        self.hold_near(context, near, holding, by);
        self.arrange(context);
        Ok(())
    }

    /// Notes and tells a hold; who hears whom is for [`arrange`](Self::arrange).
    pub(super) fn hold_near(
        &mut self,
        context: &mut Context<'_>,
        near: LegIndex,
        holding: Option<HeldBy>,
        by: HeldBy,
    ) {
        let former = std::mem::replace(&mut self.legs[near].holding, holding);
        if former.is_some() == holding.is_some() {
            return;
        }
        self.tell(context, near, RtcNotice::Held { held: holding.is_some(), by });
        let fact = if holding.is_some() { CallFact::Held { by } } else { CallFact::Unheld { by } };
        self.emit(context, Some(near), fact);
    }

    /// Mutes or unmutes a leg, at the gateway too: what a page forgets to drop is dropped there. Near unless named.
    pub(crate) fn mute(
        &mut self,
        context: &mut Context<'_>,
        leg: Option<LegId>,
        muted: bool,
        by: MutedBy,
    ) -> Result<(), Refused> {
        let leg = match leg {
            Some(id) => self.live_leg(id)?,
            None => self.near.ok_or(Refused::WrongState)?,
        };
        if std::mem::replace(&mut self.legs[leg].muted, muted) == muted {
            return Ok(());
        }
        self.mute_port(context, leg);
        if by == MutedBy::System {
            self.tell(context, leg, RtcNotice::Muted { muted, by });
        }
        self.emit(context, Some(leg), CallFact::Muted { muted, by });
        Ok(())
    }

    pub(super) fn mute_port(&self, context: &mut Context<'_>, leg: LegIndex) {
        let described = self.port(leg).filter(|port| port.descriptions != Descriptions::Opening);
        if let Some(port) = described {
            let muted = self.legs[leg].muted;
            context.media(self.worker, MediaCommand::Mute { port: port.id, muted });
        }
    }

    pub(super) fn live_leg(&self, id: LegId) -> Result<LegIndex, Refused> {
        let leg = self.legs.iter().position(|leg| leg.id == id).ok_or(Refused::UnknownLeg)?;
        if self.legs[leg].is_live() { Ok(leg) } else { Err(Refused::WrongState) }
    }

    /// Tells a leg's browser, if it has one.
    pub(super) fn tell(&self, context: &mut Context<'_>, leg: LegIndex, notice: RtcNotice) {
        if let Some(session) = self.legs[leg].session() {
            context.rtc(session, self.id(), notice);
        }
    }
}
