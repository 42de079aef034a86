//! What becomes of the branches of a forwarded request (RFC 3261 §16.7).

use super::{Context, Life, Phase};
use crate::endpoint::core::Core;
use crate::message::header::ReasonHeader;
use crate::message::{Header, HeaderName, Method, Response, StatusCode};
use crate::proxy::attempt::Progress;
use crate::proxy::best::Final;
use crate::proxy::first_hop::{unreachable, unresolved};
use crate::transaction::table::Outcome;
use crate::ua::headers;

impl Context {
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

    pub(super) fn provisional(&mut self, core: &mut Core, number: u32, response: &Response) -> Life {
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
    pub(super) fn success(&mut self, core: &mut Core, number: u32, response: &Response) -> Life {
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

    pub(super) fn refused(&mut self, core: &mut Core, number: u32, response: Final) -> Life {
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
    pub(super) fn tell_early_ends(&mut self, core: &mut Core, early: &[smol_str::SmolStr], code: StatusCode) {
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
}
