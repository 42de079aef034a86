//! Random legal and illegal inputs: whatever happens, the books balance.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{
    CallCommand, CallEvent, CallFact, CallId, Grants, HeldBy, LegId, LegState, Originate, Owner, RejectCause,
    RtcNotice, RtcRequest, SessionId, SipCommand,
};
use media::{Direction, MediaEvent, Refusal, Stats};
use proptest::prelude::*;
use sip_stack::{Body, EndedBy, InviteId, UaEvent};
use uuid::Uuid;

use crate::world::{ANN, ANN_TOO, BOB, CARRIER, Ports, World, accept, start};

const SESSIONS: [(SessionId, &str); 3] = [(ANN, "ann"), (ANN_TOO, "ann"), (BOB, "bob")];

#[derive(Clone, Debug)]
enum Input {
    Connect(usize),
    Disconnect(usize),
    Detach(usize),
    Resume(usize),
    Ask { session: usize, call: usize, request: Ask },
    Incoming { late: bool, called: usize },
    Sip { invite: usize, event: Sip },
    Media { port: usize, event: Media },
    Originate,
    Command { call: usize, command: Command },
    Hangup(usize),
    Wait(u64),
}

#[derive(Clone, Debug)]
enum Ask {
    Start(usize),
    Accept,
    Reject,
    Hangup,
    Candidate,
    Digits,
    Mute(bool),
    Hold(bool),
    HandOver { consult: bool, to: usize },
    Complete,
    Cancel,
}

/// What a program asks.
#[derive(Clone, Debug)]
enum Command {
    Hold(bool),
    MuteFar(bool),
    HandOver { consult: bool, to: usize },
    Complete,
    Cancel,
}

/// A number, one that fails over, a user, nobody.
const TARGETS: [&str; 4] = ["600", "+491", "bob", "+1"];

#[derive(Clone, Debug)]
enum Sip {
    Progress(u16, bool),
    Answered(bool),
    Failed(u16, bool),
    Canceled,
    Acknowledged(bool),
    Reoffer(bool),
    Info,
    Ended(EndedBy),
    Refused,
}

#[derive(Clone, Debug)]
enum Media {
    Described,
    Refused(Refusal),
    Negotiated(Direction, bool),
    Connected,
    Disconnected,
    Digit(bool),
    Silence(u64),
    Stats,
    Closed,
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        4 => (0..4usize).prop_map(Ask::Start),
        4 => Just(Ask::Accept),
        1 => Just(Ask::Reject),
        1 => Just(Ask::Hangup),
        1 => Just(Ask::Candidate),
        1 => Just(Ask::Digits),
        1 => any::<bool>().prop_map(Ask::Mute),
        1 => any::<bool>().prop_map(Ask::Hold),
        3 => (any::<bool>(), 0..4usize).prop_map(|(consult, to)| Ask::HandOver { consult, to }),
        1 => Just(Ask::Complete),
        1 => Just(Ask::Cancel),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<bool>().prop_map(Command::Hold),
        any::<bool>().prop_map(Command::MuteFar),
        (any::<bool>(), 0..4usize).prop_map(|(consult, to)| Command::HandOver { consult, to }),
        Just(Command::Complete),
        Just(Command::Cancel),
    ]
}

fn sip() -> impl Strategy<Value = Sip> {
    let code = prop::sample::select(vec![404u16, 408, 480, 486, 487, 488, 500, 503, 603]);
    let by = prop::sample::select(vec![EndedBy::Remote, EndedBy::Local, EndedBy::Failure]);
    prop_oneof![
        3 => (prop::sample::select(vec![180u16, 183]), any::<bool>()).prop_map(|(code, sdp)| Sip::Progress(code, sdp)),
        4 => any::<bool>().prop_map(Sip::Answered),
        2 => (code, any::<bool>()).prop_map(|(code, synthetic)| Sip::Failed(code, synthetic)),
        1 => Just(Sip::Canceled),
        1 => any::<bool>().prop_map(Sip::Acknowledged),
        1 => any::<bool>().prop_map(Sip::Reoffer),
        1 => Just(Sip::Info),
        1 => by.prop_map(Sip::Ended),
        1 => Just(Sip::Refused),
    ]
}

