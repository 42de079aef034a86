//! Provisional responses that are acknowledged by PRACK (RFC 3262), both sides.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::{Call, CallTimer, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::{CSeq, RAck, RSeq};
use crate::message::{Header, HeaderName, Headers, Method, Response, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::Respond;
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::user::User;

/// Responses that wait for a PRACK; an owner who sends more than this misbehaves.
const QUEUE_MAX: usize = 8;

/// RFC 3262 §3 asks for a first RSeq below 2^31.
const FIRST_RSEQ_BELOW: u64 = 1 << 31;

/// Whether the caller insists on reliable provisional responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    Unreliable,
    Reliable,
}

#[derive(Debug)]
struct Outstanding {
    rseq: u32,
    interval: Duration,
    carries_description: bool,
}

/// The callee's side: one response at a time waits for its PRACK.
#[derive(Debug)]
pub(super) struct Reliable {
    demand: Demand,
    next_rseq: u32,
    outstanding: Option<Outstanding>,
    queued: VecDeque<Respond>,
}

impl Reliable {
    pub(super) fn of_invite(core: &mut Core, invite: &Headers) -> Self {
        let required = headers::has_option(invite, &HeaderName::Require, "100rel");
        let first = core.random.below(FIRST_RSEQ_BELOW - 1) + 1;
        Self {
            demand: if required { Demand::Reliable } else { Demand::Unreliable },
            next_rseq: u32::try_from(first).unwrap_or(1),
            outstanding: None,
            queued: VecDeque::new(),
        }
    }

    /// Whether a response has to wait for the PRACK of the one before (RFC 3262 §3).
    pub(super) fn must_wait(&self, code: StatusCode) -> bool {
        let waits = |outstanding: &Outstanding| code.as_u16() < 200 || outstanding.carries_description;
        self.outstanding.as_ref().is_some_and(waits)
    }

    pub(super) fn queue(&mut self, respond: Respond) -> Result<(), CommandError> {
        if self.queued.len() >= QUEUE_MAX {
            return Err(CommandError::Limit);
        }
        self.queued.push_back(respond);
        Ok(())
    }

    /// Makes a response reliable if the caller insists; answers the time to its first repetition.
    pub(super) fn mark(
        &mut self,
        response: &mut Response,
        carries_description: bool,
        t1: Duration,
    ) -> Option<Duration> {
        if self.demand == Demand::Unreliable {
            return None;
        }
        let rseq = self.next_rseq;
        self.next_rseq = self.next_rseq.wrapping_add(1);
        response.headers.push(Header::new(HeaderName::Require, "100rel"));
        response.headers.push(Header::from_typed(&RSeq(rseq)));
        self.outstanding = Some(Outstanding { rseq, interval: t1, carries_description });
        Some(t1)
    }

    fn acknowledge(&mut self, rack: &RAck, invite: &CSeq) -> bool {
        let matches = self.outstanding.as_ref().is_some_and(|outstanding| {
            outstanding.rseq == rack.rseq && invite.number == rack.cseq && rack.method == Method::Invite
        });
        if matches {
            self.outstanding = None;
        }
        matches
    }
}

impl Call {
    pub(super) fn await_prack(&mut self, core: &mut Core, interval: Duration) {
        core.stop(self.timer(CallTimer::KeepRinging));
        core.start(self.timer(CallTimer::RepeatReliable), interval);
        core.start(self.timer(CallTimer::ReliablePatience), core.config.timers.patience());
    }

    pub(super) fn repeat_reliable(&mut self, core: &mut Core) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let Some(outstanding) = &mut ringing.reliable.outstanding else { return };
        outstanding.interval *= 2;
        let interval = outstanding.interval;
        core.repeat_provisional(ringing.transaction);
        core.start(self.timer(CallTimer::RepeatReliable), interval);
    }

    /// No PRACK for 64*T1: the INVITE is refused with a 5xx (RFC 3262 §3).
    pub(super) fn give_up_reliable(&mut self, core: &mut Core) {
        let Stage::Ringing(ringing) = &self.stage else { return };
        let tag = ringing.dialog.local_tag.as_str();
        let response = ringing.incoming.response(StatusCode::SERVER_TIMEOUT, Some(tag));
        core.respond(ringing.transaction, &response);
        self.finish_ended(core, crate::ua::EndedBy::Failure, None);
    }

    /// A PRACK inside the early dialog.
    pub(super) fn receive_prack(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        prack: &Arc<IncomingRequest>,
    ) {
        let rack: Option<RAck> = prack.request.headers.typed().ok().flatten();
        let Stage::Ringing(ringing) = &mut self.stage else {
            return respond_plainly(core, transaction, prack, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST);
        };
        let late_offer = ringing.incoming.request.body.is_empty();
        let carried = ringing.reliable.outstanding.as_ref().is_some_and(|one| one.carries_description);
        if !rack.is_some_and(|rack| ringing.reliable.acknowledge(&rack, &ringing.incoming.cseq)) {
            return respond_plainly(core, transaction, prack, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST);
        }
        core.stop(self.timer(CallTimer::RepeatReliable));
        core.stop(self.timer(CallTimer::ReliablePatience));
        let body = headers::body(&prack.request.headers, &prack.request.body);
        if body.is_some() && !(carried && late_offer) {
            respond_plainly(core, transaction, prack, StatusCode::NOT_ACCEPTABLE_HERE);
        } else {
            respond_plainly(core, transaction, prack, StatusCode::OK);
            if body.is_some() {
                core.event(UaEvent::Acknowledged { id: self.id, body });
            }
        }
        self.send_queued(core);
    }

    fn send_queued(&mut self, core: &mut Core) {
        while let Stage::Ringing(ringing) = &mut self.stage {
            if ringing.reliable.outstanding.is_some() {
                return;
            }
            let Some(respond) = ringing.reliable.queued.pop_front() else { return };
            // It was valid when it was queued, and nothing is outstanding now.
            let _ = self.respond(core, respond);
        }
    }

    /// The caller's side: sends the PRACK; false if the response is a repetition or out of order.
    pub(super) fn acknowledge_provisional(
        &mut self,
        core: &mut Core,
        fork: usize,
        response: &Response,
    ) -> bool {
        if !headers::has_option(&response.headers, &HeaderName::Require, "100rel") {
            return true;
        }
        let Stage::Calling(calling) = &mut self.stage else { return false };
        let Some(fork) = calling.forks.get_mut(fork) else { return false };
        let (Ok(Some(RSeq(rseq))), Ok(Some(cseq))) =
            (response.headers.typed::<RSeq>(), response.headers.typed::<CSeq>())
        else {
            return true;
        };
        if fork.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return false;
        }
        fork.rseq = Some(rseq);
        fork.dialog.confirm(response);
        let (mut prack, way) = fork.dialog.request(core, Method::Prack);
        prack.headers.push(Header::from_typed(&RAck { rseq, cseq: cseq.number, method: Method::Invite }));
        self.authentication.anticipate(core, &mut prack, &way);
        core.request(prack, way, User::Nobody);
        true
    }
}

/// Responds without a body to a request inside a dialog.
pub(super) fn respond_plainly(
    core: &mut Core,
    transaction: TransactionId,
    incoming: &IncomingRequest,
    code: StatusCode,
) {
    let mut response = incoming.response(code, None);
    response.headers.push(core.server());
    core.respond(transaction, &response);
}
