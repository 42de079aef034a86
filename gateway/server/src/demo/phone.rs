//! The demo phone's mind: what it does with each call, and when. Sans-IO; [`super::run`] carries it out.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_stack::endpoint::Hangup;
use sip_stack::message::{NameAddr, Uri};
use sip_stack::transport::Transport;
use sip_stack::ua::{Body, CallOptions, Invite, InviteId, Respond, Target, UaEvent};

use super::number::Number;

/// Calls at once; the next is busy.
const CALLS_MAX: usize = 50;
/// Call-backs that may wait at once.
const AGENDA_MAX: usize = 100;

/// Something for the driver to do.
pub(super) enum Deed {
    /// Send a response without sound.
    Respond(InviteId, Respond),
    /// Open the call's sound by the caller's offer, and send a response that carries the answer.
    Sound { id: InviteId, number: Number, offer: Body, code: u16 },
    /// Send a response that carries the answer that was given before.
    AnswerAgain(InviteId),
    /// Give the call's sound a digit that came by INFO.
    Digit(InviteId, char),
    /// Hang up.
    HangUp(InviteId, Hangup),
    /// Place a call with an offer of the driver's.
    Invite(InviteId, Box<Invite>),
    /// Open the sound of a placed call by the peer's answer.
    Answered { id: InviteId, answer: Body },
    /// Close the call's sound.
    Forget(InviteId),
}

enum Due {
    AnswerEarly(InviteId),
    SayGoodbye(InviteId),
    CallBack,
}

/// The phone.
pub(super) struct Phone {
    gateway: SocketAddr,
    user: String,
    calls: BTreeMap<InviteId, Number>,
    agenda: BTreeMap<(Instant, u64), Due>,
    counter: u64,
}

impl Phone {
    /// A phone that calls `user` back at `gateway`.
    pub(super) fn new(gateway: SocketAddr, user: String) -> Self {
        Self { gateway, user, calls: BTreeMap::new(), agenda: BTreeMap::new(), counter: 0 }
    }

    /// When [`Phone::due`] next has something.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.agenda.keys().next().map(|&(at, _)| at)
    }

    /// What the stack reported becomes deeds.
    pub(super) fn handle(&mut self, now: Instant, event: UaEvent) -> Vec<Deed> {
        match event {
            UaEvent::Incoming { id, request, .. } => {
                let number = request.uri.user.as_deref().and_then(Number::dialled);
                let offer = (!request.body.is_empty()).then(|| Body::sdp(request.body.clone()));
                self.incoming(now, id, number, offer)
            }
            UaEvent::Answered { id, body: Some(answer), .. } => vec![Deed::Answered { id, answer }],
            UaEvent::Info { id, body } => {
                info_digit(&body).map(|digit| Deed::Digit(id, digit)).into_iter().collect()
            }
            UaEvent::Failed { id, .. } | UaEvent::Canceled { id, .. } | UaEvent::Ended { id, .. } => {
                self.calls.remove(&id);
                vec![Deed::Forget(id)]
            }
            UaEvent::Reoffer { id, .. } => vec![Deed::AnswerAgain(id)],
            UaEvent::Answered { body: None, .. }
            | UaEvent::Progress { .. }
            | UaEvent::Acknowledged { .. }
            | UaEvent::ReofferDone { .. }
            | UaEvent::Registered { .. }
            | UaEvent::Requested { .. }
            | UaEvent::RequestCanceled { .. }
            | UaEvent::Replied { .. }
            | UaEvent::Unreplied { .. }
            | UaEvent::FlowFailed { .. }
            | UaEvent::RegistrationFailed { .. }
            | UaEvent::Located { .. }
            | UaEvent::OptionsAnswered { .. }
            | UaEvent::Subscription(_)
            | UaEvent::Publication(_)
            | UaEvent::InCall(_) => Vec::new(),
        }
    }

    /// What the agenda has for this moment.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Deed> {
        let later = self.agenda.split_off(&(now + Duration::from_nanos(1), 0));
        let due = std::mem::replace(&mut self.agenda, later);
        due.into_values().flat_map(|due| self.carry_out(now, due)).collect()
    }

    fn incoming(
        &mut self,
        now: Instant,
        id: InviteId,
        number: Option<Number>,
        offer: Option<Body>,
    ) -> Vec<Deed> {
        let Some(number) = number else { return vec![Deed::Respond(id, respond(404))] };
        let Some(offer) = offer else { return vec![Deed::Respond(id, respond(488))] };
        if self.calls.len() >= CALLS_MAX {
            return vec![Deed::Respond(id, respond(486))];
        }
        self.calls.insert(id, number);
        let sound = |code| Deed::Sound { id, number, offer, code };
        match number {
            Number::Busy => {
                self.calls.remove(&id);
                vec![Deed::Respond(id, respond(486))]
            }
            Number::NoAnswer => vec![Deed::Respond(id, respond(180))],
            Number::EarlyMedia => {
                self.later(now + Number::EARLY, Due::AnswerEarly(id));
                vec![sound(183)]
            }
            Number::CallBack => {
                self.later(now + Number::GOODBYE, Due::SayGoodbye(id));
                vec![Deed::Respond(id, respond(180)), sound(200)]
            }
            Number::Echo | Number::Tune | Number::ReadBack => {
                vec![Deed::Respond(id, respond(180)), sound(200)]
            }
        }
    }

    fn carry_out(&mut self, now: Instant, due: Due) -> Vec<Deed> {
        match due {
            Due::AnswerEarly(id) if self.calls.contains_key(&id) => vec![Deed::AnswerAgain(id)],
            Due::SayGoodbye(id) if self.calls.contains_key(&id) => {
                self.later(now + Number::CALL_BACK, Due::CallBack);
                vec![Deed::HangUp(id, Hangup { code: 480, reason: None, headers: Vec::new() })]
            }
            Due::AnswerEarly(_) | Due::SayGoodbye(_) => Vec::new(),
            Due::CallBack => self.call_back().into_iter().collect(),
        }
    }

    fn call_back(&mut self) -> Option<Deed> {
        self.counter += 1;
        let id = InviteId(self.counter);
        let uri: Uri = format!("sip:{}@{}", self.user, self.gateway).parse().ok()?;
        let from: NameAddr = format!("\"Demo phone\" <sip:603@{}>", self.gateway.ip()).parse().ok()?;
        let to: NameAddr = format!("<{uri}>").parse().ok()?;
        let target = Target::new(Transport::Udp, self.gateway).into();
        self.calls.insert(id, Number::Tune);
        let (route, headers) = (Vec::new(), Vec::new());
        Some(Deed::Invite(
            id,
            Box::new(Invite {
                uri,
                target,
                route,
                from,
                to,
                headers,
                body: None,
                credentials: None,
                options: CallOptions::default(),
            }),
        ))
    }

    fn later(&mut self, at: Instant, due: Due) {
        if self.agenda.len() < AGENDA_MAX {
            self.counter += 1;
            self.agenda.insert((at, self.counter), due);
        }
    }
}

