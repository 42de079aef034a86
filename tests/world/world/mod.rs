//! The world: a gateway, browsers, phones, and the network between them, in virtual time.
//!
//! Everything that happens follows from the seed, but for the bytes of keys and ICE names, which str0m
//! makes by itself and which decide nothing. `WORLD_SEED=n cargo test -p world NAME` replays a failure.

mod browser;
mod chance;
mod directory;
mod gateway;
mod hearing;
mod ledger;
mod line;
mod network;
mod peer;
mod phone;
mod proxy;
mod socket;
mod sound;
mod stage;
mod voice;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use engine::{CallCommand, CallId, LegKind, LegSnapshot, LegState, Outcome, SwitchConfig};
use sip_stack::InviteId;

pub(crate) use browser::Answering;
pub(crate) use chance::seeds;
pub(crate) use hearing::Party;
pub(crate) use ledger::Agent;
pub(crate) use line::LineState;
pub(crate) use network::{Datagram, Quality};
pub(crate) use phone::{Cue, Manner, Offer, Rings, Then};

use browser::Browser;
use gateway::{Gateway, Mail};
use ledger::Ledger;
use line::Line;
use phone::Phone;
use proxy::Proxy;
use stage::{Happening, Stage};

pub(crate) const SIP_PORT: u16 = 5060;
/// Steps at one instant beyond which somebody spins.
const STEPS_MAX: usize = 10_000;

pub(crate) struct World {
    seed: u64,
    pub(crate) stage: Stage,
    pub(crate) gateway: Gateway,
    /// The carrier, the spare, and two phones behind the forking proxy.
    pub(crate) phones: Vec<Phone>,
    /// Two of Ann's, one of Bob's.
    pub(crate) browsers: Vec<Browser>,
    proxy: Proxy,
}

/// The phones, by number.
pub(crate) const CARRIER: usize = 0;
pub(crate) const SPARE: usize = 1;
pub(crate) const DESK: usize = 2;
pub(crate) const MOBILE: usize = 3;

