//! A server transaction: one of the two machines with the request and the last response.

use std::sync::Arc;

use bytes::Bytes;

use super::incoming::IncomingRequest;
use super::invite_server::InviteServer;
use super::key::Key;
use super::non_invite_server::NonInviteServer;
use super::returning::Return;
use super::{Action, ServerEvent};
use crate::transport::FlowId;
use crate::transport::destination::Destination;
use crate::ua::InviteId;

#[derive(Debug)]
pub(crate) enum ServerMachine {
    Invite(InviteServer),
    NonInvite(NonInviteServer),
}

impl ServerMachine {
    pub(crate) fn handle(&mut self, event: ServerEvent, actions: &mut Vec<Action>) {
        match self {
            Self::Invite(machine) => machine.handle(event, actions),
            Self::NonInvite(machine) => machine.handle(event, actions),
        }
    }
}

/// What the table keeps of a request that came.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) machine: ServerMachine,
    pub(crate) key: Key,
    /// What other copies of the request would share; `None` inside a dialog.
    pub(crate) merge: Option<Key>,
    pub(crate) incoming: Arc<IncomingRequest>,
    /// The call that a CANCEL of this transaction means.
    pub(crate) call: Option<InviteId>,
    pub(crate) response: Bytes,
    /// Where responses go.
    pub(crate) way: Destination,
    pub(crate) returning: Return,
    /// The stream, not open yet, that the last response waits for.
    pub(crate) waits_for: Option<FlowId>,
}

impl Server {
    /// Whether its client knows no more than that the request has come.
    pub(crate) fn has_said_nothing(&self) -> bool {
        self.response.is_empty() || self.response.starts_with(b"SIP/2.0 100 ")
    }
}
