//! The INVITE client transaction: RFC 3261 §17.1.1, figure 5, with the Accepted state of RFC 6026 §8.4.
//!
//! ```text
//!                      |INVITE from TU
//!    Timer A fires     |INVITE sent       Timer B fires
//!    Reset A,          V                  inform TU
//!    INVITE sent +-----------+
//!      +---------|           |--------------------------+
//!      +-------->|  Calling  |------------------+       |
//!                +-----------+ 2xx to TU        |       |
//!      300-699     |     |1xx to TU             |       |
//!      ACK sent    |     V                      |       |
//!      resp. to TU |  +------------+  2xx to TU |       |
//!    +-------------+  | Proceeding |----------->|       |
//!    |                +------------+            |       |
//!    |   300-699, ACK,   |    | 1xx to TU       |       |
//!    |<--resp. to TU-----+    +-> Proceeding    V       |
//!    V                                   +----------+   |
//!  +-----------+ 300-699: ACK sent       | Accepted |   |
//!  | Completed |--> Completed            +----------+   |
//!  +-----------+                          |2xx to TU|   |
//!    | Timer D fires                      +->-------+   |
//!    V                    Timer M fires       |         |
//!  +------------+ <---------------------------+         |
//!  | Terminated | <-------------------------------------+
//!  +------------+
//! ```
//!
//! Proceeding has no timer of its own; timer B starts again, or goes on, for a user who is gone.

use std::time::Duration;

use super::{Action, ClientEvent, Timer, is_provisional, is_success};
use crate::endpoint::config::Timers;
use crate::transport::Reliability;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Calling { interval: Duration },
    Proceeding,
    Completed,
    Accepted,
    Terminated,
}

/// The machine.
#[derive(Debug)]
pub(crate) struct InviteClient {
    state: State,
    timers: Timers,
    reliability: Reliability,
    /// Its user is gone: a provisional response buys no more time.
    limited: bool,
}

impl InviteClient {
    /// Sends the INVITE; timer A runs only over UDP.
    pub(crate) fn start(timers: Timers, reliability: Reliability, actions: &mut Vec<Action>) -> Self {
        actions.push(Action::Transmit);
        if reliability == Reliability::Unreliable {
            actions.push(Action::Start(Timer::A, timers.t1));
        }
        actions.push(Action::Start(Timer::B, timers.patience()));
        Self { state: State::Calling { interval: timers.t1 }, timers, reliability, limited: false }
    }

