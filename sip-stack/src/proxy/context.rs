//! The response context of a forwarded request (RFC 3261 §16.6 and §16.7).
//!
//! ```text
//!   forward()  +--------+  6xx, CANCEL, 440   +---------+
//!  ----------->| Trying |-------------------->| Closing |
//!              +--------+                     +---------+
//!        all    |      |  2xx to INVITE         |     | 2xx to INVITE
//!        done:  |      +--------+   +-----------|-----+
//!        best   |               V   V           | all done: best
//!        back   |            +----------+       |
//!               |            | Answered |       |
//!               V            +----------+       V
//!            +------+  all done   |          +------+
//!            | Over |<------------+          | Over |
//!            +------+                        +------+
//! ```

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Attempt, BranchId, Progress};
use super::best::{Best, Final};
use super::copy::Terms;
use super::forward::{Branch, Hop};
use super::relay::Relay;
use crate::endpoint::core::{Core, TimerKey};
use crate::message::header::ReasonHeader;
use crate::message::{Header, HeaderName, Method, Response, StatusCode};
use crate::resolve::Unresolved;
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::table::Outcome;
use crate::transport::destination::Destination;
use crate::ua::event::UaEvent;
use crate::ua::screened::ScreenTimer;
use crate::ua::user::User;
use crate::ua::{RequestId, Target, headers};

/// Whether there is anything left to do for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Kept,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// More branches may follow.
    Trying,
    /// No more branches; the best response waits for the last of them.
    Closing,
    /// A 2xx went back.
    Answered,
}

/// A request on its way, by all its branches.
#[derive(Debug)]
pub(crate) struct Context {
    id: TransactionId,
    pub(super) incoming: Arc<IncomingRequest>,
    terms: Arc<Terms>,
    timer_c: Duration,
    queue: VecDeque<Vec<Branch>>,
    pub(super) attempts: Vec<Attempt>,
    best: Best,
    phase: Phase,
    /// The Reason of the CANCELs that have yet to be sent.
    reasons: Vec<Header>,
}

impl Context {
    pub(crate) fn new(
        id: TransactionId,
        incoming: Arc<IncomingRequest>,
        terms: Arc<Terms>,
        groups: Vec<Vec<Branch>>,
        timer_c: Duration,
    ) -> Self {
        Self {
            id,
            incoming,
            terms,
            timer_c,
            queue: groups.into(),
            attempts: Vec::new(),
            best: Best::default(),
            phase: Phase::Trying,
            reasons: Vec::new(),
        }
    }

    fn is_invite(&self) -> bool {
        self.incoming.request.method == Method::Invite
    }

    fn is_pending(&self) -> bool {
        self.attempts.iter().any(|attempt| !attempt.is_done())
    }

    /// Goes on with the next group, or ends.
    pub(crate) fn proceed(&mut self, core: &mut Core) -> Life {
        while self.phase == Phase::Trying && !self.is_pending() {
            let Some(group) = self.queue.pop_front() else { break };
            self.start_group(core, group);
        }
        if self.is_pending() {
            return Life::Kept;
        }
        if self.phase != Phase::Answered {
            let best = self.best.take();
            self.send_final(core, best);
        }
        self.stop_trying(core);
        Life::Over
    }

    /// All of a group at once, if the request may still be that broad (RFC 5393 §5.3.3).
    fn start_group(&mut self, core: &mut Core, group: Vec<Branch>) {
        let Ok(width) = u32::try_from(group.len()) else { return };
        let breadth = self.terms.checked.breadth;
        if width > breadth {
            self.best.consider(Final::Local(StatusCode::MAX_BREADTH_EXCEEDED));
            return self.close();
        }
        for (nth, branch) in (0..width).zip(group) {
            let share = breadth / width + u32::from(nth < breadth % width);
            self.launch(core, branch, share);
        }
    }

    fn close(&mut self) {
        self.phase = Phase::Closing;
        self.queue.clear();
    }

    /// RFC 3261 §16.6 steps 1 to 11 for one branch.
    fn launch(&mut self, core: &mut Core, mut branch: Branch, breadth: u32) {
        let route = loop {
            let route = route_of(core, &branch.hop);
            if route != Route::None {
                break route;
            }
            self.flow_failed(core, &branch.hop, branch.binding.as_ref());
            self.best.consider(unreachable(&branch.hop, branch.binding.is_some()));
            if branch.others.is_empty() {
                return;
            }
            let mut others = std::mem::take(&mut branch.others);
            branch = others.remove(0);
            branch.others = others;
        };
        let id = BranchId { context: self.id, number: self.attempts.len() as u32 };
        let (hop, binding, others) =
            (branch.hop.clone(), branch.binding.clone(), std::mem::take(&mut branch.others));
        let (incoming, terms) = (Arc::clone(&self.incoming), Arc::clone(&self.terms));
        let relay = Relay { incoming, terms, branch, breadth };
        let Some(transaction) = core.relay_request(relay, route, User::Proxy(id)) else { return };
        let (progress, early) = (Progress::Pending, Vec::new());
        let attempt = Attempt { id, transaction, progress, hop, binding, breadth, others, early };
        if self.is_invite() {
            core.start(attempt.timer(), self.timer_c);
        }
        self.attempts.push(attempt);
    }

