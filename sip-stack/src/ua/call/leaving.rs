//! Our BYE, until it is answered (RFC 3261 §15.1.1).

use super::{Call, Stage};
use crate::dialog::Dialog;
use crate::endpoint::core::Core;
use crate::message::{Header, Method};
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::command::Reason;
use crate::ua::event::{EndedBy, UaEvent};
use crate::ua::headers;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

/// Whether the owner still waits for the call's last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Waits,
    Told,
}

/// A dialog that we leave.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) dialog: Dialog,
    owner: Owner,
    tries: u8,
}

impl Leaving {
    /// The owner hung up; the end is told when the BYE is answered.
    pub(super) fn local(dialog: Dialog) -> Self {
        Self::toward(Owner::Waits, dialog)
    }

    pub(super) fn toward(owner: Owner, dialog: Dialog) -> Self {
        Self { dialog, owner, tries: 0 }
    }
}

impl Call {
    /// Sends the BYE of a call that is leaving.
    pub(super) fn send_bye(&mut self, core: &mut Core, reason: Option<&Reason>, own: Vec<Header>) {
        let Stage::Leaving(leaving) = &mut self.stage else { return };
        let (mut bye, hop) = leaving.dialog.request(core, Method::Bye);
        bye.headers.extend(reason.map(headers::reason_header));
        bye.headers.extend(own);
        self.authentication.anticipate(core, &mut bye, &hop);
        core.request(bye, hop, User::Bye(self.id));
    }

    /// The session cannot go on: the owner is told at once, the peer gets a BYE.
    pub(super) fn fail(&mut self, core: &mut Core) {
        // A request that overtook our BYE may fail after it.
        if !matches!(self.stage, Stage::Talking(_)) {
            return;
        }
        let Stage::Talking(mut talking) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        self.stop_timers(core);
        talking.settle_ack(core, None);
        talking.session.close(core);
        self.stage = Stage::Leaving(Box::new(Leaving::toward(Owner::Told, talking.session.dialog)));
        core.event(UaEvent::Ended { id: self.id, by: EndedBy::Failure, reason: None });
        self.send_bye(core, None, Vec::new());
    }

    /// What became of the BYE: any final response ends the dialog, a challenge is answered.
    pub(crate) fn bye_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        let Stage::Leaving(leaving) = &mut self.stage else { return };
        if let Outcome::Response(response) = &delivery.outcome {
            let code = response.code.as_u16();
            if code < 200 {
                return;
            }
            let may_retry = matches!(code, 401 | 407) && leaving.tries < AUTHENTICATION_TRIES_MAX;
            let answer = may_retry.then(|| self.authentication.answer(core, delivery, response)).flatten();
            if let Some(answer) = answer {
                leaving.tries += 1;
                let number = leaving.dialog.next_cseq();
                let change = Change::Authorize(answer);
                resend(core, &delivery.request, number, change, delivery.hop(), User::Bye(self.id));
                return;
            }
        }
        self.left(core);
    }

    /// The dialog is gone.
    pub(super) fn left(&mut self, core: &mut Core) {
        let Stage::Leaving(leaving) = &self.stage else { return };
        match leaving.owner {
            Owner::Waits => self.finish_ended(core, EndedBy::Local, None),
            Owner::Told => {
                self.stop_timers(core);
                self.stage = Stage::Over;
            }
        }
    }
}
