//! The INVITE server transaction: RFC 3261 §17.2.1, figure 7, with the Accepted state of RFC 6026 §8.3.
//!
//! ```text
//!                               |INVITE, pass to TU
//!           INVITE: send last   V
//!           1xx        +------------+
//!              +-------|            |--------+ 1xx from TU
//!              +------>| Proceeding |<-------+ send
//!                      +------------+
//!   300-699 from TU     |         |  2xx from TU, send
//!   send                |         +------------------+
//!                       V                            V
//!    INVITE: send  +-----------+              +----------+  INVITE: absorb
//!    last    +-----| Completed |              | Accepted |  ACK: to TU
//!    Timer G:+---->|           |              |          |  2xx from TU: send
//!    send          +-----------+              +----------+
//!               ACK |     | Timer H: inform TU     | Timer L fires
//!                   V     +------------------+     |
//!             +-----------+                  |     |
//!             | Confirmed |  ACK: absorb     |     |
//!             +-----------+                  V     V
//!                   | Timer I fires     +------------+
//!                   +------------------>| Terminated |
//!                                       +------------+
//! ```

use std::time::Duration;

use super::{Action, ServerEvent, Timer, is_provisional, is_success};
use crate::endpoint::config::Timers;
use crate::transport::Reliability;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Proceeding { responded: bool },
    Completed { interval: Duration },
    Confirmed,
    Accepted,
    Terminated,
}

/// The machine.
#[derive(Debug)]
pub(crate) struct InviteServer {
    state: State,
    timers: Timers,
    reliability: Reliability,
}

impl InviteServer {
    pub(crate) fn new(timers: Timers, reliability: Reliability) -> Self {
        Self { state: State::Proceeding { responded: false }, timers, reliability }
    }

    pub(crate) fn handle(&mut self, event: ServerEvent, actions: &mut Vec<Action>) {
        self.state = match self.state {
            State::Proceeding { responded } => self.proceeding(responded, event, actions),
            State::Completed { interval } => self.completed(interval, event, actions),
            State::Confirmed => Self::confirmed(event, actions),
            State::Accepted => Self::accepted(event, actions),
            State::Terminated => State::Terminated,
        };
    }

    fn proceeding(&self, responded: bool, event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Request if responded => {
                actions.push(Action::Retransmit);
                State::Proceeding { responded }
            }
            ServerEvent::Respond(code) if is_provisional(code) => {
                actions.push(Action::Transmit);
                State::Proceeding { responded: true }
            }
            ServerEvent::Respond(code) if is_success(code) => {
                actions.extend([Action::Transmit, Action::Start(Timer::L, self.timers.patience())]);
                State::Accepted
            }
            ServerEvent::Respond(_) => self.refused(actions),
            ServerEvent::Request | ServerEvent::Ack | ServerEvent::Waits | ServerEvent::Timer(_) => {
                State::Proceeding { responded }
            }
        }
    }

    fn refused(&self, actions: &mut Vec<Action>) -> State {
        actions.push(Action::Transmit);
        if self.reliability == Reliability::Unreliable {
            actions.push(Action::Start(Timer::G, self.timers.t1));
        }
        actions.push(Action::Start(Timer::H, self.timers.patience()));
        State::Completed { interval: self.timers.t1 }
    }

    fn completed(&self, interval: Duration, event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Request => {
                actions.push(Action::Retransmit);
                State::Completed { interval }
            }
            ServerEvent::Timer(Timer::G) => {
                let interval = (interval * 2).min(self.timers.t2);
                actions.extend([Action::Retransmit, Action::Start(Timer::G, interval)]);
                State::Completed { interval }
            }
            ServerEvent::Timer(Timer::H) => {
                actions.extend([Action::TimeOut, Action::Terminate]);
                State::Terminated
            }
            ServerEvent::Ack => self.acknowledged(actions),
            ServerEvent::Respond(_) | ServerEvent::Waits | ServerEvent::Timer(_) => {
                State::Completed { interval }
            }
        }
    }

    fn acknowledged(&self, actions: &mut Vec<Action>) -> State {
        actions.extend([Action::Stop(Timer::G), Action::Stop(Timer::H)]);
        match self.reliability {
            Reliability::Unreliable => {
                actions.push(Action::Start(Timer::I, self.timers.t4));
                State::Confirmed
            }
            Reliability::Reliable => {
                actions.push(Action::Terminate);
                State::Terminated
            }
        }
    }

    fn confirmed(event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Timer(Timer::I) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ServerEvent::Request
            | ServerEvent::Ack
            | ServerEvent::Respond(_)
            | ServerEvent::Waits
            | ServerEvent::Timer(_) => State::Confirmed,
        }
    }

    fn accepted(event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Timer(Timer::L) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ServerEvent::Ack => {
                actions.push(Action::Deliver);
                State::Accepted
            }
            ServerEvent::Respond(code) if is_success(code) => {
                actions.push(Action::Retransmit);
                State::Accepted
            }
            ServerEvent::Request | ServerEvent::Respond(_) | ServerEvent::Waits | ServerEvent::Timer(_) => {
                State::Accepted
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(machine: &mut InviteServer, event: ServerEvent) -> Vec<Action> {
        let mut actions = Vec::new();
        machine.handle(event, &mut actions);
        actions
    }

    #[test]
    fn a_retransmitted_invite_draws_the_last_provisional_only() {
        let mut machine = InviteServer::new(Timers::default(), Reliability::Unreliable);
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![]);
        step(&mut machine, ServerEvent::Respond(100));
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![Action::Retransmit]);
    }

    #[test]
    fn a_refusal_is_repeated_until_its_ack() {
        let mut machine = InviteServer::new(Timers::default(), Reliability::Unreliable);
        step(&mut machine, ServerEvent::Respond(486));
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::G))[0], Action::Retransmit);
        assert!(
            step(&mut machine, ServerEvent::Ack).contains(&Action::Start(Timer::I, Timers::default().t4))
        );
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![]);
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::I)), vec![Action::Terminate]);
    }

    #[test]
    fn a_refusal_without_ack_gives_up_at_timer_h() {
        let mut machine = InviteServer::new(Timers::default(), Reliability::Unreliable);
        step(&mut machine, ServerEvent::Respond(486));
        let expected = vec![Action::TimeOut, Action::Terminate];
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::H)), expected);
    }

    #[test]
    fn after_a_2xx_the_invite_is_absorbed_and_the_user_repeats_the_2xx() {
        let mut machine = InviteServer::new(Timers::default(), Reliability::Unreliable);
        step(&mut machine, ServerEvent::Respond(200));
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![]);
        assert_eq!(step(&mut machine, ServerEvent::Respond(200)), vec![Action::Retransmit]);
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::L)), vec![Action::Terminate]);
    }
}
