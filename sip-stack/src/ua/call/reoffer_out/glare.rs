//! Offers of ours that give way to the peer's, and come back (RFC 3261 §14.1, RFC 3311 §5.2).

use std::time::Duration;

use super::{GLARES_MAX, Progress, RETRY_AFTER_S_MAX};
use crate::endpoint::core::Core;
use crate::message::Response;
use crate::message::header::RetryAfter;
use crate::transaction::table::Delivery;
use crate::ua::call::prack_out::request_tag;
use crate::ua::call::talking::Role;
use crate::ua::call::{Call, CallTimer, Stage};

impl Call {
    /// Gives way once more, if it is not too often.
    pub(super) fn may_wait(&mut self, delivery: &Delivery) -> bool {
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return false };
        let Some(offer) = &mut session.own_offer else { return false };
        offer.glares += 1;
        if offer.glares > GLARES_MAX {
            return false;
        }
        offer.progress = Progress::Waiting;
        true
    }

    /// The peer still owes an answer itself, and says when to come back (RFC 3311 §5.2).
    pub(super) fn wait_as_told(&mut self, core: &mut Core, response: &Response) {
        let seconds = retry_after(response).unwrap_or_default();
        core.start(self.timer(CallTimer::Glare), Duration::from_secs(seconds.into()));
    }

    /// Both sides offered at once: the owner of the Call-ID waits longer (RFC 3261 §14.1).
    pub(super) fn wait_after_glare(&mut self, core: &mut Core) {
        let role = match &self.stage {
            Stage::Calling(_) => Role::Caller,
            Stage::Ringing(_) => Role::Callee,
            Stage::Talking(talking) => talking.role,
            Stage::Leaving(_) | Stage::Over => return,
        };
        let units = match role {
            Role::Caller => 210 + core.random.below(191),
            Role::Callee => core.random.below(201),
        };
        core.start(self.timer(CallTimer::Glare), Duration::from_millis(units * 10));
    }

    pub(in crate::ua::call) fn retry_after_glare(&mut self, core: &mut Core) {
        let is_busy = matches!(&self.stage, Stage::Talking(talking) if talking.unacknowledged.is_some());
        let (id, timer) = (self.id, self.timer_headers(core));
        let mut is_late = false;
        for session in self.stage.sessions() {
            let waits = session.own_offer.as_ref().is_some_and(|offer| !offer.is_sent());
            if waits && (is_busy || session.conflict().is_some()) {
                is_late = true;
            } else if waits {
                session.send_offer(core, id, &timer, &mut self.authentication);
            }
        }
        if is_late {
            core.start(self.timer(CallTimer::Glare), Duration::from_secs(1));
        }
    }
}

/// The seconds that a glare may ask us to wait.
pub(super) fn retry_after(response: &Response) -> Option<u32> {
    let header: RetryAfter = response.headers.typed().ok()??;
    Some(header.seconds).filter(|seconds| *seconds <= RETRY_AFTER_S_MAX)
}
