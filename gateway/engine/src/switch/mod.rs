//! All calls of a node: which call an input belongs to, admission, limits.

mod admission;
mod commands;
mod config;
mod context;
mod health;
mod history;
mod inbound;
mod index;
mod io;
mod requests;
mod routing;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::MediaEvent;
use sip_stack::{InviteId, UaEvent};

pub use config::{CallLimits, SwitchConfig};
pub(crate) use context::Context;
pub(crate) use health::Sign;
pub use io::{
    MutedBy, Output, Page, Quality, Refused, RejectCause, Reply, RtcNotice, RtcOrigin, RtcRequest, RtcState,
    SessionEvent, SipCommand, Start, TransferState, Usage,
};
pub use routing::RouteQuestion;

use crate::call::{Call, CallEvent, CallFact, CallSnapshot, Ending, RecordingReport, port_of};
use crate::cause::Cause;
use crate::directory::Directory;
use crate::ids::{CallId, IdSource, SessionId};
use crate::leg::sip::invite_of;
use crate::moment::Moment;
use crate::outcome::EndedBy;
use health::Health;
use history::History;
pub(crate) use index::Signalling;
use index::{Index, Session};

/// How far ahead [`Output::Timeout`] points when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// All calls of a node, as a value.
pub struct Switch {
    config: SwitchConfig,
    directory: Arc<Directory>,
    ids: IdSource,
    now: Instant,
    calls: BTreeMap<CallId, Call>,
    ended: History,
    index: Index,
    health: Health,
    /// When which call wants to be woken, and the other way round.
    wakes: BTreeSet<(Instant, CallId)>,
    wake_of: BTreeMap<CallId, Instant>,
    outputs: VecDeque<Output>,
    draining: bool,
}

impl Switch {
    /// A switch without calls; every id follows from `seed`.
    pub fn new(config: SwitchConfig, directory: Arc<Directory>, seed: [u8; 32], now: Moment) -> Self {
        Self {
            ended: History::new(config.ended_max),
            config,
            directory,
            ids: IdSource::new(seed),
            now: now.instant,
            calls: BTreeMap::new(),
            index: Index::default(),
            health: Health::default(),
            wakes: BTreeSet::new(),
            wake_of: BTreeMap::new(),
            outputs: VecDeque::new(),
            draining: false,
        }
    }

    /// Takes a new snapshot of the directory; calls in progress keep their legs.
    pub fn set_directory(&mut self, directory: Arc<Directory>) {
        self.health.retain(|trunk| directory.trunks.contains_key(trunk));
        self.directory = directory;
    }

    /// A browser comes or goes.
    pub fn handle_session(&mut self, now: Moment, event: SessionEvent) {
        self.now = now.instant;
        match event {
            SessionEvent::Connected { session, user, grants } => {
                if self.index.sessions.len() < self.config.sessions_max {
                    let (signalling, calls) = (Signalling::Attached, BTreeSet::new());
                    let fresh = Session { user, grants, signalling, calls };
                    self.index.sessions.entry(session).or_insert(fresh);
                }
            }
            SessionEvent::Detached { session } => self.set_signalling(now, session, Signalling::Detached),
            SessionEvent::Resumed { session, grants, page } => {
                if let Some(known) = self.index.sessions.get_mut(&session) {
                    known.grants = grants;
                }
                self.set_signalling(now, session, Signalling::Attached);
                if page == Page::Reloaded {
                    self.tell_states(now, session);
                }
            }
            SessionEvent::Ended { session } => {
                let Some(gone) = self.index.sessions.remove(&session) else { return };
                for call in gone.calls {
                    self.with_call(now, call, |call, context| call.on_session_ended(context, session));
                }
            }
        }
    }

    fn set_signalling(&mut self, now: Moment, session: SessionId, signalling: Signalling) {
        let Some(known) = self.index.sessions.get_mut(&session) else { return };
        known.signalling = signalling;
        for call in known.calls.clone() {
            self.with_call(now, call, |call, context| call.on_signalling(context, session, signalling));
        }
    }

    fn tell_states(&mut self, now: Moment, session: SessionId) {
        let calls = self.index.sessions.get(&session).map(|known| known.calls.clone());
        for call in calls.unwrap_or_default() {
            self.with_call(now, call, |call, context| call.tell_state(context, session));
        }
    }

    /// The SIP endpoint reports.
    pub fn handle_sip(&mut self, now: Moment, event: UaEvent) {
        self.now = now.instant;
        if let UaEvent::OptionsAnswered { id, code } = event {
            return self.health.answered(id, code);
        }
        let Some(invite) = invite_of(&event) else { return };
        if let UaEvent::Incoming { id, request, source, .. } = event {
            return self.on_incoming(now, id, *request, source);
        }
        match self.index.invites.get(&invite) {
            Some(&call) => self.with_call(now, call, |call, context| call.on_sip(context, event)),
            // A 200 that crossed our CANCEL.
            None if matches!(event, UaEvent::Answered { .. }) => {
                self.outputs.push_back(Output::Sip(inbound::end_stray(invite)));
            }
            None => {}
        }
    }