fn media() -> impl Strategy<Value = Media> {
    let refusal = prop::sample::select(vec![
        Refusal::NoCommonCodec,
        Refusal::NoFreePort,
        Refusal::NoDtmf,
        Refusal::UnknownPort,
        Refusal::Malformed(String::new()),
    ]);
    let direction = prop::sample::select(vec![Direction::SendRecv, Direction::Inactive, Direction::RecvOnly]);
    prop_oneof![
        12 => Just(Media::Described),
        1 => refusal.prop_map(Media::Refused),
        2 => (direction, any::<bool>()).prop_map(|(direction, dtmf)| Media::Negotiated(direction, dtmf)),
        4 => Just(Media::Connected),
        1 => Just(Media::Disconnected),
        1 => any::<bool>().prop_map(Media::Digit),
        1 => (0..60u64).prop_map(Media::Silence),
        1 => Just(Media::Stats),
        1 => Just(Media::Closed),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        2 => (0..3usize).prop_map(Input::Connect),
        1 => (0..3usize).prop_map(Input::Disconnect),
        2 => (0..3usize).prop_map(Input::Detach),
        2 => (0..3usize).prop_map(Input::Resume),
        8 => (0..3usize, 0..8usize, ask()).prop_map(|(session, call, request)| Input::Ask { session, call, request }),
        3 => (any::<bool>(), 0..3usize).prop_map(|(late, called)| Input::Incoming { late, called }),
        8 => (0..6usize, sip()).prop_map(|(invite, event)| Input::Sip { invite, event }),
        12 => (0..6usize, media()).prop_map(|(port, event)| Input::Media { port, event }),
        1 => Just(Input::Originate),
        2 => (0..8usize, command()).prop_map(|(call, command)| Input::Command { call, command }),
        1 => (0..8usize).prop_map(Input::Hangup),
        2 => (0..30_000u64).prop_map(Input::Wait),
    ]
}

/// What the events of one call say: small enough to be seen to be right.
#[derive(Default)]
struct Model {
    holding: BTreeSet<LegId>,
    transfer: bool,
    owners: BTreeMap<LegId, Owner>,
    /// The call came back, or was handed over, with somebody on hold; only its end may follow.
    left_on_hold: bool,
}

impl Model {
    fn take(&mut self, event: &CallEvent) {
        let over = matches!(event.fact, CallFact::Ended(_));
        assert!(over || !self.left_on_hold, "hold is left on: {event:?}");
        match (&event.fact, event.leg) {
            (CallFact::Held { by: HeldBy::User | HeldBy::System }, Some(leg)) => {
                assert!(self.holding.insert(leg), "held twice: {event:?}");
            }
            (CallFact::Unheld { by: HeldBy::User | HeldBy::System }, Some(leg)) => {
                assert!(self.holding.remove(&leg), "never held: {event:?}");
            }
            (CallFact::TransferStarted { .. }, _) => {
                assert!(!std::mem::replace(&mut self.transfer, true), "two transfers at once: {event:?}");
                assert!(!self.holding.is_empty(), "nobody is on hold: {event:?}");
            }
            (CallFact::TransferFailed { .. } | CallFact::TransferCompleted, _) => {
                assert!(std::mem::replace(&mut self.transfer, false), "no transfer: {event:?}");
                self.left_on_hold = !self.holding.is_empty();
            }
            (CallFact::LegOwner(owner), Some(leg)) => {
                assert_ne!(self.owners.insert(leg, *owner), Some(*owner), "the same owner: {event:?}");
            }
            (CallFact::Ended(_), _) => assert!(!self.transfer, "a transfer without an end: {event:?}"),
            _ => {}
        }
    }
}

