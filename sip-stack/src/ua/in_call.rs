//! Requests inside of calls that are none of the call's own: MESSAGE (RFC 3428 §5), INFO of a package (RFC 6086),
//! OPTIONS (RFC 3261 §11).

use super::authenticate::AUTHENTICATION_TRIES_MAX;
use super::command::{Body, InviteId};
use super::event::UaEvent;
use super::headers;
use super::outgoing::Waiting;
use super::request::{OutgoingId, RequestId, Unreplied};
use super::subscription::Place;
use super::subscription::place::Words;
use super::user::User;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::{InfoPackage, RecvInfo};
use crate::message::{Header, Method, Request, Uri};
use crate::transaction::TransactionId;
use crate::transaction::table::{Delivery, Outcome};

/// A request to send inside of a call.
#[derive(Clone, Debug)]
pub struct InCall {
    /// MESSAGE, INFO, OPTIONS or one of an extension.
    pub method: Method,
    /// Headers of the caller's own.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Option<Body>,
}

/// A fact about a call beyond those that every call has.
#[derive(Clone, Debug)]
pub enum InCallEvent {
    /// The peer's MESSAGE waits for [`Endpoint::reply`](crate::Endpoint::reply).
    Message { id: InviteId, message: RequestId, request: Box<Request> },
    /// An INFO of a package of [`Services::info_packages`](crate::Services::info_packages); 200 is already sent.
    Info { id: InviteId, package: InfoPackage, body: Option<Body> },
    /// The body of a response to our INVITE that is more, or other, than a session description, as it came; the
    /// response's `Progress`, `Answered` or `Failed` follows. [`multipart`](crate::message::multipart) reads its parts.
    Enclosed { id: InviteId, code: u16, body: Body },
    /// A provisional response (101-199) to our re-INVITE. `body` is the answer, which counts from here on; `ReofferDone`
    /// has it again.
    ReofferProgress { id: InviteId, code: u16, body: Option<Body> },
    /// Our INVITE goes on to this URI: one that a 3xx named, after a 3xx or the failure of another
    /// ([`Redirects::Follow`](crate::ua::Redirects::Follow)).
    Redirected { id: InviteId, code: u16, uri: Uri },
    /// The INFO packages that the peer takes from now on (`Recv-Info`); before the first of these it takes none.
    RecvInfo { id: InviteId, packages: RecvInfo },
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct SentInCall {
    pub(crate) call: InviteId,
    id: OutgoingId,
    transaction: TransactionId,
    tries: u8,
}

impl SentInCall {
    pub(crate) fn start(
        core: &mut Core,
        id: OutgoingId,
        call: InviteId,
        place: &mut Place<'_>,
        request: InCall,
    ) -> Result<Self, CommandError> {
        headers::check_own(&request.headers)?;
        let is_other =
            matches!(request.method, Method::Message | Method::Info | Method::Options | Method::Extension(_));
        if !is_other {
            return Err(CommandError::InvalidArgument);
        }
        let words = Words { method: request.method, headers: request.headers, body: request.body.as_ref() };
        let transaction = place.send(core, words, User::InCall(id));
        Ok(Self { call, id, transaction, tries: 0 })
    }

    /// What became of it; without a place the call is over.
    pub(crate) fn outcome(
        &mut self,
        core: &mut Core,
        place: Option<Place<'_>>,
        delivery: &Delivery,
    ) -> Waiting {
        if delivery.transaction != self.transaction {
            return Waiting::Still;
        }
        let event = match &delivery.outcome {
            Outcome::Response(response) if response.code.is_provisional() => return Waiting::Still,
            Outcome::Response(response) => {
                let challenged =
                    matches!(response.code.as_u16(), 401 | 407) && self.tries < AUTHENTICATION_TRIES_MAX;
                let mut place = place.filter(|_| challenged);
                if let Some(again) =
                    place.as_mut().and_then(|place| place.authorize(core, delivery, response))
                {
                    self.tries += 1;
                    self.transaction = again;
                    return Waiting::Still;
                }
                UaEvent::Replied { id: self.id, response: response.clone() }
            }
            Outcome::TimedOut => UaEvent::Unreplied { id: self.id, why: Unreplied::TimedOut },
            Outcome::TransportFailed => UaEvent::Unreplied { id: self.id, why: Unreplied::TransportFailed },
            Outcome::Unresolved(why) => UaEvent::Unreplied { id: self.id, why: Unreplied::Unresolved(*why) },
        };
        core.event(event);
        Waiting::Over
    }
}
