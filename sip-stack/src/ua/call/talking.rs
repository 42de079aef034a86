//! A confirmed dialog: ACK, description and hanging up.

use std::sync::Arc;
use std::time::Duration;

use super::exchange::Exchange;
use super::leaving::Leaving;
use super::refresh::Interval;
use super::reliable::Reliable;
use super::session::Session;
use super::{Call, CallTimer, Stage, calling};
use crate::endpoint::Hangup;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::Request;
use crate::message::header::CSeq;
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
use crate::ua::headers;

/// Who sent the first INVITE; it decides who waits longer after a glare (RFC 3261 §14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Caller,
    Callee,
}

/// A 2xx of ours that waits for its ACK.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    transaction: TransactionId,
    cseq: u32,
    interval: Duration,
}

/// A 2xx of the peer's whose offer waits for our answer.
#[derive(Debug)]
struct OwedAnswer {
    transaction: TransactionId,
    invite: Arc<Request>,
}

/// A confirmed dialog.
#[derive(Debug)]
pub(crate) struct Talking {
    pub(crate) session: Session,
    pub(super) role: Role,
    pub(super) unacknowledged: Option<Unacknowledged>,
    owed: Option<OwedAnswer>,
    pub(super) hangup: Option<Hangup>,
    pub(super) interval: Option<Interval>,
    /// A provisional response whose PRACK our 2xx has overtaken, and the number of its INVITE.
    pub(super) last_reliable: Option<(Reliable, CSeq)>,
}

impl Talking {
    pub(super) fn new(session: Session, role: Role) -> Self {
        Self {
            session,
            role,
            unacknowledged: None,
            owed: None,
            hangup: None,
            interval: None,
            last_reliable: None,
        }
    }

    pub(super) fn await_answer(&mut self, transaction: TransactionId, invite: &Arc<Request>) {
        self.owed = Some(OwedAnswer { transaction, invite: Arc::clone(invite) });
    }

    /// Whether this 2xx is one whose answer the owner has not given yet.
    pub(super) fn is_owed(&self, transaction: TransactionId) -> bool {
        self.owed.as_ref().is_some_and(|owed| owed.transaction == transaction)
    }

    /// Sends the ACK of our INVITE's 2xx.
    pub(super) fn send_ack(
        &self,
        core: &mut Core,
        transaction: TransactionId,
        invite: &Request,
        answer: Option<&Body>,
    ) {
        calling::acknowledge(core, &self.session.dialog, transaction, invite, answer);
    }

    /// Sends what is owed to the peer before a BYE: the ACK, even without the answer.
    pub(super) fn settle_ack(&mut self, core: &mut Core, answer: Option<&Body>) -> bool {
        let Some(owed) = self.owed.take() else { return false };
        self.send_ack(core, owed.transaction, &owed.invite, answer);
        self.session.exchange = Exchange::Settled;
        true
    }
}

impl Call {
    /// Answers the offer of a 2xx in its ACK.
    pub(crate) fn ack(&mut self, core: &mut Core, answer: Body) -> Result<(), CommandError> {
        let Stage::Talking(talking) = &mut self.stage else { return Err(CommandError::WrongState) };
        if !talking.settle_ack(core, Some(&answer)) {
            return Err(CommandError::WrongState);
        }
        talking.session.local_body = Some(answer);
        Ok(())
    }

    /// Ends the call in the way that its state asks for.
    pub(crate) fn hangup(&mut self, core: &mut Core, hangup: Hangup) -> Result<(), CommandError> {
        match &mut self.stage {
            Stage::Calling(_) => self.cancel(core, hangup),
            Stage::Ringing(_) => return self.refuse(core, hangup),
            Stage::Talking(talking) if talking.unacknowledged.is_some() => talking.hangup = Some(hangup),
            Stage::Talking(_) => self.leave(core, hangup),
            Stage::Leaving(_) | Stage::Over => return Err(CommandError::WrongState),
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, core: &mut Core, hangup: Hangup) {
        let Stage::Talking(mut talking) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        talking.settle_ack(core, None);
        self.stop_timers(core);
        talking.session.close(core);
        self.stage = Stage::Leaving(Box::new(Leaving::local(talking.session.dialog)));
        self.send_bye(core, hangup.reason.as_ref(), hangup.headers);
    }

    /// Repeats our 2xx until the ACK comes, over every transport (RFC 3261 §13.3.1.4).
    pub(super) fn await_ack(&mut self, core: &mut Core, transaction: TransactionId, cseq: u32) {
        let timers = core.config.timers;
        core.start(self.timer(CallTimer::RepeatSuccess), timers.t1);
        core.start(self.timer(CallTimer::AckPatience), timers.patience());
        if let Stage::Talking(talking) = &mut self.stage {
            talking.unacknowledged = Some(Unacknowledged { transaction, cseq, interval: timers.t1 });
        }
    }

    pub(super) fn repeat_success(&mut self, core: &mut Core) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        let Some(waiting) = &mut talking.unacknowledged else { return };
        waiting.interval = (waiting.interval * 2).min(core.config.timers.t2);
        let (transaction, interval) = (waiting.transaction, waiting.interval);
        core.repeat_success(transaction);
        core.start(self.timer(CallTimer::RepeatSuccess), interval);
    }

    pub(super) fn give_up_ack(&mut self, core: &mut Core) {
        self.fail(core);
    }

    /// An ACK inside the dialog.
    pub(crate) fn acknowledged(&mut self, core: &mut Core, ack: &IncomingRequest) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if talking.unacknowledged.as_ref().is_none_or(|waiting| waiting.cseq != ack.cseq.number) {
            return;
        }
        talking.unacknowledged = None;
        let body = headers::description(&ack.request.headers, &ack.request.body);
        let body = body.filter(|_| talking.session.exchange == Exchange::Offered);
        self.handshake_done(core, body);
    }

    /// Whoever sends an INVITE has seen our 2xx to the one before, even if its ACK was lost (RFC 3261 §14.1,
    /// RFC 5407 §3.1.4). An answer is not made up for.
    pub(super) fn presume_acknowledged(&mut self, core: &mut Core) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if talking.session.exchange != Exchange::Offered && talking.unacknowledged.take().is_some() {
            self.handshake_done(core, None);
        }
    }

    fn handshake_done(&mut self, core: &mut Core, body: Option<Body>) {
        core.stop(self.timer(CallTimer::RepeatSuccess));
        core.stop(self.timer(CallTimer::AckPatience));
        let Stage::Talking(talking) = &mut self.stage else { return };
        talking.session.exchange = Exchange::Settled;
        if let Some(hangup) = talking.hangup.take() {
            return self.leave(core, hangup);
        }
        core.event(UaEvent::Acknowledged { id: self.id, body });
    }
}
