//! The non-INVITE client transaction: RFC 3261 §17.1.2, figure 6.
//!
//! ```text
//!                      |Request from TU, sent
//!    Timer E fires     V                     Timer F fires
//!    send request +----------+               inform TU
//!       +---------|          |-----------------------------+
//!       +-------->|  Trying  |                             |
//!                 +----------+                             |
//!   200-699 to TU   |     | 1xx to TU                      |
//!   +---------------+     V           Timer F fires        |
//!   |             +------------+      inform TU            |
//!   |<------------| Proceeding |-------------------------->|
//!   |200-699 to TU+------------+                           |
//!   V                |  1xx to TU; Timer E: send request   |
//!  +-----------+     +-> Proceeding                        |
//!  | Completed |                                           |
//!  +-----------+                                           |
//!        | Timer K fires                                   |
//!        V                                                 |
//!  +------------+                                          |
//!  | Terminated |<-----------------------------------------+
//!  +------------+
//! ```

use std::time::Duration;

use super::{Action, ClientEvent, Timer, is_provisional};
use crate::endpoint::config::Timers;
use crate::transport::Reliability;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Trying { interval: Duration },
    Proceeding,
    Completed,
    Terminated,
}

/// The machine.
#[derive(Debug)]
pub(crate) struct NonInviteClient {
    state: State,
    timers: Timers,
    reliability: Reliability,
}

impl NonInviteClient {
    /// Sends the request; timer E runs only over UDP.
    pub(crate) fn start(timers: Timers, reliability: Reliability, actions: &mut Vec<Action>) -> Self {
        actions.push(Action::Transmit);
        if reliability == Reliability::Unreliable {
            actions.push(Action::Start(Timer::E, timers.t1));
        }
        actions.push(Action::Start(Timer::F, timers.patience()));
        Self { state: State::Trying { interval: timers.t1 }, timers, reliability }
    }

    /// Whether no final response has come.
    pub(crate) fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Trying { .. } | State::Proceeding)
    }

    pub(crate) fn handle(&mut self, event: ClientEvent, actions: &mut Vec<Action>) {
        self.state = match self.state {
            State::Trying { interval } => self.trying(interval, event, actions),
            State::Proceeding => self.proceeding(event, actions),
            State::Completed => Self::completed(event, actions),
            State::Terminated => State::Terminated,
        };
    }

    fn trying(&self, interval: Duration, event: ClientEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ClientEvent::Timer(Timer::E) => {
                let interval = (interval * 2).min(self.timers.t2);
                actions.extend([Action::Retransmit, Action::Start(Timer::E, interval)]);
                State::Trying { interval }
            }
            ClientEvent::Timer(Timer::F) => Self::timed_out(actions),
            ClientEvent::Timer(_) => State::Trying { interval },
            ClientEvent::Response(code) => self.answered(code, actions),
        }
    }

    fn proceeding(&self, event: ClientEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ClientEvent::Timer(Timer::E) => {
                actions.extend([Action::Retransmit, Action::Start(Timer::E, self.timers.t2)]);
                State::Proceeding
            }
            ClientEvent::Timer(Timer::F) => Self::timed_out(actions),
            ClientEvent::Timer(_) => State::Proceeding,
            ClientEvent::Response(code) => self.answered(code, actions),
        }
    }

    fn answered(&self, code: u16, actions: &mut Vec<Action>) -> State {
        actions.push(Action::Deliver);
        if is_provisional(code) {
            return State::Proceeding;
        }
        actions.extend([Action::Stop(Timer::E), Action::Stop(Timer::F)]);
        match self.reliability {
            Reliability::Unreliable => {
                actions.push(Action::Start(Timer::K, self.timers.t4));
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
            ClientEvent::Timer(Timer::K) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ClientEvent::Response(_) | ClientEvent::Timer(_) => State::Completed,
        }
    }

    fn timed_out(actions: &mut Vec<Action>) -> State {
        actions.extend([Action::TimeOut, Action::Terminate]);
        State::Terminated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(machine: &mut NonInviteClient, event: ClientEvent) -> Vec<Action> {
        let mut actions = Vec::new();
        machine.handle(event, &mut actions);
        actions
    }

    #[test]
    fn timer_e_doubles_up_to_t2() {
        let mut machine = NonInviteClient::start(Timers::default(), Reliability::Unreliable, &mut Vec::new());
        let intervals: Vec<u128> = (0..5)
            .filter_map(|_| match step(&mut machine, ClientEvent::Timer(Timer::E)).last() {
                Some(Action::Start(Timer::E, interval)) => Some(interval.as_millis()),
                _ => None,
            })
            .collect();
        assert_eq!(intervals, [1000, 2000, 4000, 4000, 4000]);
    }

    #[test]
    fn a_provisional_response_slows_retransmission_to_t2() {
        let mut machine = NonInviteClient::start(Timers::default(), Reliability::Unreliable, &mut Vec::new());
        assert_eq!(step(&mut machine, ClientEvent::Response(100)), vec![Action::Deliver]);
        let expected = vec![Action::Retransmit, Action::Start(Timer::E, Timers::default().t2)];
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::E)), expected);
        let expected = vec![Action::TimeOut, Action::Terminate];
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::F)), expected);
    }

    #[test]
    fn a_second_final_response_is_absorbed() {
        let mut machine = NonInviteClient::start(Timers::default(), Reliability::Unreliable, &mut Vec::new());
        assert!(step(&mut machine, ClientEvent::Response(200)).contains(&Action::Deliver));
        assert_eq!(step(&mut machine, ClientEvent::Response(200)), vec![]);
        assert_eq!(step(&mut machine, ClientEvent::Timer(Timer::K)), vec![Action::Terminate]);
    }
}