fn respond(code: u16) -> Respond {
    Respond { code, reason: None, headers: Vec::new(), body: None }
}

/// The digit of `application/dtmf-relay` (`Signal=5`) or `application/dtmf` (`5`).
fn info_digit(body: &Body) -> Option<char> {
    let text = std::str::from_utf8(&body.content).ok()?;
    let signal = text.lines().find_map(|line| line.trim().strip_prefix("Signal="));
    signal.unwrap_or(text).trim().chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Phone {
        Phone::new(SocketAddr::from(([127, 0, 0, 1], 5060)), "demo".to_owned())
    }

    fn offer() -> Option<Body> {
        Some(Body::sdp("v=0"))
    }

    #[test]
    fn early_media_is_answered_after_its_time() {
        let (mut phone, now) = (phone(), Instant::now());
        let deeds = phone.incoming(now, InviteId(9), Some(Number::EarlyMedia), offer());
        assert!(matches!(deeds[..], [Deed::Sound { code: 183, .. }]));
        assert!(phone.due(now).is_empty());
        assert!(matches!(phone.due(now + Number::EARLY)[..], [Deed::AnswerAgain(InviteId(9))]));
    }

    #[test]
    fn call_back_hangs_up_then_calls() {
        let (mut phone, now) = (phone(), Instant::now());
        phone.incoming(now, InviteId(1 << 63), Some(Number::CallBack), offer());
        let goodbye = now + Number::GOODBYE;
        assert!(matches!(phone.due(goodbye)[..], [Deed::HangUp(..)]));
        let deeds = phone.due(goodbye + Number::CALL_BACK);
        let [Deed::Invite(_, invite)] = &deeds[..] else { panic!("no call back") };
        assert_eq!(invite.uri.to_string(), "sip:demo@127.0.0.1:5060");
    }

    #[test]
    fn a_caller_who_left_gets_no_call_back() {
        let (mut phone, now) = (phone(), Instant::now());
        phone.incoming(now, InviteId(7), Some(Number::CallBack), offer());
        phone.handle(now, UaEvent::Canceled { id: InviteId(7), reason: None });
        assert!(phone.due(now + Duration::from_secs(60)).is_empty());
    }

    #[test]
    fn busy_and_unknown_numbers_are_refused() {
        let (mut phone, now) = (phone(), Instant::now());
        let busy = phone.incoming(now, InviteId(1), Some(Number::Busy), offer());
        assert!(matches!(&busy[..], [Deed::Respond(_, respond)] if respond.code == 486));
        let unknown = phone.incoming(now, InviteId(2), None, offer());
        assert!(matches!(&unknown[..], [Deed::Respond(_, respond)] if respond.code == 404));
    }
}
