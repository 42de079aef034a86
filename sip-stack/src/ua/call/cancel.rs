//! Giving up a call that nobody has answered (RFC 3261 §9.1).

use super::calling::abandon_fork;
use super::leaving::Leaving;
use super::{Call, CallTimer, Stage};
use crate::endpoint::Hangup;
use crate::endpoint::core::Core;
use crate::message::{Method, Response};
use crate::transaction::acknowledging::same_hop;
use crate::transaction::table::Delivery;
use crate::ua::headers;
use crate::ua::user::User;

/// How far giving up has come.
#[derive(Debug)]
pub(crate) enum Cancel {
    /// Not asked for.
    No,
    /// Asked for before any response; it may not be sent yet.
    Wanted(Hangup),
    /// On its way.
    Sent,
}

impl Cancel {
    pub(crate) fn is_wanted(&self) -> bool {
        !matches!(self, Self::No)
    }
}

impl Call {
    /// Cancels the INVITE, now or as soon as its first response allows it.
    pub(super) fn cancel(&mut self, core: &mut Core, hangup: Hangup) {
        let Stage::Calling(calling) = &mut self.stage else { return };
        if calling.cancel.is_wanted() {
            return;
        }
        let transaction = calling.transaction;
        if core.abandon_pending(transaction) {
            let failed = self.synthetic(487, "Request Terminated");
            return self.finish_calling(core, failed);
        }
        calling.cancel = Cancel::Wanted(hangup);
        core.stay(transaction);
        let client = core.transactions.clients.get(&calling.transaction);
        if client.is_some_and(|client| client.is_proceeding()) {
            self.send_wanted_cancel(core);
        }
    }

    pub(super) fn send_wanted_cancel(&mut self, core: &mut Core) {
        let Stage::Calling(calling) = &mut self.stage else { return };
        if !matches!(calling.cancel, Cancel::Wanted(_)) {
            return;
        }
        let Some(client) = core.transactions.clients.get(&calling.transaction) else { return };
        let Cancel::Wanted(hangup) = std::mem::replace(&mut calling.cancel, Cancel::Sent) else { return };
        let mut cancel = same_hop(&client.request, Method::Cancel);
        let (way, branch) = (client.way, client.branch.clone());
        cancel.headers.extend(hangup.reason.iter().map(headers::reason_header));
        cancel.headers.extend(hangup.headers);
        cancel.headers.push(core.user_agent());
        core.request_with_branch(cancel, way, User::Nobody, branch);
        let patience = core.config.timers.patience();
        core.start(self.timer(CallTimer::CancelPatience), patience);
    }

    /// The CANCEL crossed a 2xx: the call exists after all, so it is acknowledged and ended.
    pub(super) fn answered_too_late(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let Stage::Calling(calling) = &mut self.stage else { return };
        let owner = calling.owner;
        let Some(fork) = calling.fork(core, delivery, response) else {
            return abandon_fork(core, delivery, response);
        };
        for fork in &mut calling.forks {
            fork.session.close(core);
        }
        let mut dialog = calling.forks.swap_remove(fork).session.dialog;
        dialog.confirm(response);
        self.stop_timers(core);
        super::calling::acknowledge(core, &dialog, delivery.transaction, &delivery.request, None);
        self.stage = Stage::Leaving(Box::new(Leaving::toward(owner, dialog)));
        self.send_bye(core, None, Vec::new());
    }

    /// Nobody answered the INVITE although it was cancelled.
    pub(super) fn give_up_canceled(&mut self, core: &mut Core) {
        let Stage::Calling(calling) = &self.stage else { return };
        core.forget_client(calling.transaction);
        let failed = self.synthetic(487, "Request Terminated");
        self.finish_calling(core, failed);
    }
}