    /// What became of a branch.
    pub(crate) fn outcome(&mut self, core: &mut Core, number: u32, outcome: Outcome) -> Life {
        let Some(attempt) = self.attempts.get(number as usize) else { return Life::Kept };
        match outcome {
            Outcome::Response(mut response) => {
                response.headers.remove_first(&HeaderName::Via);
                match response.code.as_u16() {
                    ..200 => self.provisional(core, number, &response),
                    200..300 => self.success(core, number, &response),
                    300.. => self.refused(core, number, Final::Received(response)),
                }
            }
            Outcome::TimedOut => self.refused(core, number, Final::Local(StatusCode::REQUEST_TIMEOUT)),
            Outcome::TransportFailed => {
                let failure = unreachable(&attempt.hop, false);
                self.refused(core, number, failure)
            }
            Outcome::Unresolved(why) => self.refused(core, number, Final::Local(unresolved(why))),
        }
    }

    fn provisional(&mut self, core: &mut Core, number: u32, response: &Response) -> Life {
        let is_forked = self.attempts.len() + self.queue.len() > 1;
        let (early_max, timer_c) = (core.config.limits.forks, self.timer_c);
        let Some(attempt) = self.attempts.get_mut(number as usize) else { return Life::Kept };
        if attempt.progress == Progress::ToCancel {
            attempt.cancel(core, &self.reasons);
        }
        if response.code == StatusCode::TRYING || attempt.is_done() {
            return Life::Kept;
        }
        if attempt.progress == Progress::Pending && self.incoming.request.method == Method::Invite {
            core.start(attempt.timer(), timer_c);
        }
        if is_forked {
            attempt.note_early(response, early_max);
        }
        if self.phase != Phase::Answered {
            self.send(core, response);
        }
        Life::Kept
    }

    /// A 2xx goes back at once, and the other branches are given up (§16.7 steps 5 and 10).
    fn success(&mut self, core: &mut Core, number: u32, response: &Response) -> Life {
        self.finish(core, number);
        self.succeed(core, response)
    }

    /// The same from a target of a branch that has gone on to its next.
    pub(crate) fn succeed(&mut self, core: &mut Core, response: &Response) -> Life {
        self.send(core, response);
        self.phase = Phase::Answered;
        self.queue.clear();
        if !self.is_invite() {
            return Life::Over;
        }
        if self.is_pending() {
            self.reasons =
                vec![Header::from_typed(&ReasonHeader::new("SIP", 200, Some("Call completed elsewhere")))];
            self.cancel_pending(core);
        }
        self.proceed(core)
    }

    fn refused(&mut self, core: &mut Core, number: u32, response: Final) -> Life {
        let Some(attempt) = self.finish(core, number) else { return Life::Kept };
        let (code, hop, breadth) = (response.code(), attempt.hop.clone(), attempt.breadth);
        let (binding, mut others) = (attempt.binding.clone(), std::mem::take(&mut attempt.others));
        let early = std::mem::take(&mut attempt.early);
        if code == StatusCode::FLOW_FAILED {
            self.flow_failed(core, &hop, binding.as_ref());
        }
        let is_flow_dead = matches!(code, StatusCode::FLOW_FAILED | StatusCode::REQUEST_TIMEOUT);
        if is_flow_dead && self.phase == Phase::Trying && !others.is_empty() {
            let mut next = others.remove(0);
            next.others = others;
            self.launch(core, next, breadth);
            return self.proceed(core);
        }
        let is_authority = binding.is_some() && code == StatusCode::FLOW_FAILED;
        self.best.consider(match is_authority {
            true => Final::Local(StatusCode::TEMPORARILY_UNAVAILABLE),
            false => response,
        });
        if code.class() == 6 && self.phase == Phase::Trying {
            self.close();
            self.cancel_pending(core);
        }
        self.tell_early_ends(core, &early, code);
        self.proceed(core)
    }

    /// RFC 6228 §6: the branch is over, but its final response has to wait for others.
    fn tell_early_ends(&mut self, core: &mut Core, early: &[smol_str::SmolStr], code: StatusCode) {
        let goes_on = self.phase == Phase::Trying && (self.is_pending() || !self.queue.is_empty());
        let headers = &self.incoming.request.headers;
        let is_wanted = headers::has_option(headers, &HeaderName::Supported, "199")
            && !headers::has_option(headers, &HeaderName::Require, "100rel");
        if early.is_empty() || !goes_on || !is_wanted {
            return;
        }
        for tag in early {
            let mut ended = self.incoming.response(StatusCode::EARLY_DIALOG_TERMINATED, Some(tag));
            ended.headers.push(Header::from_typed(&ReasonHeader::new("SIP", code.as_u16(), None)));
            self.send(core, &ended);
        }
    }