/// The browsers, by number.
pub(crate) const ANN: usize = 0;
pub(crate) const ANN_TOO: usize = 1;
pub(crate) const BOB: usize = 2;

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(seed, SwitchConfig::new([10, 0, 0, 1].into()))
    }

    /// Ann's first browser is connected.
    pub(crate) fn with(seed: u64, config: SwitchConfig) -> Self {
        let mut stage = Stage::new(seed);
        let gateway = Gateway::new(&mut stage, config, directory::directory());
        let address = |number: usize| SocketAddr::new([198, 51, 100, 1 + number as u8].into(), SIP_PORT);
        let phones = (0..4).map(|number| Phone::new(number, address(number), &mut stage)).collect();
        let browsers = ["ann", "ann", "bob"]
            .iter()
            .enumerate()
            .map(|(number, user)| Browser::new(number, user))
            .collect();
        let proxy = Proxy::new([address(DESK), address(MOBILE)]);
        let mut world = Self { seed, stage, gateway, phones, browsers, proxy };
        world.connect(ANN);
        world.run(Duration::from_millis(100));
        world
    }

    pub(crate) fn connect(&mut self, browser: usize) {
        self.browsers[browser].connect(&mut self.stage);
    }

    /// A browser calls a number.
    pub(crate) fn call_out(&mut self, browser: usize, to: &str) -> CallId {
        self.browsers[browser].call(&mut self.stage, to)
    }

    /// A phone calls a user.
    pub(crate) fn call_in(&mut self, phone: usize, called: &str, offer: Offer) -> InviteId {
        self.phones[phone].call(&mut self.stage, called, offer)
    }

    pub(crate) fn ask(&mut self, browser: usize, call: CallId, request: engine::RtcRequest) {
        self.browsers[browser].ask(&mut self.stage, call, request);
    }

    pub(crate) fn hang_up_phone(&mut self, phone: usize, line: InviteId) {
        // Refused if the other side was faster.
        let _ = self.phones[phone].hang_up(&mut self.stage, line);
    }

    pub(crate) fn accept(&mut self, browser: usize, call: CallId) {
        self.browsers[browser].accept(&mut self.stage, call);
    }

    /// A page's WebSocket breaks.
    pub(crate) fn cut(&mut self, browser: usize) {
        self.browsers[browser].cut(&mut self.stage);
    }

    /// A page comes back with a new one.
    pub(crate) fn resume(&mut self, browser: usize) {
        self.browsers[browser].resume(&mut self.stage);
    }

    /// A page is gone, without a word.
    pub(crate) fn vanish(&mut self, browser: usize) {
        self.browsers[browser].vanish(&mut self.stage);
    }

    /// A program asks.
    pub(crate) fn command(&mut self, command: CallCommand) {
        let request = self.stage.request();
        self.stage.after(Duration::ZERO, Happening::Gateway(Mail::Command(request, command)));
    }

    /// Whether all three say that the call is answered, and sound can flow.
    pub(crate) fn is_talking(&self, browser: usize, call: CallId, phone: usize) -> bool {
        let view = &self.browsers[browser].calls[&call];
        let connected = view.peer.as_ref().is_some_and(|peer| peer.connected);
        connected && view.is_answered() && self.line(phone).state == LineState::Talking
    }

    pub(crate) fn line(&self, phone: usize) -> &Line {
        let phone = &self.phones[phone];
        &phone.lines[&phone.last()]
    }

    pub(crate) fn line_mut(&mut self, phone: usize) -> &mut Line {
        let phone = &mut self.phones[phone];
        let last = phone.last();
        phone.lines.get_mut(&last).expect("the last line")
    }

    /// The call that began last.
    pub(crate) fn last_call(&self) -> CallId {
        self.stage.ledger.facts.last().expect("a call").0
    }

    /// How a call ended.
    pub(crate) fn outcome(&self, call: CallId) -> &Outcome {
        self.stage.ledger.outcome(call)
    }

    /// Both sides talk, a tone each, and hear each other's.
    pub(crate) fn assert_sound(&mut self, browser: usize, call: CallId, phone: usize) {
        const BEAT: Duration = Duration::from_millis(20);
        let now = self.stage.now;
        self.line_mut(phone).speak(700, BEAT, now);
        self.peer(browser, call).speak(1100, BEAT, now);
        self.run(Duration::from_secs(2));
        assert!(self.peer(browser, call).hears(700), "the browser hears the phone");
        assert!(self.line(phone).hears(1100), "the phone hears the browser");
    }

    fn peer(&mut self, browser: usize, call: CallId) -> &mut peer::Peer {
        let view = self.browsers[browser].calls.get_mut(&call).expect("a call of the browser's");
        view.peer.as_mut().expect("a connection")
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.stage.now + time;
        self.run_until(end, |_| false);
        self.stage.now = end;
    }

    /// Runs until this is true; panics if it is not within `time`.
    pub(crate) fn wait_for(&mut self, what: &str, time: Duration, is_so: impl Fn(&Self) -> bool) {
        let end = self.stage.now + time;
        assert!(is_so(self) || self.run_until(end, is_so), "{what}: not within {time:?}");
    }

    fn run_until(&mut self, end: Instant, is_so: impl Fn(&Self) -> bool) -> bool {
        let mut steps = 0;
        while let Some(next) = self.next().filter(|next| *next <= end) {
            steps = if next > self.stage.now { 0 } else { steps + 1 };
            assert!(steps < STEPS_MAX, "somebody spins");
            self.stage.now = self.stage.now.max(next);
            self.step();
            if is_so(self) {
                return true;
            }
        }
        false
    }

    fn next(&self) -> Option<Instant> {
        let phones = self.phones.iter().map(Phone::deadline);
        let browsers = self.browsers.iter().filter_map(Browser::deadline);
        phones.chain(browsers).chain([self.gateway.deadline()]).chain(self.stage.next()).min()
    }

    fn step(&mut self) {
        let stage = &mut self.stage;
        if let Some(happening) = stage.due() {
            match happening {
                Happening::Gateway(mail) => self.gateway.open(stage, mail),
                Happening::Phone(phone, cue) => self.phones[phone].act(stage, cue),
                Happening::Browser(browser, told) => self.browsers[browser].hear(stage, told),
                Happening::Datagram(datagram) => self.deliver(datagram),
            }
            return;
        }
        self.gateway.wake(stage);
        self.phones.iter_mut().for_each(|phone| phone.wake(stage));
        self.browsers.iter_mut().for_each(|browser| browser.wake(stage));
    }

    fn deliver(&mut self, datagram: Datagram) {
        let stage = &mut self.stage;
        let to = datagram.to.ip();
        if let Some(phone) = self.phones.iter_mut().find(|phone| phone.address.ip() == to) {
            phone.receive(stage, datagram);
        } else if let Some(browser) = self.browsers.iter_mut().find(|browser| browser.owns(to)) {
            browser.receive(stage, &datagram);
        } else if to == proxy::ADDRESS {
            self.proxy.receive(stage, &datagram);
        } else {
            self.gateway.receive(stage, datagram);
        }
    }

    /// One kind of end hangs up whatever is left, also what begins meanwhile: the other must hear of it.
    pub(crate) fn finish(mut self) -> Ledger {
        let phones_hang_up = self.stage.chance.hits(50);
        for _ in 0..5 {
            if phones_hang_up {
                self.hang_up_phones();
                self.hang_up_without(LegKind::Sip);
            } else {
                self.browsers.iter_mut().for_each(|browser| browser.hang_up_all(&mut self.stage));
                self.hang_up_without(LegKind::Browser);
            }
            self.run(Duration::from_secs(5));
        }
        self.run(Duration::from_secs(110));
        self.check_phones();
        self.hang_up_phones();
        self.settle()
    }

    /// A call that was handed from phone to phone has no page that could end it, and one from page to page no phone.
    fn hang_up_without(&mut self, kind: LegKind) {
        let live = |leg: &LegSnapshot| leg.state != LegState::Ended;
        let calls = self.gateway.switch.calls().filter(|call| call.legs.iter().any(live));
        let without = calls.filter(|call| !call.legs.iter().any(|leg| live(leg) && leg.kind == kind));
        for call in without.map(|call| call.id).collect::<Vec<_>>() {
            self.command(CallCommand::Hangup { call });
        }
    }

    fn hang_up_phones(&mut self) {
        for phone in 0..self.phones.len() {
            for line in self.phones[phone].live() {
                self.hang_up_phone(phone, line);
            }
        }
    }

    /// No phone goes on with a call that is over. One that was out of reach may not have heard; and one behind
    /// the proxy may still ring, because a proxy without state cancels no branch when another answers.
    fn check_phones(&self) {
        let live: Vec<_> = self.gateway.switch.calls().filter(|call| call.outcome.is_none()).collect();
        assert!(live.is_empty(), "calls that do not end: {live:#?}");
        for (number, phone) in self.phones.iter().enumerate() {
            let rings = |line: &Line| line.state == LineState::Trying && [DESK, MOBILE].contains(&number);
            let left = phone.lines.iter().filter(|(_, line)| line.is_live() && !rings(line));
            let left: Vec<_> = left.map(|(id, _)| *id).collect();
            let reached = !self.stage.network.died.contains(&phone.address.ip());
            assert!(left.is_empty() || !reached, "phone {number} goes on with {left:?}");
        }
    }

    /// Lets every timer run out, and asserts that nothing remains.
    pub(crate) fn settle(mut self) -> Ledger {
        self.run(Duration::from_secs(200));
        self.check_end();
        std::mem::take(&mut self.stage.ledger)
    }

    fn check_end(&self) {
        self.stage.ledger.check_end();
        self.gateway.check_end();
        self.phones.iter().for_each(Phone::check_end);
        self.browsers.iter().for_each(Browser::check_end);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if std::env::var_os("WORLD_SEED").is_some() {
                self.stage.wire.iter().for_each(|(at, datagram)| eprintln!("{at:>10.3?} {datagram}"));
            }
            eprintln!("replay with WORLD_SEED={}", self.seed);
        }
    }
}
