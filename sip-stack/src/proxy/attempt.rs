//! One branch of a forwarded request: one client transaction.

use std::sync::Arc;

use smol_str::SmolStr;

use super::forward::{Branch, Hop};
use crate::endpoint::core::{Core, TimerKey};
use crate::message::{Header, Method, Response};
use crate::registrar::BindingRef;
use crate::transaction::TransactionId;
use crate::transaction::acknowledging::same_hop;
use crate::transaction::sending::to_tag;
use crate::ua::user::User;

/// A branch of a forwarded request, for timers and deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BranchId {
    /// The server transaction of the request.
    pub(crate) context: TransactionId,
    pub(crate) number: u32,
}

/// How far a branch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// No final response.
    Pending,
    /// The same, and it is to be given up as soon as a provisional response allows it (RFC 3261 §9.1).
    ToCancel,
    /// Its CANCEL is on its way.
    Canceling,
    /// It has its final response, or never will.
    Done,
}

/// One client transaction and what it stands for.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) id: BranchId,
    pub(crate) transaction: TransactionId,
    pub(crate) progress: Progress,
    pub(crate) hop: Hop,
    pub(crate) binding: Option<BindingRef>,
    /// Its share of Max-Breadth.
    pub(crate) breadth: u32,
    /// The same instance by other flows.
    pub(crate) others: Vec<Branch>,
    /// The To tags of its early dialogs, for the 199s of their end (RFC 6228).
    pub(crate) early: Vec<SmolStr>,
}

impl Attempt {
    pub(crate) fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// Timer C of this branch.
    pub(crate) fn timer(&self) -> TimerKey {
        TimerKey::Proxy(self.id)
    }

    /// Notes an early dialog.
    pub(crate) fn note_early(&mut self, response: &Response, early_max: usize) {
        let Some(tag) = to_tag(&response.headers) else { return };
        if response.code.as_u16() == 199 {
            self.early.retain(|known| *known != tag);
        } else if self.early.len() < early_max && self.early.iter().all(|known| *known != tag) {
            self.early.push(tag.into());
        }
    }

    /// Gives the branch up: now, or as soon as something has come from it. One that has not set out yet is done.
    pub(crate) fn cancel(&mut self, core: &mut Core, reasons: &[Header]) {
        if !matches!(self.progress, Progress::Pending | Progress::ToCancel) {
            return;
        }
        if core.abandon_pending(self.transaction) {
            self.progress = Progress::Done;
            return core.stop(self.timer());
        }
        core.stay(self.transaction);
        self.progress = Progress::ToCancel;
        let Some(client) = core.transactions.clients.get(&self.transaction) else { return };
        if !client.is_proceeding() {
            return;
        }
        self.progress = Progress::Canceling;
        let request = Arc::clone(&client.request);
        let (way, branch) = (client.way, client.branch.clone());
        let mut cancel = same_hop(&request, Method::Cancel);
        cancel.headers.extend(reasons.iter().cloned());
        core.request_with_branch(cancel, way, User::Nobody, branch);
        core.start(self.timer(), core.config.timers.patience());
    }
}