    /// Says 100 to an INVITE whose branches are all silent (§16.2).
    pub(crate) fn trying(&self, core: &mut Core) {
        core.respond(self.id, &self.incoming.response(StatusCode::TRYING, None));
    }

    /// The caller gives up (§16.10).
    pub(crate) fn cancel(&mut self, core: &mut Core, reasons: Vec<Header>) -> Life {
        if self.phase != Phase::Trying {
            return Life::Kept;
        }
        self.reasons = reasons;
        self.close();
        self.cancel_pending(core);
        self.proceed(core)
    }

    fn cancel_pending(&mut self, core: &mut Core) {
        for attempt in self.attempts.iter_mut().filter(|attempt| !attempt.is_done()) {
            attempt.cancel(core, &self.reasons);
            if attempt.is_done() {
                self.best.consider(Final::Local(StatusCode::REQUEST_TERMINATED));
            }
        }
    }

    /// Timer C (§16.8): give up what rings, and do not wait for what never answered at all.
    pub(crate) fn fire(&mut self, core: &mut Core, number: u32) -> Life {
        let Some(attempt) = self.attempts.get_mut(number as usize) else { return Life::Kept };
        if attempt.progress == Progress::Pending && !core.abandon_pending(attempt.transaction) {
            attempt.cancel(core, &[]);
            if attempt.progress == Progress::Canceling {
                return Life::Kept;
            }
        }
        core.forget_client(attempt.transaction);
        let code = match self.phase {
            Phase::Trying => StatusCode::REQUEST_TIMEOUT,
            Phase::Closing | Phase::Answered => StatusCode::REQUEST_TERMINATED,
        };
        self.refused(core, number, Final::Local(code))
    }

    /// Ends a branch; `None` if it has ended before.
    fn finish(&mut self, core: &mut Core, number: u32) -> Option<&mut Attempt> {
        let is_invite = self.is_invite();
        let attempt = self.attempts.get_mut(number as usize)?;
        if attempt.is_done() {
            return None;
        }
        attempt.progress = Progress::Done;
        if is_invite {
            core.stop(attempt.timer());
        }
        Some(attempt)
    }

    fn flow_failed(&self, core: &mut Core, hop: &Hop, binding: Option<&crate::registrar::BindingRef>) {
        if let Some(binding) = binding.cloned() {
            core.event(UaEvent::FlowFailed { binding, hop: hop.clone() });
        }
    }

    fn send(&mut self, core: &mut Core, response: &Response) {
        self.stop_trying(core);
        core.respond(self.id, response);
    }

    fn stop_trying(&self, core: &mut Core) {
        if self.is_invite() {
            core.stop(TimerKey::Screen(RequestId(self.id.0), ScreenTimer::Trying));
        }
    }

    /// A final response; to a request other than INVITE none at all is better than a late 408 (RFC 4320 §4.2).
    fn send_final(&mut self, core: &mut Core, response: Final) {
        if response.code() == StatusCode::REQUEST_TIMEOUT && !self.is_invite() {
            return core.forget_server(self.id);
        }
        match response {
            Final::Local(code) => {
                let tag = core.random.token();
                let mut response = self.incoming.response(code, Some(&tag));
                response.headers.push(core.server());
                self.send(core, &response);
            }
            Final::Received(response) => self.send(core, &response),
        }
    }
}

/// How a branch's first hop is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Way(Destination),
    /// The DNS knows.
    Name,
    None,
}

pub(super) fn route_of(core: &Core, hop: &Hop) -> Route {
    let way = match hop {
        Hop::Resolve | Hop::Uri(_) => return Route::Name,
        Hop::Target(target) => core.way_to(*target).ok(),
        Hop::Flow(source) => match source.flow {
            Some(stream) => core.transport.reply_on(stream),
            None if source.transport.is_reliable() => {
                core.way_to(Target::new(source.transport, source.remote)).ok()
            }
            None => Some(core.transport.reply(source.transport, source.local, source.remote)),
        },
    };
    way.map_or(Route::None, Route::Way)
}

/// What a branch whose name leads nowhere counts as: something that another try may change, or not.
fn unresolved(why: Unresolved) -> StatusCode {
    match why {
        Unresolved::DnsFailure | Unresolved::Limit => StatusCode::SERVICE_UNAVAILABLE,
        Unresolved::NoHost
        | Unresolved::NoTransport
        | Unresolved::NoSuchName
        | Unresolved::NotOffered
        | Unresolved::NoUsableAddress => StatusCode::BAD_GATEWAY,
    }
}

/// What a hop that cannot be reached counts as: a flow that is gone is a 430 (RFC 5626 §5.3.1), which an endpoint
/// never gets to see (§11.5), so that the proxy that knows the binding says 480.
fn unreachable(hop: &Hop, is_authority: bool) -> Final {
    Final::Local(match hop {
        Hop::Flow(_) if is_authority => StatusCode::TEMPORARILY_UNAVAILABLE,
        Hop::Flow(_) => StatusCode::FLOW_FAILED,
        Hop::Target(_) | Hop::Resolve | Hop::Uri(_) => StatusCode::SERVICE_UNAVAILABLE,
    })
}