    /// Whether a response has come, so that a CANCEL may be sent (RFC 3261 §9.1).
    pub(crate) fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Whether no final response has come.
    pub(crate) fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Calling { .. } | State::Proceeding)
    }

    /// Waits no longer than for a peer that never says anything.
    pub(crate) fn limit(&mut self, actions: &mut Vec<Action>) {
        self.limited = true;
        if self.state == State::Proceeding {
            actions.push(Action::Start(Timer::B, self.timers.patience()));
        }
    }

    pub(crate) fn handle(&mut self, event: ClientEvent, actions: &mut Vec<Action>) {
        self.state = match self.state {
            State::Calling { interval } => self.calling(interval, event, actions),
            State::Proceeding => self.proceeding(event, actions),
            State::Completed => Self::completed(event, actions),
            State::Accepted => Self::accepted(event, actions),
            State::Terminated => State::Terminated,
        };
    }

    fn calling(&self, interval: Duration, event: ClientEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ClientEvent::Timer(Timer::A) => {
                let interval = interval * 2;
                actions.extend([Action::Retransmit, Action::Start(Timer::A, interval)]);
                State::Calling { interval }
            }
            ClientEvent::Timer(Timer::B) => {
                actions.extend([Action::TimeOut, Action::Terminate]);
                State::Terminated
            }
            ClientEvent::Timer(_) => State::Calling { interval },
            ClientEvent::Response(code) => {
                actions.push(Action::Stop(Timer::A));
                self.answered(code, actions)
            }
        }
    }

    fn proceeding(&self, event: ClientEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ClientEvent::Response(code) => self.answered(code, actions),
            // Of a user who is gone.
            ClientEvent::Timer(Timer::B) => {
                actions.extend([Action::TimeOut, Action::Terminate]);
                State::Terminated
            }
            ClientEvent::Timer(_) => State::Proceeding,
        }
    }

    fn answered(&self, code: u16, actions: &mut Vec<Action>) -> State {
        if !is_provisional(code) || !self.limited {
            actions.push(Action::Stop(Timer::B));
        }
        if is_provisional(code) {
            actions.push(Action::Deliver);
            return State::Proceeding;
        }
        if is_success(code) {
            actions.extend([Action::Deliver, Action::Start(Timer::M, self.timers.patience())]);
            return State::Accepted;
        }
        actions.extend([Action::Acknowledge, Action::Deliver]);
        match self.reliability {
            Reliability::Unreliable => {
                actions.push(Action::Start(Timer::D, self.timers.d));
                State::Completed
            }
            Reliability::Reliable => {
                actions.push(Action::Terminate);
                State::Terminated
            }
        }
    }

    fn completed(event: ClientEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ClientEvent::Timer(Timer::D) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ClientEvent::Response(300..) => {
                actions.push(Action::Acknowledge);
                State::Completed
            }
            ClientEvent::Response(_) | ClientEvent::Timer(_) => State::Completed,
        }
    }

    fn accepted(event: ClientEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ClientEvent::Timer(Timer::M) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ClientEvent::Response(200..=299) => {
                actions.push(Action::Deliver);
                State::Accepted
            }
            ClientEvent::Response(_) | ClientEvent::Timer(_) => State::Accepted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(reliability: Reliability) -> (InviteClient, Vec<Action>) {
        let mut actions = Vec::new();
        let machine = InviteClient::start(Timers::default(), reliability, &mut actions);
        (machine, actions)
    }

    fn step(machine: &mut InviteClient, event: ClientEvent) -> Vec<Action> {
        let mut actions = Vec::new();
        machine.handle(event, &mut actions);
        actions
    }

    #[test]
    fn timer_a_doubles_without_ceiling_until_timer_b() {
        let (mut machine, actions) = started(Reliability::Unreliable);
        let t1 = Timers::default().t1;
        assert!(actions.contains(&Action::Start(Timer::A, t1)));
        for doubling in 1..=6 {
            let expected = vec![Action::Retransmit, Action::Start(Timer::A, t1 * (1 << doubling))];
            assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::A)), expected);
        }
        let expected = vec![Action::TimeOut, Action::Terminate];
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::B)), expected);
    }

    #[test]
    fn a_stream_neither_retransmits_nor_lingers_after_a_refusal() {
        let (mut machine, actions) = started(Reliability::Reliable);
        assert!(!actions.iter().any(|action| matches!(action, Action::Start(Timer::A, _))));
        let actions = step(&mut machine, ClientEvent::Response(486));
        assert!(actions.ends_with(&[Action::Acknowledge, Action::Deliver, Action::Terminate]));
    }

    #[test]
    fn a_repeated_refusal_is_acknowledged_but_delivered_once() {
        let (mut machine, _) = started(Reliability::Unreliable);
        step(&mut machine, ClientEvent::Response(180));
        assert!(machine.is_proceeding());
        assert!(step(&mut machine, ClientEvent::Response(603)).contains(&Action::Deliver));
        assert_eq!(step(&mut machine, ClientEvent::Response(603)), vec![Action::Acknowledge]);
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::D)), vec![Action::Terminate]);
    }

    #[test]
    fn a_user_who_is_gone_waits_no_longer_than_timer_b() {
        let (mut machine, _) = started(Reliability::Unreliable);
        let mut actions = Vec::new();
        machine.limit(&mut actions);
        assert_eq!(actions, vec![]);
        let late = step(&mut machine, ClientEvent::Response(100));
        assert_eq!(late, vec![Action::Stop(Timer::A), Action::Deliver]);
        let expected = vec![Action::TimeOut, Action::Terminate];
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::B)), expected);
    }

    #[test]
    fn every_2xx_reaches_the_user_until_timer_m() {
        let (mut machine, _) = started(Reliability::Unreliable);
        step(&mut machine, ClientEvent::Response(200));
        assert_eq!(step(&mut machine, ClientEvent::Response(200)), vec![Action::Deliver]);
        assert_eq!(step(&mut machine, ClientEvent::Response(180)), vec![]);
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::M)), vec![Action::Terminate]);
        assert_eq!(step(&mut machine, ClientEvent::Response(200)), vec![]);
    }
}
