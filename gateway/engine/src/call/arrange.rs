//! Who hears whom: the one place that joins legs and parts them, and hands them from owner to owner.

use media::MediaCommand;

use super::transfer::Stage;
use super::{Call, CallFact, LegIndex};
use crate::leg::port::{Descriptions, Port};
use crate::leg::{LegState, Owner};
use crate::switch::Context;

impl Call {
    /// The two that are to hear each other now, whether or not their ports are ready.
    fn wanted(&self) -> Option<[LegIndex; 2]> {
        let (near, far) = (self.near?, self.far);
        match &self.transfer {
            Some(transfer) => match transfer.stage {
                Stage::Calling | Stage::Consulting => Some([near, transfer.target?]),
                Stage::Blind(_) => None,
            },
            None if self.legs[near].holding.is_some() => None,
            None => Some([near, far?]),
        }
    }

    /// Joins the two that are to hear each other, as soon as each port has both its descriptions, and parts those
    /// that are not.
    pub(super) fn arrange(&mut self, context: &mut Context<'_>) {
        let complete =
            |leg: &LegIndex| self.port(*leg).is_some_and(|port| port.descriptions == Descriptions::Complete);
        let wanted = self.wanted().filter(|pair| pair.iter().all(complete));
        if wanted == self.pair {
            return;
        }
        let former = std::mem::replace(&mut self.pair, wanted);
        match wanted.map(|[a, b]| (self.port(a), self.port(b))) {
            Some((Some(a), Some(b))) => context.media(self.worker, MediaCommand::Bridge { a: a.id, b: b.id }),
            // One port is enough to part two; one that was closed has left its bridge already.
            _ => {
                if let Some([Some(port), Some(_)]) = former.map(|pair| pair.map(|leg| self.port(leg))) {
                    context.media(self.worker, MediaCommand::Unbridge { port: port.id });
                }
            }
        }
        for leg in former.into_iter().flatten().filter(|leg| !wanted.is_some_and(|pair| pair.contains(leg))) {
            self.hand_over(context, leg, Owner::Parked);
        }
        for leg in wanted.into_iter().flatten() {
            self.hand_over(context, leg, Owner::Bridge);
        }
        self.judge(context);
    }

    /// The one way from owner to owner.
    pub(super) fn hand_over(&mut self, context: &mut Context<'_>, leg: LegIndex, to: Owner) {
        if self.legs[leg].is_live() && self.legs[leg].owned_by(to) {
            self.emit(context, Some(leg), CallFact::LegOwner(to));
        }
    }

    /// Who is joined with a leg.
    pub(super) fn partner(&self, leg: LegIndex) -> Option<LegIndex> {
        let [a, b] = self.pair?;
        match leg {
            leg if leg == a => Some(b),
            leg if leg == b => Some(a),
            _ => None,
        }
    }

    /// Who is, or was before a hold, the other one of the call's two.
    pub(super) fn other(&self, leg: LegIndex) -> Option<LegIndex> {
        match Some(leg) {
            leg if leg == self.near => self.far,
            leg if leg == self.far => self.near,
            _ => None,
        }
    }

    /// Whether a leg hears nothing because of a hold, of the other's command or of the other's own phone.
    pub(super) fn is_held(&self, leg: LegIndex) -> bool {
        let holds = |other: LegIndex| {
            let other = &self.legs[other];
            other.is_live() && (other.holding.is_some() || other.peer_holds)
        };
        self.legs[leg].state() == LegState::Answered && self.other(leg).is_some_and(holds)
    }

    pub(super) fn port(&self, leg: LegIndex) -> Option<&Port> {
        self.legs[leg].port.as_ref()
    }
}
