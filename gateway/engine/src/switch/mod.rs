//! All calls of a node: which call an input belongs to, admission, limits.

mod config;
mod io;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::MediaEvent;
use sip_stack::{InviteId, UaEvent};

pub use config::{CallLimits, SwitchConfig};
pub use io::{
    MutedBy, Output, Quality, Refused, RejectCause, Reply, RtcNotice, RtcOrigin, RtcRequest, SessionEvent,
    SipCommand, Start,
};

use crate::call::{CallCommand, CallSnapshot};
use crate::directory::Directory;
use crate::ids::{CallId, IdSource, RequestId};
use crate::moment::Moment;

/// How far ahead [`Output::Timeout`] points when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// All calls of a node, as a value.
pub struct Switch {
    config: SwitchConfig,
    directory: Arc<Directory>,
    ids: IdSource,
    now: Instant,
    outputs: VecDeque<Output>,
}

impl Switch {
    /// A switch without calls; every id follows from `seed`.
    pub fn new(config: SwitchConfig, directory: Arc<Directory>, seed: [u8; 32], now: Moment) -> Self {
        let ids = IdSource::new(seed);
        Self { config, directory, ids, now: now.instant, outputs: VecDeque::new() }
    }

    /// Takes a new snapshot of the directory; calls in progress keep what they have.
    pub fn set_directory(&mut self, directory: Arc<Directory>) {
        self.directory = directory;
    }

    /// A browser comes or goes.
    pub fn handle_session(&mut self, now: Moment, event: SessionEvent) {
        let _ = (now, event);
    }

    /// A browser asks; answered by one [`Output::Reply`].
    pub fn handle_rtc(&mut self, now: Moment, origin: RtcOrigin, request: RtcRequest) {
        let _ = (now, origin, request);
    }

    /// The SIP endpoint reports.
    pub fn handle_sip(&mut self, now: Moment, event: UaEvent) {
        let _ = (now, event);
    }

    /// The SIP endpoint refused an INVITE command.
    pub fn handle_sip_refused(&mut self, now: Moment, invite: InviteId) {
        let _ = (now, invite);
    }

    /// A media worker reports.
    pub fn handle_media(&mut self, now: Moment, event: MediaEvent) {
        let _ = (now, event);
    }

    /// A program asks; answered by one [`Output::Reply`].
    pub fn handle_command(&mut self, now: Moment, request: RequestId, command: CallCommand) {
        let _ = (now, request, command, &self.config, &self.ids, &self.directory);
    }

    /// The deadline of the last [`Output::Timeout`] has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.now = now.instant;
    }

    /// Ends every call with `gateway-restart` and admits no more.
    pub fn drain(&mut self, now: Moment) {
        self.now = now.instant;
    }

    /// The next effect; call it until it answers [`Output::Timeout`].
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or(Output::Timeout(self.now + IDLE))
    }

    /// Live calls and the latest ended ones, newest first.
    pub fn calls(&self) -> impl Iterator<Item = CallSnapshot> {
        std::iter::empty()
    }

    /// One call, live or recently ended.
    pub fn call(&self, id: CallId) -> Option<CallSnapshot> {
        let _ = id;
        None
    }

    /// How many calls are live.
    pub fn live_calls(&self) -> usize {
        0
    }
}
