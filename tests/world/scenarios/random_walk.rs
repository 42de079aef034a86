//! Anything in any order: whatever happens, the books balance.

use std::collections::BTreeMap;
use std::ops::Range;

use engine::{CallCommand, CallId, Cause, Originate, RejectCause, RtcRequest};
use media::Direction;
use uuid::Uuid;

use super::{millis, seconds};
use crate::world::{Answering, Cue, Manner, Offer, Quality, Rings, Then, World, seeds};

const OPERATIONS: usize = 60;
const NUMBERS: [&str; 6] = ["600", "+4930", "71", "605", "nonsense", "112"];
/// Whom calls are handed over to.
const TARGETS: [&str; 6] = ["600", "610", "+4930", "71", "ann", "bob"];
const CALLED: [&str; 4] = ["ann", "+4930100", "bob", "nobody"];

/// How many different ends a range of worlds must meet, lest it walks on the spot.
const CAUSES_MIN: usize = 8;

fn walk(range: Range<u64>) {
    let (seeds, all) = (seeds(range.clone()), range.count());
    let mut causes = BTreeMap::new();
    for seed in &seeds {
        for cause in Walk::through(*seed) {
            *causes.entry(cause).or_insert(0) += 1;
        }
    }
    assert!(seeds.len() < all || causes.len() >= CAUSES_MIN, "{causes:?}");
}

// In four parts, so that two cores share them.

#[test]
fn the_books_balance_in_the_first_fifty_worlds() {
    walk(0..50);
}

#[test]
fn the_books_balance_in_the_second_fifty_worlds() {
    walk(50..100);
}

#[test]
fn the_books_balance_in_the_third_fifty_worlds() {
    walk(100..150);
}

#[test]
fn the_books_balance_in_the_fourth_fifty_worlds() {
    walk(150..200);
}

struct Walk {
    world: World,
}

impl Walk {
    /// A world from its beginning to its end; why its calls ended.
    fn through(seed: u64) -> Vec<Cause> {
        let mut walk = Self { world: World::new(seed) };
        walk.weather();
        for _ in 0..OPERATIONS {
            walk.step();
        }
        (0..3).for_each(|browser| walk.come_back_or_not(browser));
        walk.world.stage.network.revive();
        walk.world.stage.network.signalling = Quality::CLEAN;
        let ledger = walk.world.finish();
        ledger.ended.keys().map(|call| ledger.outcome(*call).cause).collect()
    }

