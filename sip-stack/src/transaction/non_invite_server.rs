//! The non-INVITE server transaction: RFC 3261 §17.2.2, figure 8, with the silence of RFC 4320 §4:
//! no provisional response but a late 100, no 408, and none at all once the client has given up.
//!
//! ```text
//!                     |Request, pass to TU
//!                     V
//!               +-----------+  Request: absorb
//!               |  Trying   |  TU waits: start Trying
//!               +-----------+
//!   200-699 from TU  |   | Trying fires: send 100, start Lapse
//!   but 408, send    |   V
//!         +----------+ +------------+  Request: send the 100
//!         |            | Proceeding |---------------------------+
//!         |            +------------+  Lapse fires              |
//!         |               | 200-699 from TU but 408, send       |
//!         |   +-----------+                                     |
//!         V   V                                                 |
//!      +-----------+                                            |
//!      | Completed |  Request: send the final response again    |
//!      +-----------+                                            |
//!            | Timer J fires                                    |
//!            V                                                  |
//!      +------------+                                           |
//!      | Terminated |<------------------------------------------+
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
            ServerEvent::Respond(code) if may_send(code) => self.responded(actions),
            ServerEvent::Waits => {
                actions.push(Action::Start(Timer::Trying, self.timers.until_t2()));
                State::Trying
            }
            ServerEvent::Timer(Timer::Trying) => {
                let rest = self.timers.patience().saturating_sub(self.timers.until_t2());
                actions.extend([Action::Try, Action::Start(Timer::Lapse, rest)]);
                State::Proceeding
            }
            ServerEvent::Request | ServerEvent::Ack | ServerEvent::Respond(_) | ServerEvent::Timer(_) => {
                State::Trying
            }
        }
    }

    fn proceeding(&self, event: ServerEvent, actions: &mut Vec<Action>) -> State {
        match event {
            ServerEvent::Respond(code) if may_send(code) => self.responded(actions),
            ServerEvent::Request => {
                actions.push(Action::Retransmit);
                State::Proceeding
            }
            ServerEvent::Timer(Timer::Lapse) => {
                actions.push(Action::Terminate);
                State::Terminated
            }
            ServerEvent::Ack | ServerEvent::Respond(_) | ServerEvent::Waits | ServerEvent::Timer(_) => {
                State::Proceeding
            }
        }
    }

    fn responded(&self, actions: &mut Vec<Action>) -> State {
        actions.extend([Action::Stop(Timer::Trying), Action::Stop(Timer::Lapse), Action::Transmit]);
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
            ServerEvent::Respond(_) | ServerEvent::Ack | ServerEvent::Waits | ServerEvent::Timer(_) => {
                State::Completed
            }
        }
    }
}

/// RFC 4320 §4: neither a provisional response nor a 408.
fn may_send(code: u16) -> bool {
    !is_provisional(code) && code != 408
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
        let sent = step(&mut machine, ServerEvent::Respond(200));
        assert!(sent.ends_with(&[Action::Transmit, Action::Start(Timer::J, Timers::default().patience())]));
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![Action::Retransmit]);
        assert_eq!(step(&mut machine, ServerEvent::Respond(500)), vec![]);
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::J)), vec![Action::Terminate]);
    }

    #[test]
    fn over_a_stream_it_ends_with_the_response() {
        let mut machine = NonInviteServer::new(Timers::default(), Reliability::Reliable);
        assert!(
            step(&mut machine, ServerEvent::Respond(200)).ends_with(&[Action::Transmit, Action::Terminate])
        );
    }

    #[test]
    fn silence_is_broken_by_one_late_100_and_ends_without_a_408() {
        let mut machine = NonInviteServer::new(Timers::default(), Reliability::Unreliable);
        let ms = std::time::Duration::from_millis;
        assert_eq!(step(&mut machine, ServerEvent::Respond(180)), vec![]);
        assert_eq!(step(&mut machine, ServerEvent::Waits), vec![Action::Start(Timer::Trying, ms(3_500))]);
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![]);
        let expected = vec![Action::Try, Action::Start(Timer::Lapse, ms(28_500))];
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::Trying)), expected);
        assert_eq!(step(&mut machine, ServerEvent::Request), vec![Action::Retransmit]);
        assert_eq!(step(&mut machine, ServerEvent::Respond(408)), vec![]);
        assert_eq!(step(&mut machine, ServerEvent::Timer(Timer::Lapse)), vec![Action::Terminate]);
    }
}