    /// The SIP endpoint refused an INVITE command.
    pub fn handle_sip_refused(&mut self, now: Moment, invite: InviteId) {
        self.now = now.instant;
        if let Some(&call) = self.index.invites.get(&invite) {
            self.with_call(now, call, |call, context| call.on_invite_refused(context, invite));
        }
    }

    /// A media worker reports.
    pub fn handle_media(&mut self, now: Moment, event: MediaEvent) {
        self.now = now.instant;
        if let Some(&call) = self.index.ports.get(&port_of(&event)) {
            self.with_call(now, call, |call, context| call.on_media(context, event));
        }
    }

    /// The file of a recording is whole, or cannot be written; its call may have ended.
    pub fn handle_recording(&mut self, now: Moment, report: RecordingReport) {
        self.now = now.instant;
        let call = report.call;
        if self.calls.contains_key(&call) {
            return self.with_call(now, call, |call, context| call.on_recording(context, report));
        }
        let Some(seq) = self.ended.count_event(call) else { return };
        let fact = CallFact::RecordingEnded { recording: report.recording, result: report.result };
        self.outputs.push_back(Output::Event(CallEvent { call, seq, at: now.wall, leg: None, fact }));
    }

    /// The deadline of the last [`Output::Timeout`] has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.now = now.instant;
        self.probe(now);
        while let Some(&(due, call)) = self.wakes.first() {
            if due > now.instant {
                return;
            }
            self.wakes.pop_first();
            self.wake_of.remove(&call);
            self.with_call(now, call, Call::on_timeout);
        }
    }

    /// Ends every call with `gateway-restart` and admits no more.
    pub fn drain(&mut self, now: Moment) {
        self.now = now.instant;
        self.draining = true;
        let calls: Vec<_> = self.calls.keys().copied().collect();
        for call in calls {
            let ending = Ending::new(EndedBy::System, Cause::GatewayRestart);
            self.with_call(now, call, |call, context| call.finish(context, ending));
        }
    }

    /// The next effect; call it until it answers [`Output::Timeout`].
    pub fn poll_output(&mut self) -> Output {
        let wake = self.wakes.first().map(|(due, _)| *due);
        let deadlines = wake.into_iter().chain(self.health.deadline());
        let idle = || Output::Timeout(deadlines.min().unwrap_or(self.now + IDLE));
        self.outputs.pop_front().unwrap_or_else(idle)
    }

    /// Live calls and the latest ended ones, newest first.
    pub fn calls(&self) -> impl Iterator<Item = CallSnapshot> {
        let live = self.calls.values().map(Call::snapshot);
        let mut calls: Vec<_> = live.chain(self.ended.iter().cloned()).collect();
        calls.sort_by_key(|call| Reverse((call.created_at, call.id)));
        calls.into_iter()
    }

    /// One call, live or recently ended.
    pub fn call(&self, id: CallId) -> Option<CallSnapshot> {
        self.calls.get(&id).map(Call::snapshot).or_else(|| self.ended.find(id).cloned())
    }

    /// How many calls are live.
    pub fn live_calls(&self) -> usize {
        self.calls.len()
    }

    /// What is in use now.
    pub fn usage(&self) -> Usage {
        Usage { calls: self.calls.len(), sessions: self.index.sessions.len(), entries: self.index.entries() }
    }

    fn context(&mut self, now: Moment) -> Context<'_> {
        let Self { config, directory, ids, index, health, outputs, .. } = self;
        Context { now, config, directory, ids, index, health, outputs }
    }

    /// Lets a call act, then keeps the books.
    fn with_call<R>(
        &mut self,
        now: Moment,
        id: CallId,
        act: impl FnOnce(&mut Call, &mut Context<'_>) -> R,
    ) -> R
    where
        R: Default,
    {
        let Self { config, directory, ids, index, health, outputs, calls, .. } = self;
        let Some(call) = calls.get_mut(&id) else { return R::default() };
        let result = act(call, &mut Context { now, config, directory, ids, index, health, outputs });
        self.settle(id);
        result
    }

    /// After a call acted: wakes it when it wants, or files it away.
    fn settle(&mut self, id: CallId) {
        let wake = self.calls.get(&id).filter(|call| !call.is_over()).and_then(Call::deadline);
        if let Some(former) = self.wake_of.remove(&id) {
            self.wakes.remove(&(former, id));
        }
        if let Some(wake) = wake {
            self.wake_of.insert(id, wake);
            self.wakes.insert((wake, id));
        }
        if self.calls.get(&id).is_some_and(Call::is_over)
            && let Some(call) = self.calls.remove(&id)
        {
            self.ended.push(call.snapshot(), call.seq());
        }
    }
}
