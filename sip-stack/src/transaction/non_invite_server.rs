//! The non-INVITE server transaction: RFC 3261 §17.2.2, figure 8.
//!
//! ```text
//!                     |Request, pass to TU
//!                     V
//!               +-----------+
//!               |  Trying   |  Request: absorb
//!               +-----------+
//!   200-699 from TU  |   | 1xx from TU, send
//!   send             |   V
//!         +----------+ +------------+  Request: send last 1xx
//!         |            | Proceeding |  1xx from TU: send
//!         |            +------------+
//!         |               | 200-699 from TU, send
//!         |   +-----------+
//!         V   V
//!      +-----------+
//!      | Completed |  Request: send the final response again
//!      +-----------+
//!            | Timer J fires
//!            V
//!      +------------+
//!      | Terminated |
//!      +------------+
//! ```

use super::{Action, ServerEvent, Timer, is_provisional};
use crate::endpoint::config::Timers;
use crate::transport::Reliability;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

/// The machine.
#[derive(Debug)]
pub(crate) struct NonInviteServer {
    state: State,
    timers: Timers,
    reliability: Reliability,
}

impl NonInviteServer {
    pub(crate) fn new(timers: Timers, reliability: Reliability) -> Self {
        Self { state: State::Trying, timers, reliability }
    }

    pub(crate) fn handle(&mut self, event: ServerEvent, actions: &mut Vec<Action>) {
        self.state = match self.state {
            State::Trying => self.trying(event, actions),
            State::Proceeding => self.proceeding(event, actions),
            State::Completed => Self::completed(event, actions),
            State::Terminated => State::Terminated,
        };
    }

    fn trying(&self, event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Respond(code) => self.responded(code, actions),
            ServerEvent::Request | ServerEvent::Ack | ServerEvent::Timer(_) => State::Trying,
        }
    }

    fn proceeding(&self, event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Respond(code) => self.responded(code, actions),
            ServerEvent::Request => {
                actions.push(Action::Retransmit);
                State::Proceeding
            }
            ServerEvent::Ack | ServerEvent::Timer(_) => State::Proceeding,
        }
    }

    fn responded(&self, code: u16, actions: &mut Vec<Action>) -> State {
        actions.push(Action::Transmit);
        if is_provisional(code) {
            return State::Proceeding;
        }
        match self.reliability {
            Reliability::Unreliable => {
                actions.push(Action::Start(Timer::J, self.timers.patience()));
                State::Completed
            }
            Reliability::Reliable => {
                actions.push(Action::Terminate);
                State::Terminated
            }
        }
    }

    fn completed(event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Request => {
                actions.push(Action::Retransmit);
                State::Completed
            }
            ServerEvent::Timer(Timer::J) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ServerEvent::Respond(_) | ServerEvent::Ack | ServerEvent::Timer(_) => State::Completed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(machine: &mut NonInviteServer, event: ServerEvent) -> Vec<Action> {
        let mut actions = Vec::new();
        machine.handle(event, &mut actions);
        actions
    }

    #[test]
    fn the_final_response_is_repeated_for_timer_j() {
        let mut machine = NonInviteServer::new(Timers::default(), Reliability::Unreliable);
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![]);
        let expected = vec![Action::Transmit, Action::Start(Timer::J, Timers::default().patience())];
        assert_eq!(step(&mut machine, ServerEvent::Respond(200)), expected);
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![Action::Retransmit]);
        assert_eq!(step(&mut machine, ServerEvent::Respond(500)), vec![]);
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::J)), vec![Action::Terminate]);
    }

    #[test]
    fn over_a_stream_it_ends_with_the_response() {
        let mut machine = NonInviteServer::new(Timers::default(), Reliability::Reliable);
        let expected = vec![Action::Transmit, Action::Terminate];
        assert_eq!(step(&mut machine, ServerEvent::Respond(200)), expected);
    }
}
