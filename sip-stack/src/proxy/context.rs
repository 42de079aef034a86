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

mod responses;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Attempt, BranchId, Progress};
use super::best::{Best, Final};
use super::copy::Terms;
use super::first_hop::{Route, route_of, unreachable};
use super::forward::{Branch, Hop};
use super::relay::Relay;
use crate::endpoint::core::{Core, TimerKey};
use crate::message::{Header, Method, Response, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::RequestId;
use crate::ua::event::UaEvent;
use crate::ua::screened::ScreenTimer;
use crate::ua::user::User;

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