/// The world and what was done to its INVITEs.
struct Trial {
    world: World,
    invites: Vec<InviteId>,
    over: BTreeSet<InviteId>,
    gone: BTreeSet<(SessionId, usize)>,
}

impl Trial {
    fn new() -> Self {
        let mut world = World::new();
        world.ports = Ports::Manual;
        Self { world, invites: Vec::new(), over: BTreeSet::new(), gone: BTreeSet::new() }
    }

    /// The newest are picked first, so that random numbers meet live calls.
    fn call(&self, nth: usize) -> CallId {
        let mut calls = Vec::new();
        for event in self.world.events.iter().rev() {
            if !calls.contains(&event.call) {
                calls.push(event.call);
            }
        }
        calls.get(nth).copied().unwrap_or(CallId(Uuid::from_u128(nth as u128)))
    }

    fn apply(&mut self, input: Input) {
        match input {
            Input::Connect(nth) => {
                let (session, user) = SESSIONS[nth];
                self.world.connect(session, user, Grants::all());
            }
            Input::Disconnect(nth) => {
                let session = SESSIONS[nth].0;
                self.gone.insert((session, self.world.rtc.len()));
                self.world.disconnect(session);
            }
            Input::Detach(nth) => self.world.detach(SESSIONS[nth].0),
            Input::Resume(nth) => self.world.resume(SESSIONS[nth].0, Grants::all()),
            Input::Ask { session, call, request } => self.ask(SESSIONS[session].0, call, request),
            Input::Incoming { late, called } => {
                let called = ["+4930100", "bob", "+49999"][called];
                let id = self.world.incoming(CARRIER, called, (!late).then_some("v=0"));
                self.invites.push(id);
            }
            Input::Sip { invite, event } => self.sip(invite, event),
            Input::Media { port, event } => self.media(port, event),
            Input::Originate => {
                let command = Originate { from_user: "ann".into(), to: "600".to_owned(), caller_id: None };
                let _ = self.world.command(CallCommand::Originate(command));
            }
            Input::Command { call, command } => self.command(self.call(call), command),
            Input::Hangup(call) => {
                let call = self.call(call);
                let _ = self.world.command(CallCommand::Hangup { call });
            }
            Input::Wait(millis) => self.world.advance(Duration::from_millis(millis)),
        }
        let known: BTreeSet<_> = self.invites.iter().copied().collect();
        let placed: Vec<_> =
            self.world.invites().iter().map(|(id, _)| *id).filter(|id| !known.contains(id)).collect();
        self.invites.extend(placed);
    }

    fn command(&mut self, call: CallId, command: Command) {
        let far = self.world.switch.call(call).and_then(|call| call.legs.last().map(|leg| leg.id));
        let _ = self.world.command(match command {
            Command::Hold(true) => CallCommand::Hold { call },
            Command::Hold(false) => CallCommand::Unhold { call },
            Command::MuteFar(muted) => CallCommand::Mute { call, leg: far, muted },
            Command::HandOver { consult: true, to } => {
                CallCommand::Consult { call, to: TARGETS[to].to_owned() }
            }
            Command::HandOver { consult: false, to } => {
                CallCommand::Transfer { call, to: TARGETS[to].to_owned() }
            }
            Command::Complete => CallCommand::CompleteTransfer { call },
            Command::Cancel => CallCommand::CancelTransfer { call },
        });
    }

