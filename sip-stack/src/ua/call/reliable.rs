//! The callee's side of RFC 3262: provisional responses that are repeated until their PRACK comes.

use std::collections::VecDeque;
use std::time::Duration;

use super::exchange::Exchange;
use super::{Call, CallTimer, Stage};
use crate::endpoint::config::ReliableResponses;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::{CSeq, RAck, RSeq};
use crate::message::{Header, HeaderName, Headers, Method, Response, StatusCode};
use crate::ua::command::Respond;
use crate::ua::headers;

/// Responses that wait for a PRACK; an owner who sends more than this misbehaves.
const QUEUE_MAX: usize = 8;

/// RFC 3262 §3 asks for a first RSeq below 2^31.
const FIRST_RSEQ_BELOW: u64 = 1 << 31;

/// Whether the caller takes or insists on reliable provisional responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    Unknown,
    Supported,
    Required,
}

/// How a provisional response travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    Unreliable,
    Reliable,
}

#[derive(Debug)]
struct Outstanding {
    rseq: u32,
    interval: Duration,
    carries_description: bool,
}

/// One response at a time waits for its PRACK.
#[derive(Debug)]
pub(super) struct Reliable {
    demand: Demand,
    next_rseq: u32,
    outstanding: Option<Outstanding>,
    queued: VecDeque<Respond>,
}

impl Reliable {
    pub(super) fn of_invite(core: &mut Core, invite: &Headers) -> Self {
        let has = |name| headers::has_option(invite, name, "100rel");
        let demand = match (has(&HeaderName::Require), has(&HeaderName::Supported)) {
            (true, _) => Demand::Required,
            (false, true) => Demand::Supported,
            (false, false) => Demand::Unknown,
        };
        let first = core.random.below(FIRST_RSEQ_BELOW - 1) + 1;
        Self {
            demand,
            next_rseq: u32::try_from(first).unwrap_or(1),
            outstanding: None,
            queued: VecDeque::new(),
        }
    }

    /// How a response travels. The first reliable one has to carry the offer that the INVITE left out
    /// (RFC 3262 §5).
    pub(super) fn delivery(
        &self,
        policy: ReliableResponses,
        exchange: Exchange,
        describes: bool,
    ) -> Result<Delivery, CommandError> {
        let lacks_offer = exchange == Exchange::Open && !describes;
        let is_wanted = match policy {
            ReliableResponses::WhenRequired => false,
            ReliableResponses::WhenDescribing => describes,
            ReliableResponses::WhenSupported => true,
        };
        match self.demand {
            Demand::Required if lacks_offer => Err(CommandError::InvalidArgument),
            Demand::Required => Ok(Delivery::Reliable),
            Demand::Supported if is_wanted && !lacks_offer => Ok(Delivery::Reliable),
            Demand::Supported | Demand::Unknown => Ok(Delivery::Unreliable),
        }
    }

    /// Whether a response has to wait for the PRACK of the one before (RFC 3262 §3).
    pub(super) fn must_wait(&self, code: StatusCode) -> bool {
        let waits = |outstanding: &Outstanding| code.as_u16() < 200 || outstanding.carries_description;
        self.outstanding.as_ref().is_some_and(waits)
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.outstanding.is_some()
    }

    pub(super) fn queue(&mut self, respond: Respond) -> Result<(), CommandError> {
        if self.queued.len() >= QUEUE_MAX {
            return Err(CommandError::Limit);
        }
        self.queued.push_back(respond);
        Ok(())
    }

    /// Whether the last word has been given, and waits.
    pub(super) fn is_decided(&self) -> bool {
        self.queued.iter().any(|respond| respond.code >= 200)
    }

    pub(super) fn has_queued(&self) -> bool {
        !self.queued.is_empty()
    }

    pub(super) fn next_queued(&mut self) -> Option<Respond> {
        self.queued.pop_front()
    }

    /// Makes a response reliable.
    pub(super) fn mark(&mut self, response: &mut Response, t1: Duration) {
        let rseq = self.next_rseq;
        self.next_rseq = self.next_rseq.wrapping_add(1);
        response.headers.push(Header::new(HeaderName::Require, "100rel"));
        response.headers.push(Header::from_typed(&RSeq(rseq)));
        let carries_description = !response.body.is_empty();
        self.outstanding = Some(Outstanding { rseq, interval: t1, carries_description });
    }

    /// Takes a PRACK; false if nothing waits for it.
    pub(super) fn acknowledge(&mut self, rack: &RAck, invite: &CSeq) -> bool {
        let is_meant = |outstanding: &mut Outstanding| {
            outstanding.rseq == rack.rseq && invite.number == rack.cseq && rack.method == Method::Invite
        };
        self.outstanding.take_if(is_meant).is_some()
    }
}

impl Call {
    pub(super) fn await_prack(&mut self, core: &mut Core) {
        core.stop(self.timer(CallTimer::KeepRinging));
        core.start(self.timer(CallTimer::RepeatReliable), core.config.timers.t1);
        core.start(self.timer(CallTimer::ReliablePatience), core.config.timers.patience());
    }

    pub(super) fn repeat_reliable(&mut self, core: &mut Core) {
        let (transaction, reliable) = match &mut self.stage {
            Stage::Ringing(ringing) => (ringing.transaction, Some(&mut ringing.reliable)),
            Stage::Talking(talking) => {
                let Some(offer) = &mut talking.session.peer_offer else { return };
                (offer.transaction, offer.reliable.as_mut())
            }
            Stage::Calling(_) | Stage::Leaving(_) | Stage::Over => return,
        };
        let Some(outstanding) = reliable.and_then(|reliable| reliable.outstanding.as_mut()) else { return };
        outstanding.interval *= 2;
        let interval = outstanding.interval;
        core.repeat_provisional(transaction);
        core.start(self.timer(CallTimer::RepeatReliable), interval);
    }

    /// No PRACK for 64*T1: the INVITE is refused with a 5xx (RFC 3262 §3).
    pub(super) fn give_up_reliable(&mut self, core: &mut Core) {
        if matches!(self.stage, Stage::Talking(_)) {
            return self.give_up_progress(core);
        }
        self.end_ringing(core, StatusCode::SERVER_TIMEOUT);
        self.finish_ended(core, crate::ua::EndedBy::Failure, None);
    }
}
