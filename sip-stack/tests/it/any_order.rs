//! Whatever both owners do in whatever order over whatever network: each call ends, and ends once.

use std::collections::BTreeMap;

use sip_stack::{Body, CommandError, InviteId, Respond, Transport, UaEvent};

use crate::call::{answer, hangup, invite, ms, respond, s};
use crate::pair::{Fate, Pair, Side};

/// A small generator of the test's own: the seed of a failure is in its message.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

struct World {
    pair: Pair,
    chance: Chance,
    next: u64,
    open: Vec<(Side, InviteId)>,
    ended: BTreeMap<(Side, InviteId), usize>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut pair = Pair::new();
        let mut network = Chance(seed.wrapping_add(99));
        pair.network = Box::new(move |_, _, _| match network.below(10) {
            0 => Fate::Lose,
            1 => Fate::Twice,
            2 => Fate::After(ms(network.below(900))),
            _ => Fate::Deliver,
        });
        Self { pair, chance: Chance(seed), next: 0, open: Vec::new(), ended: BTreeMap::new() }
    }

    fn step(&mut self) {
        let transport = if self.chance.below(3) == 0 { Transport::Tcp } else { Transport::Udp };
        if self.open.is_empty() || self.chance.below(12) == 0 {
            self.place(transport);
        } else {
            let index = self.chance.below(self.open.len() as u64) as usize;
            let (side, id) = self.open[index];
            self.act(side, id);
        }
        let pause = [0, 5, 40, 600, 5_000][self.chance.below(5) as usize];
        self.pair.run(ms(pause));
        self.collect();
    }

    fn place(&mut self, transport: Transport) {
        self.next += 1;
        let id = InviteId(self.next);
        let mut call = invite(transport);
        if self.chance.below(4) == 0 {
            call.body = None;
        }
        let now = self.pair.now;
        self.pair.alice.invite(now, id, call).unwrap();
        self.open.push((Side::Alice, id));
    }

    /// A refused command is fine; a panic or a lost call is not.
    fn act(&mut self, side: Side, id: InviteId) {
        let (now, choice) = (self.pair.now, self.chance.below(9));
        let endpoint = self.pair.endpoint(side);
        let early = Respond { body: Some(Body::sdp("early")), ..respond(183) };
        let _: Result<(), CommandError> = match choice {
            0 => endpoint.respond(now, id, respond(180)),
            1 => endpoint.respond(now, id, early),
            2 | 3 => endpoint.respond(now, id, answer()),
            4 => endpoint.hangup(now, id, hangup(486)),
            5 => endpoint.reoffer(now, id, Body::sdp("again")),
            6 => endpoint.answer_reoffer(now, id, 200, Some(Body::sdp("yes"))),
            7 => endpoint.ack(now, id, Body::sdp("answer")),
            _ => endpoint.info(now, id, Body { content_type: "a/b".to_owned(), content: "5".into() }),
        };
    }

    fn collect(&mut self) {
        for (side, event) in std::mem::take(&mut self.pair.events) {
            match event {
                UaEvent::Incoming { id, .. } => self.open.push((side, id)),
                UaEvent::Failed { id, .. } | UaEvent::Canceled { id, .. } | UaEvent::Ended { id, .. } => {
                    *self.ended.entry((side, id)).or_default() += 1;
                    self.open.retain(|open| *open != (side, id));
                }
                UaEvent::Progress { id, .. }
                | UaEvent::Answered { id, .. }
                | UaEvent::Acknowledged { id, .. }
                | UaEvent::Reoffer { id, .. }
                | UaEvent::ReofferDone { id, .. }
                | UaEvent::Info { id, .. } => {
                    assert!(!self.ended.contains_key(&(side, id)), "{side:?} {id:?} speaks after its end");
                }
                UaEvent::Requested { .. }
                | UaEvent::RequestCanceled { .. }
                | UaEvent::Replied { .. }
                | UaEvent::Unreplied { .. }
                | UaEvent::FlowFailed { .. }
                | UaEvent::Registered { .. }
                | UaEvent::RegistrationFailed { .. }
                | UaEvent::Located { .. }
                | UaEvent::OptionsAnswered { .. }
                | UaEvent::Subscription(_)
                | UaEvent::Publication(_)
                | UaEvent::InCall(_) => panic!("not asked for"),
            }
        }
    }

    fn end_all(&mut self) {
        for round in 0..4 {
            let now = self.pair.now;
            for (side, id) in self.open.clone() {
                // One that leaves already refuses; one that rings or talks ends now.
                let _ = self.pair.endpoint(side).hangup(now, id, hangup(480));
            }
            self.pair.run(s(60 + round));
            self.collect();
        }
        // A far end that was never told finds out by its session timer.
        self.pair.run(s(4000));
        self.collect();
    }
}

#[test]
fn each_call_ends_once() {
    let mut calls = 0;
    for seed in 0..60 {
        let mut world = World::new(seed);
        for _ in 0..60 {
            world.step();
        }
        world.end_all();
        assert!(world.open.is_empty(), "seed {seed}: {:?} never ended", world.open);
        assert!(world.ended.values().all(|count| *count == 1), "seed {seed}: {:?}", world.ended);
        assert_eq!((world.pair.alice.calls(), world.pair.bob.calls()), (0, 0), "seed {seed}");
        calls += world.ended.len();
    }
    assert!(calls > 500, "only {calls} calls: the test tests nothing");
}