    fn below(&mut self, end: usize) -> usize {
        self.world.stage.chance.below(end)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(*self.world.stage.chance.pick(of)) }
    }

    /// The quality of this world's network.
    fn weather(&mut self) {
        let loss = [0, 0, 5, 20][self.below(4)];
        self.world.stage.network.signalling = Quality::losing(loss);
        self.world.stage.network.media = Quality::losing([0, 5][self.below(2)]);
    }

    fn step(&mut self) {
        let pause = self.world.stage.chance.within(millis(800));
        self.world.run(pause);
        match self.below(22) {
            0..=2 => self.call_out(),
            3..=5 => self.call_in(),
            6 => self.originate(),
            7..=8 => self.change_manners(),
            9..=10 => self.ask(),
            11..=12 => self.hang_up_browser(),
            13..=14 => self.hang_up_phone(),
            15 => self.reoffer(),
            16 => self.come_or_go(),
            17 => self.speak(),
            18 => self.act_out_of_turn(),
            19..=20 => self.cut_or_mend(),
            _ => {
                let long = self.world.stage.chance.within(seconds(40));
                self.world.run(long);
            }
        }
    }

    fn call_out(&mut self) {
        let open: Vec<_> = (0..3).filter(|browser| self.world.browsers[*browser].session.is_some()).collect();
        let number = NUMBERS[self.below(NUMBERS.len())];
        if let Some(browser) = self.pick(&open) {
            self.world.call_out(browser, number);
        }
    }

    fn call_in(&mut self) {
        let (phone, called) = (self.below(4), CALLED[self.below(CALLED.len())]);
        let offer = [Offer::Early, Offer::Late][self.below(2)];
        self.world.call_in(phone, called, offer);
    }

    fn originate(&mut self) {
        let user = ["ann", "bob"][self.below(2)];
        let to = NUMBERS[self.below(NUMBERS.len())].to_owned();
        let originate = Originate { from_user: user.into(), to, caller_id: None };
        self.world.command(CallCommand::Originate(originate));
    }

    fn change_manners(&mut self) {
        let after = self.world.stage.chance.within(seconds(4));
        let code = [404, 408, 480, 486, 500, 503, 603][self.below(7)];
        let then =
            [Then::Answer(after), Then::Answer(after), Then::Refuse(after, code), Then::Wait][self.below(4)];
        let rings = [None, Some(Rings::Plainly), Some(Rings::WithSound)][self.below(3)];
        let phone = self.below(4);
        self.world.phones[phone].manner = Manner { rings, then };
        let cause = [RejectCause::Busy, RejectCause::Declined][self.below(2)];
        let answering = [
            Answering::Accept(after),
            Answering::Accept(after),
            Answering::Reject(after, cause),
            Answering::Ignore,
        ];
        let browser = self.below(3);
        self.world.browsers[browser].manner = answering[self.below(4)];
    }

    /// A request about any call that the page knows, whatever its state.
    fn ask(&mut self) {
        let browser = self.below(3);
        let mut calls: Vec<CallId> = self.world.browsers[browser].calls.keys().copied().collect();
        calls.push(CallId(Uuid::from_u128(1)));
        let Some(call) = self.pick(&calls) else { return };
        let to = TARGETS[self.below(TARGETS.len())].to_owned();
        let request = match self.below(11) {
            0 => RtcRequest::SendDigits { digits: "1#".to_owned(), each: millis(100) },
            1 => RtcRequest::Mute { muted: true },
            2 => RtcRequest::Candidate(None),
            3 => RtcRequest::Reject { cause: RejectCause::Busy },
            4 => RtcRequest::Hold,
            5 => RtcRequest::Unhold,
            6 => RtcRequest::Transfer { to },
            7 => RtcRequest::Consult { to },
            8 => RtcRequest::CompleteTransfer,
            9 => RtcRequest::CancelTransfer,
            _ => return self.world.accept(browser, call),
        };
        self.world.ask(browser, call, request);
    }

    fn hang_up_browser(&mut self) {
        let browser = self.below(3);
        let live = self.world.browsers[browser].live();
        if let Some(call) = self.pick(&live) {
            self.world.ask(browser, call, RtcRequest::Hangup);
        }
    }

    fn hang_up_phone(&mut self) {
        let phone = self.below(4);
        let live = self.world.phones[phone].live();
        if let Some(line) = self.pick(&live) {
            self.world.hang_up_phone(phone, line);
        }
    }

    fn reoffer(&mut self) {
        let phone = self.below(4);
        let live = self.world.phones[phone].live();
        let direction = [Direction::SendRecv, Direction::SendOnly, Direction::Inactive][self.below(3)];
        if let Some(line) = self.pick(&live) {
            // Refused while the phone itself is in the middle of an offer.
            let _ = self.world.phones[phone].reoffer(&mut self.world.stage, line, direction);
        }
    }

    /// Pages open and close; hosts vanish and come back.
    fn come_or_go(&mut self) {
        let browser = self.below(3);
        let (open, stays) = (self.world.browsers[browser].session.is_some(), self.below(3) == 0);
        match (open, stays) {
            (false, _) => self.world.connect(browser),
            (true, true) => {}
            (true, false) => self.world.vanish(browser),
        }
        let phone = self.below(12);
        if let Some(phone) = self.world.phones.get(phone) {
            let host = phone.address.ip();
            self.world.stage.network.revive();
            self.world.stage.network.kill(host);
        }
    }

    /// WebSockets break and are replaced, or not in time.
    fn cut_or_mend(&mut self) {
        let browser = self.below(3);
        if self.world.browsers[browser].socket.is_cut() {
            self.come_back_or_not(browser);
        } else {
            self.world.cut(browser);
        }
    }

    fn come_back_or_not(&mut self, browser: usize) {
        match self.below(4) {
            0 if self.world.browsers[browser].socket.is_cut() => self.world.vanish(browser),
            _ => self.world.resume(browser),
        }
    }

    fn speak(&mut self) {
        let now = self.world.stage.now;
        for phone in &mut self.world.phones {
            let agreed = phone.lines.values_mut().filter(|line| line.agreed.is_some() && line.is_live());
            agreed.for_each(|line| line.speak(700, seconds(1), now));
        }
    }

    fn act_out_of_turn(&mut self) {
        let phone = self.below(4);
        let live = self.world.phones[phone].live();
        let Some(line) = self.pick(&live) else { return };
        let cue = [Cue::Ring(line), Cue::Answer(line), Cue::Refuse(line, 486)][self.below(3)];
        self.world.phones[phone].act(&mut self.world.stage, cue);
    }
}
