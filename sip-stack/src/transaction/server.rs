//! A server transaction: one of the two machines with the request and the last response.

use std::sync::Arc;

use bytes::Bytes;

use super::incoming::IncomingRequest;
use super::invite_server::InviteServer;
use super::non_invite_server::NonInviteServer;
use super::{Action, ServerEvent};
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
    pub(crate) incoming: Arc<IncomingRequest>,
    /// The call that a CANCEL of this transaction means.
    pub(crate) call: Option<InviteId>,
    pub(crate) response: Bytes,
}
