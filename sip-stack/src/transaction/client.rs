//! A client transaction: one of the two machines with the messages it sends.

use std::sync::Arc;

use bytes::Bytes;

use super::invite_client::InviteClient;
use super::itinerary::Itinerary;
use super::key::Key;
use super::non_invite_client::NonInviteClient;
use super::{Action, ClientEvent};
use crate::endpoint::config::Timers;
use crate::message::{Header, HeaderName, Host, Method, Request};
use crate::transport::FlowId;
use crate::transport::destination::Destination;
use crate::ua::user::User;

#[derive(Debug)]
pub(crate) enum ClientMachine {
    Invite(InviteClient),
    NonInvite(NonInviteClient),
}

impl ClientMachine {
    pub(crate) fn start(
        method: &Method,
        timers: Timers,
        way: &Destination,
        actions: &mut Vec<Action>,
    ) -> Self {
        let reliability = way.transport.reliability();
        if *method == Method::Invite {
            Self::Invite(InviteClient::start(timers, reliability, actions))
        } else {
            Self::NonInvite(NonInviteClient::start(timers, reliability, actions))
        }
    }

    pub(crate) fn handle(&mut self, event: ClientEvent, actions: &mut Vec<Action>) {
        match self {
            Self::Invite(machine) => machine.handle(event, actions),
            Self::NonInvite(machine) => machine.handle(event, actions),
        }
    }

    /// Only an INVITE may wait for ever.
    pub(crate) fn limit(&mut self, actions: &mut Vec<Action>) {
        if let Self::Invite(machine) = self {
            machine.limit(actions);
        }
    }
}

/// The ACK of one fork's 2xx, kept to be sent again for each repetition of the 2xx.
#[derive(Debug)]
pub(crate) struct SuccessAck {
    pub(crate) to_tag: String,
    /// Whose host or domain the next hop is.
    pub(crate) to: Option<Host>,
    /// `None` until its own next hop is known.
    pub(crate) sent: Option<(Destination, Bytes)>,
}

/// Whether the target has said anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Nothing,
    Something,
}

/// What the table keeps of a request that we sent.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) machine: ClientMachine,
    pub(crate) key: Key,
    pub(crate) request: Arc<Request>,
    pub(crate) branch: String,
    pub(crate) payload: Bytes,
    pub(crate) way: Destination,
    pub(crate) user: User,
    /// The ACK of a final response that is not 2xx.
    pub(crate) ack: Option<Bytes>,
    pub(crate) success_acks: Vec<SuccessAck>,
    /// Where to go if the stream that the size rule picked is refused (RFC 3261 §18.1.1).
    pub(crate) fallback: Option<Destination>,
    /// The stream that it was sent on.
    pub(crate) flow: Option<FlowId>,
    pub(crate) heard: Heard,
    /// Where else to go if this target fails; `None` if there never was a choice.
    pub(crate) itinerary: Option<Itinerary>,
}

impl Client {
    /// Whether the request or its final response may still be on the way.
    pub(crate) fn is_unanswered(&self) -> bool {
        match &self.machine {
            ClientMachine::Invite(machine) => machine.is_unanswered(),
            ClientMachine::NonInvite(machine) => machine.is_unanswered(),
        }
    }

    /// Lets go of what a refused INVITE needs no more: its ACK alone is sent again, the same way.
    pub(crate) fn shed(&mut self) {
        if self.ack.is_none() || self.payload.is_empty() {
            return;
        }
        let Request { method, uri, headers, .. } = &*self.request;
        let routes = headers.get_all(&HeaderName::Route).map(|route| Header::new(HeaderName::Route, route));
        let request = Request::new(method.clone(), uri.clone(), routes.collect());
        (self.request, self.payload, self.itinerary) = (Arc::new(request), Bytes::new(), None);
    }

    /// Whether a provisional response has come and no final one.
    pub(crate) fn is_proceeding(&self) -> bool {
        matches!(&self.machine, ClientMachine::Invite(machine) if machine.is_proceeding())
    }
}