    fn ask(&mut self, session: SessionId, call: usize, request: Ask) {
        let fresh = CallId(Uuid::from_u128(0x1000 + self.world.replies.len() as u128));
        let (call, request) = match request {
            Ask::Start(to) => (fresh, start(["600", "+491", "7", "+1"][to])),
            Ask::Accept => (self.call(call), accept()),
            Ask::Reject => (self.call(call), RtcRequest::Reject { cause: RejectCause::Busy }),
            Ask::Hangup => (self.call(call), RtcRequest::Hangup),
            Ask::Candidate => (self.call(call), RtcRequest::Candidate(None)),
            Ask::Digits => (
                self.call(call),
                RtcRequest::SendDigits { digits: "12".to_owned(), each: Duration::from_millis(100) },
            ),
            Ask::Mute(muted) => (self.call(call), RtcRequest::Mute { muted }),
            Ask::Hold(true) => (self.call(call), RtcRequest::Hold),
            Ask::Hold(false) => (self.call(call), RtcRequest::Unhold),
            Ask::HandOver { consult: true, to } => {
                (self.call(call), RtcRequest::Consult { to: TARGETS[to].to_owned() })
            }
            Ask::HandOver { consult: false, to } => {
                (self.call(call), RtcRequest::Transfer { to: TARGETS[to].to_owned() })
            }
            Ask::Complete => (self.call(call), RtcRequest::CompleteTransfer),
            Ask::Cancel => (self.call(call), RtcRequest::CancelTransfer),
        };
        let _ = self.world.ask(session, call, request);
    }

    fn sip(&mut self, nth: usize, event: Sip) {
        let Some(id) = self.invites.iter().rev().nth(nth).copied() else { return };
        let body = |wanted: bool| wanted.then(|| Body::sdp("v=0"));
        if matches!(event, Sip::Failed(..) | Sip::Canceled | Sip::Ended(_) | Sip::Refused) {
            self.over.insert(id);
        }
        let headers = sip_stack::message::Headers::new();
        let event = match event {
            Sip::Progress(code, sdp) => UaEvent::Progress {
                id,
                fork: 0,
                code,
                reason: String::new(),
                headers: sip_stack::message::Headers::new(),
                body: body(sdp),
                prack: sip_stack::Prack::NotNeeded,
            },
            Sip::Answered(sdp) => UaEvent::Answered { id, fork: 0, headers, body: body(sdp) },
            Sip::Failed(code, synthetic) => {
                UaEvent::Failed { id, code, reason: String::new(), headers, synthetic }
            }
            Sip::Canceled => UaEvent::Canceled { id, reason: None },
            Sip::Acknowledged(sdp) => UaEvent::Acknowledged { id, body: body(sdp) },
            Sip::Reoffer(sdp) => UaEvent::Reoffer { id, fork: 0, body: body(sdp) },
            Sip::Info => UaEvent::Info {
                id,
                body: Body { content_type: "application/dtmf".to_owned(), content: "1".into() },
            },
            Sip::Ended(by) => UaEvent::Ended { id, by, reason: None },
            Sip::Refused => {
                self.world.switch.handle_sip_refused(self.world.now, id);
                return self.world.drain();
            }
        };
        self.world.sip_event(event);
    }

    fn media(&mut self, nth: usize, event: Media) {
        let Some(port) = self.world.open_ports().into_iter().rev().nth(nth) else { return };
        let opening = !self.world.described.contains(&port);
        let event = match event {
            Media::Described => {
                self.world.described.insert(port);
                MediaEvent::LocalDescription { port, sdp: "v=0".into() }
            }
            Media::Refused(refusal) if opening || refusal == Refusal::UnknownPort => {
                return self.world.media_event(MediaEvent::Refused { port, refusal });
            }
            Media::Refused(refusal) => {
                self.world.switch.handle_media(self.world.now, MediaEvent::Refused { port, refusal });
                return self.world.drain();
            }
            Media::Negotiated(direction, dtmf) => return self.world.negotiated(port, direction, dtmf),
            Media::Connected => MediaEvent::Connected { port },
            Media::Disconnected => MediaEvent::Disconnected { port },
            Media::Digit(relayed) => {
                MediaEvent::Digit { port, digit: '5', duration: Duration::from_millis(80), relayed }
            }
            Media::Silence(seconds) => MediaEvent::Silence { port, since: Duration::from_secs(seconds) },
            Media::Stats => MediaEvent::Stats { port, stats: Stats::default() },
            Media::Closed => MediaEvent::Closed { port },
        };
        self.world.media_event(event);
    }

