//! What a call may touch while it acts.

use std::collections::VecDeque;

use media::MediaCommand;

use super::config::SwitchConfig;
use super::health::Health;
use super::index::Index;
use super::io::{Output, RtcNotice, SipCommand};
use crate::directory::Directory;
use crate::ids::{CallId, IdSource, SessionId};
use crate::moment::Moment;

/// The surroundings of one input to a call.
pub(crate) struct Context<'a> {
    pub(crate) now: Moment,
    pub(crate) config: &'a SwitchConfig,
    pub(crate) directory: &'a Directory,
    pub(crate) ids: &'a mut IdSource,
    pub(crate) index: &'a mut Index,
    pub(crate) health: &'a mut Health,
    pub(crate) outputs: &'a mut VecDeque<Output>,
}

impl Context<'_> {
    pub(crate) fn sip(&mut self, command: SipCommand) {
        self.outputs.push_back(Output::Sip(command));
    }

    pub(crate) fn media(&mut self, worker: u16, command: MediaCommand) {
        self.outputs.push_back(Output::Media { worker, command });
    }

    pub(crate) fn rtc(&mut self, session: SessionId, call: CallId, notice: RtcNotice) {
        self.outputs.push_back(Output::Rtc { session, call, notice });
    }
}
