//! Whatever both owners do in whatever order over whatever network: each subscription ends, and ends once.

use std::collections::BTreeMap;

use sip_stack::{
    CommandError, Config, Grant, Notify, Package, Referral, Referrals, Reply, Services, SubscriptionEvent,
    SubscriptionId, TellMe, TerminationReason, Transport, UaEvent,
};

use crate::call::{CALL, address, hangup, ms, s, talk};
use crate::pair::{Fate, Pair, Side, config};
use crate::subscribe::{mailbox, subscribe};

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
    open: Vec<(Side, SubscriptionId)>,
    ended: BTreeMap<(Side, SubscriptionId), usize>,
}

fn able(side: Side) -> Config {
    let services = Services {
        packages: vec![Package::new("message-summary")],
        referrals: Referrals::Asked,
        ..Services::default()
    };
    Config { services, ..config(side) }
}

impl World {
    /// Two in a call, over a good network until they talk.
    fn new(seed: u64) -> Self {
        let mut pair = Pair::with(able(Side::Alice), able(Side::Bob));
        talk(&mut pair, Transport::Udp);
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
        if self.open.len() < 2 || self.chance.below(6) == 0 {
            self.start();
        } else {
            let index = self.chance.below(self.open.len() as u64) as usize;
            let (side, id) = self.open[index];
            self.act(side, id);
        }
        let pause = [0, 5, 40, 600, 9_000, 70_000][self.chance.below(6) as usize];
        self.pair.run(ms(pause));
        self.collect();
    }

    /// Alice subscribes, or asks Bob to call somebody. A refused command is fine: the call may be over.
    fn start(&mut self) {
        self.next += 1;
        let (id, now) = (SubscriptionId(self.next), self.pair.now);
        let expires_s = [0, 60, 90, 600][self.chance.below(4) as usize];
        let referral = Referral {
            refer_to: address("<sip:carol@192.0.2.3>"),
            referred_by: None,
            tell_me: if self.chance.below(4) == 0 { TellMe::Nothing } else { TellMe::Progress },
            headers: Vec::new(),
            body: None,
        };
        let done = match self.chance.below(2) {
            0 => self.pair.alice.subscribe(now, id, subscribe(expires_s)),
            _ => self.pair.alice.refer_in_call(now, id, CALL, referral),
        };
        if done.is_ok() {
            self.open.push((Side::Alice, id));
        }
    }

    /// A refused command is fine; a panic or a lost subscription is not.
    fn act(&mut self, side: Side, id: SubscriptionId) {
        let (now, choice) = (self.pair.now, self.chance.below(12));
        if choice == 11 && self.chance.below(8) == 0 {
            let _ = self.pair.alice.hangup(now, CALL, hangup(0));
            return;
        }
        let endpoint = self.pair.endpoint(side);
        let _: Result<(), CommandError> = match choice {
            0 | 1 => endpoint.accept_subscription(now, id, Grant::active(mailbox("1"))),
            2 | 3 => endpoint.accept_refer(now, id, TellMe::Progress),
            4 => endpoint.accept_refer(now, id, TellMe::Nothing),
            5 => endpoint.refuse_subscription(now, id, Reply::new(403)),
            6 => endpoint.notify(now, id, Notify::news(mailbox("2"))),
            7 => endpoint.notify(now, id, Notify::last(TerminationReason::Noresource, None)),
            8 => endpoint.refer_progress(now, id, 180, ""),
            9 => endpoint.refer_progress(now, id, 200, ""),
            10 => endpoint.refresh(now, id, None, None),
            _ => endpoint.unsubscribe(now, id),
        };
    }

    fn collect(&mut self) {
        for (side, event) in std::mem::take(&mut self.pair.events) {
            let UaEvent::Subscription(event) = event else { continue };
            match event {
                SubscriptionEvent::Requested { id, .. }
                | SubscriptionEvent::Referred { id, .. }
                | SubscriptionEvent::Forked { id, .. } => self.open.push((side, id)),
                SubscriptionEvent::Refused { id, .. } | SubscriptionEvent::Ended { id, .. } => {
                    *self.ended.entry((side, id)).or_default() += 1;
                    self.open.retain(|open| *open != (side, id));
                }
                SubscriptionEvent::Accepted { id, .. }
                | SubscriptionEvent::RefreshRefused { id, .. }
                | SubscriptionEvent::Notified { id, .. }
                | SubscriptionEvent::Refreshed { id, .. } => {
                    assert!(!self.ended.contains_key(&(side, id)), "{side:?} {id:?} speaks after its end");
                }
            }
        }
    }

    fn end_all(&mut self) {
        for _ in 0..3 {
            let now = self.pair.now;
            for (side, id) in self.open.clone() {
                let endpoint = self.pair.endpoint(side);
                let _ = endpoint.unsubscribe(now, id);
                let _ = endpoint.notify(now, id, Notify::last(TerminationReason::Noresource, None));
            }
            self.pair.run(s(80));
            self.collect();
        }
        let _ = self.pair.alice.hangup(self.pair.now, CALL, hangup(0));
        self.pair.run(s(700));
        self.collect();
    }
}

#[test]
fn each_subscription_ends_once() {
    let mut subscriptions = 0;
    for seed in 0..24 {
        let mut world = World::new(seed);
        for _ in 0..60 {
            world.step();
        }
        world.end_all();
        assert!(world.open.is_empty(), "seed {seed}: {:?} never ended", world.open);
        assert!(world.ended.values().all(|count| *count == 1), "seed {seed}: {:?}", world.ended);
        let left = (world.pair.alice.subscriptions(), world.pair.bob.subscriptions());
        assert_eq!(left, (0, 0), "seed {seed}");
        subscriptions += world.ended.len();
    }
    assert!(subscriptions > 400, "only {subscriptions} subscriptions: the test tests nothing");
}