    /// True at every moment.
    fn check(&self) {
        let mut last: BTreeMap<CallId, (u64, bool)> = BTreeMap::new();
        for event in &self.world.events {
            let (seq, over) = last.get(&event.call).copied().unwrap_or((0, false));
            assert_eq!(event.seq, seq + 1, "events of a call are counted without a gap");
            assert!(!over, "nothing follows the terminal event");
            last.insert(event.call, (event.seq, matches!(event.fact, CallFact::Ended(_))));
        }
        self.check_holds();
        let mut away = BTreeSet::new();
        for event in &self.world.events {
            let changed = match event.fact {
                CallFact::LegReconnecting => away.insert(event.leg),
                CallFact::LegReconnected => away.remove(&event.leg),
                _ => true,
            };
            assert!(changed, "a leg is lost and comes back in turns: {event:?}");
        }
        for call in self.world.switch.calls() {
            for leg in call.legs.iter().filter(|leg| leg.state != LegState::Ended) {
                assert_eq!(leg.reconnecting, away.contains(&Some(leg.id)), "events tell the flag: {leg:?}");
            }
            let live: Vec<_> = call.legs.iter().filter(|leg| leg.state != LegState::Ended).collect();
            let bridged = live.iter().filter(|leg| leg.owner == Owner::Bridge).count();
            assert!(bridged == 0 || bridged == 2, "a bridge has two legs: {call:?}");
            assert_eq!(live.is_empty(), call.outcome.is_some(), "a call without legs has ended: {call:?}");
        }
    }

    /// The events tell of holds, transfers and owners what the calls say of themselves.
    fn check_holds(&self) {
        let mut model: BTreeMap<CallId, Model> = BTreeMap::new();
        for event in &self.world.events {
            model.entry(event.call).or_default().take(event);
        }
        for call in self.world.switch.calls().filter(|call| call.outcome.is_none()) {
            let model = &model[&call.id];
            assert_eq!(call.transfer.is_some(), model.transfer, "a transfer is told of: {call:?}");
            for leg in call.legs.iter().filter(|leg| leg.state != LegState::Ended) {
                let told = model.owners.get(&leg.id).copied();
                assert!(told.is_none_or(|owner| owner == leg.owner), "an owner is told of: {leg:?}");
            }
            if call.transfer.is_some() {
                assert!(call.legs.iter().filter(|leg| leg.owner == Owner::Bridge).count() != 1);
            }
        }
    }

    /// True once all calls have ended.
    fn check_end(mut self) {
        self.world.switch.drain(self.world.now);
        self.world.drain();
        self.check();
        self.world.assert_clean();
        for id in &self.invites {
            let hung_up = self
                .world
                .sip
                .iter()
                .any(|command| matches!(command, SipCommand::Hangup(hung, _) if hung == id));
            assert!(hung_up || self.over.contains(id), "{id:?} was left");
        }
        let mut told: BTreeMap<(SessionId, CallId), (usize, usize)> = BTreeMap::new();
        for (place, (session, call, notice)) in self.world.rtc.iter().enumerate() {
            let entry = told.entry((*session, *call)).or_insert((0, place));
            // A call that ended here may ring again when it is handed over.
            if matches!(notice, RtcNotice::Incoming { .. }) {
                *entry = (0, place);
            }
            assert_eq!(entry.0, 0, "nothing follows the end: {notice:?}");
            entry.0 += usize::from(matches!(notice, RtcNotice::Ended(_)));
        }
        for ((session, call), (ends, since)) in told {
            let left = self.gone.iter().any(|(gone, place)| *gone == session && *place >= since);
            assert!(ends == 1 || left, "{session:?} never heard of the end of {call:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_balance(inputs in prop::collection::vec(input(), 1..80)) {
        let mut trial = Trial::new();
        for input in inputs {
            trial.apply(input);
            trial.check();
        }
        trial.check_end();
    }
}
