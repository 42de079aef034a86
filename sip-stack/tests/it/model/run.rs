//! A run: random operations, then an end from which nothing may be left.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sip_stack::{Config, Output, ReliableResponses, SessionTimer};

use super::answered::Answered;
use super::choice::Choice;
use super::operation::{ask, place, replay, time};
use super::reference::{Phase, Reference, Told};
use super::wire::Wire;
use crate::call::hangup;
use crate::pair::{Fate, Pair, Side, config};

/// Longer than any transaction, retransmission, refresh or wait.
const PATIENCE: Duration = Duration::from_secs(7_200);
/// When every call is over: late answers may still be ended, and after that timers D, J, L and M keep what is over.
const WINDOWS: Duration = Duration::from_secs(100);
const STEP: Duration = Duration::from_secs(1);
const HEARD_MAX: usize = 64;

/// How bad the network is now, and its own chance.
struct Weather {
    loss: u64,
    state: u64,
}

impl Weather {
    fn fate(&mut self) -> Fate {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let one = (self.state >> 33) % 100;
        match one {
            _ if one < self.loss => Fate::Lose,
            _ if self.loss == 0 => Fate::Deliver,
            90..=93 => Fate::Twice,
            94..=99 => Fate::After(Duration::from_millis((self.state >> 40) % 3_000)),
            _ => Fate::Deliver,
        }
    }
}

struct World {
    pair: Pair,
    reference: Reference,
    wire: Wire,
    answered: Answered,
    weather: Rc<RefCell<Weather>>,
    heard: Vec<(Side, String)>,
}

/// Runs until there is nothing left to choose.
pub(crate) fn run(choice: &mut impl Choice) {
    let mut world = World::new(choice);
    while !choice.is_over() {
        world.step(choice);
        world.watch();
    }
    world.end();
}

fn settings(side: Side, choice: &mut impl Choice) -> Config {
    let mut config = config(side);
    config.reliable_responses = choice.pick(&[
        ReliableResponses::WhenRequired,
        ReliableResponses::WhenDescribing,
        ReliableResponses::WhenSupported,
    ]);
    let expires_s = choice.pick(&[90, 120, 1_800]);
    config.session_timer = SessionTimer { expires_s, min_se_s: choice.pick(&[90, 100]) };
    config
}

impl World {
    fn new(choice: &mut impl Choice) -> Self {
        let mut pair = Pair::with(settings(Side::Alice, choice), settings(Side::Bob, choice));
        let weather = Rc::new(RefCell::new(Weather { loss: 0, state: choice.below(u64::MAX) }));
        let shared = Rc::clone(&weather);
        pair.network = Box::new(move |_, _, _| shared.borrow_mut().fate());
        Self {
            pair,
            reference: Reference::default(),
            wire: Wire::default(),
            answered: Answered::default(),
            weather,
            heard: Vec::new(),
        }
    }

    fn step(&mut self, choice: &mut impl Choice) {
        match choice.below(16) {
            0 | 1 => place(&mut self.pair, &mut self.reference, choice),
            2..=8 => ask(&mut self.pair, &mut self.reference, choice),
            9 => replay(&mut self.pair, &self.heard, choice),
            10 => self.weather.borrow_mut().loss = choice.pick(&[0, 0, 10, 30, 60, 100]),
            _ => self.pair.run(time(choice)),
        }
        self.pair.run(Duration::ZERO);
    }

    /// Holds what happened to the models.
    fn watch(&mut self) {
        for seen in std::mem::take(&mut self.pair.seen) {
            self.wire.see(&seen);
            self.answered.send(&seen);
            self.heard.push((seen.from, seen.text));
        }
        for seen in std::mem::take(&mut self.pair.arrived) {
            self.answered.arrive(&seen);
        }
        self.answered.watch(self.pair.elapsed());
        let surplus = self.heard.len().saturating_sub(HEARD_MAX);
        self.heard.drain(..surplus);
        for (side, event) in std::mem::take(&mut self.pair.events) {
            self.reference.hear(side, &event);
        }
    }

    /// Everybody hangs up; then nothing is left, and every call has had its end.
    fn end(mut self) {
        self.weather.borrow_mut().loss = 0;
        for side in [Side::Alice, Side::Bob] {
            self.pair.run(Duration::ZERO);
            self.watch();
            for id in self.reference.ids(side) {
                if self.reference.phase(side, id) != Some(Phase::Ended) {
                    let now = self.pair.now;
                    let answer = self.pair.endpoint(side).hangup(now, id, hangup(480));
                    self.reference.told(side, id, &Told::Hangup, answer);
                }
            }
        }
        let mut patience = PATIENCE;
        while self.pair.alice.calls() + self.pair.bob.calls() > 0 && !patience.is_zero() {
            self.pair.run(STEP);
            patience -= STEP;
        }
        self.pair.run(WINDOWS);
        self.watch();
        // Streams outlive calls, and have a time of their own.
        self.pair.cut_streams();
        self.pair.run(STEP);
        self.answered.end();
        assert!(self.reference.all_ended(), "{:?}", self.reference);
        for side in [Side::Alice, Side::Bob] {
            let (now, endpoint) = (self.pair.now, self.pair.endpoint(side));
            assert_eq!((endpoint.calls(), endpoint.transactions()), (0, 0), "{side:?} keeps something");
            let [first, second] = [now, now + STEP].map(|now| {
                endpoint.handle_timeout(now);
                let Output::Timeout(at) = endpoint.poll_output() else {
                    panic!("{side:?} has something to do")
                };
                at
            });
            assert_eq!(second, first + STEP, "{side:?} keeps a timer");
        }
    }
}
