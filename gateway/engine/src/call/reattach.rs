//! A browser that comes back to a call with other media: a page loaded again, another network. The far side is told
//! nothing, and its port goes on with the numbers that it has.

use media::MediaCommand;

use super::bridge::Talk;
use super::hold::HeldBy;
use super::{Call, LegIndex, Side};
use crate::ids::SessionId;
use crate::leg::port::Descriptions;
use crate::switch::{Context, Refused, RtcNotice, RtcState, Signalling};

impl Call {
    /// Opens a new port for the browser in place of the one that it has.
    pub(crate) fn reattach(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        sdp: String,
    ) -> Result<(), Refused> {
        if !self.has_taken(leg) {
            return Err(Refused::WrongState);
        }
        self.close_port(context, leg);
        self.arrange(context);
        self.open_browser(context, leg, sdp);
        if self.talk() == Talk::Answered {
            self.expect_connection(context, context.config.connect_timeout);
        }
        Ok(())
    }

    /// Lets the browser's port answer an offer with other ICE credentials; the sound goes on meanwhile.
    pub(crate) fn restart_ice(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        sdp: String,
    ) -> Result<(), Refused> {
        let port = self.legs[leg].port.as_ref().filter(|port| port.descriptions == Descriptions::Complete);
        let port = port.filter(|_| self.has_taken(leg)).ok_or(Refused::WrongState)?.id;
        context.media(
            self.worker,
            MediaCommand::SetOffer { port, sdp: sdp.into_bytes().into(), signalled_from: None },
        );
        Ok(())
    }

    /// Whether this browser placed the call, took it, or took what it is to be handed over to.
    fn has_taken(&self, leg: LegIndex) -> bool {
        self.near == Some(leg) || self.transfer.as_ref().is_some_and(|transfer| transfer.target == Some(leg))
    }

    /// Whether the callee is sought already, so that a caller's new port asks for nothing.
    pub(super) fn seeks_callee(&self) -> bool {
        self.legs.iter().any(|leg| leg.side == Side::Callee)
    }

    /// Tells a page that was loaded again how the call stands.
    pub(crate) fn tell_state(&mut self, context: &mut Context<'_>, session: SessionId) {
        let Some(leg) = self.leg_of(session) else { return };
        let answered_ago = self.answered_at.map(|at| context.now.wall.duration_since(at).unwrap_or_default());
        let state = RtcState {
            side: self.legs[leg].side,
            from: self.origin.from.clone(),
            from_name: self.origin.from_name.clone(),
            to: self.origin.to.clone(),
            state: self.state,
            taken: self.has_taken(leg),
            early_media: self.early_media,
            muted: self.legs[leg].muted,
            held: self.legs[leg].holding.is_some(),
            answered_ago,
        };
        context.rtc(session, self.id(), RtcNotice::State(Box::new(state)));
        let talks_to = self.partner(leg).or_else(|| self.other(leg));
        if self.talk() == Talk::Answered && talks_to.is_some_and(|other| self.legs[other].peer_holds) {
            self.tell(context, leg, RtcNotice::Held { held: true, by: HeldBy::Far });
        }
        if let (true, Some(transfer)) = (self.near == Some(leg), &self.transfer) {
            self.tell_transfer(context, transfer.state());
        }
    }

    /// While the signalling of the call's browser is away, nobody can bring its sound back.
    pub(super) fn wait_for_signalling(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        signalling: Signalling,
    ) {
        if self.near != Some(leg) || self.talk() != Talk::Answered {
            return;
        }
        match signalling {
            Signalling::Detached => self.timers.connect = None,
            Signalling::Attached => self.expect_connection(context, context.config.reconnect_timeout),
        }
    }
}
