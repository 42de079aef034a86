//! Requests inside of calls beyond the call's own, both ways, and MESSAGE outside.

use std::time::Instant;

use super::{CommandError, Endpoint};
use crate::dialog::Sequence;
use crate::message::header::{Accept, ContentType, InfoPackage, RecvInfo};
use crate::message::{Header, Headers, Method, Request, StatusCode, TypedHeader};
use crate::transaction::TransactionId;
use crate::transaction::serving::Received;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::in_call::SentInCall;
use crate::ua::outgoing::Waiting;
use crate::ua::screened::Screened;
use crate::ua::user::User;
use crate::ua::{Body, InCall, InCallEvent, InviteId, OutgoingId, RequestId, UaEvent, headers};

/// The type of a MESSAGE that names none.
const PLAIN: &str = "text/plain";

impl Endpoint {
    /// Sends a MESSAGE, INFO, OPTIONS or an extension's request inside of a call, under an id of the caller's choice
    /// that no [`send`](Self::send) has. [`UaEvent::Replied`](crate::UaEvent::Replied) or `Unreplied` follows.
    ///
    /// # Errors
    /// The id is taken, the call is not answered, the method is one of calls or subscriptions, a limit is reached,
    /// or a header is one that the endpoint writes.
    pub fn send_in_call(
        &mut self,
        now: Instant,
        id: OutgoingId,
        call: InviteId,
        request: InCall,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        if self.outgoing.contains_key(&id) || self.in_calls.contains_key(&id) {
            return Err(CommandError::IdTaken);
        }
        if self.in_calls.len() >= self.core.config.limits.outgoing {
            return Err(CommandError::Limit);
        }
        let held = self.calls.get_mut(&call).ok_or(CommandError::UnknownId)?;
        let mut place = held.talking_place().ok_or(CommandError::WrongState)?;
        let sent = SentInCall::start(&mut self.core, id, call, &mut place, request)?;
        self.in_calls.insert(id, sent);
        self.settle();
        Ok(())
    }

    /// Sends an INFO of a package that the peer takes (RFC 6086 §4.2.1).
    ///
    /// # Errors
    /// Those of [`send_in_call`](Self::send_in_call); the peer does not take the package.
    pub fn send_info(
        &mut self,
        now: Instant,
        id: OutgoingId,
        call: InviteId,
        package: InfoPackage,
        body: Option<Body>,
    ) -> Result<(), CommandError> {
        if !self.peer_packages.get(&call).is_some_and(|taken| taken.contains(&package.package)) {
            return Err(CommandError::InvalidArgument);
        }
        let mut headers = vec![Header::from_typed(&package)];
        if body.is_some() {
            // RFC 6086 §5.2: what the body is for.
            headers.push(Header::new(crate::message::HeaderName::ContentDisposition, "Info-Package"));
        }
        self.send_in_call(now, id, call, InCall { method: Method::Info, headers, body })
    }

    pub(super) fn in_call_outcome(&mut self, id: OutgoingId, delivery: &Delivery) {
        let Some(sent) = self.in_calls.get_mut(&id) else { return };
        let call = sent.call;
        let place = self.calls.get_mut(&call).and_then(|call| call.talking_place());
        if sent.outcome(&mut self.core, place, delivery) == Waiting::Still {
            return;
        }
        self.in_calls.remove(&id);
        // A peer that has lost the dialog ends the call (RFC 3261 §12.2.1.2).
        let lost = match &delivery.outcome {
            Outcome::Response(response) => matches!(response.code.as_u16(), 408 | 481),
            Outcome::TimedOut => true,
            Outcome::TransportFailed | Outcome::Unresolved(_) => false,
        };
        if lost {
            self.with_call(call, |call, core| call.in_dialog_outcome(core, delivery));
        }
    }

    /// A request inside of a call that the call itself does not know; false if it does.
    pub(super) fn serve_in_call(
        &mut self,
        id: InviteId,
        transaction: TransactionId,
        received: &Received,
    ) -> bool {
        let incoming = &received.incoming;
        let is_message = incoming.request.method == Method::Message;
        let has_package =
            incoming.request.method == Method::Info && incoming.request.headers.contains(&InfoPackage::NAME);
        if !is_message && !has_package {
            return false;
        }
        let remote_tag = incoming.from_tag.as_deref().unwrap_or_default();
        let call = self.calls.get_mut(&id).filter(|call| !call.is_leaving());
        let place = call.and_then(|call| call.place_with(remote_tag));
        match place.map(|place| place.dialog.receive_cseq(incoming.cseq.number)) {
            None => {
                self.answer(transaction, incoming, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST, None);
            }
            Some(Sequence::Stale) => {
                self.answer(transaction, incoming, StatusCode::SERVER_INTERNAL_ERROR, None);
            }
            Some(Sequence::InOrder) if is_message => self.serve_message(transaction, received, Some(id)),
            Some(Sequence::InOrder) => self.serve_info(id, transaction, received),
        }
        true
    }

    /// A MESSAGE waits for its owner's word, unless it is of a type that nobody reads.
    pub(super) fn serve_message(
        &mut self,
        transaction: TransactionId,
        received: &Received,
        call: Option<InviteId>,
    ) {
        let incoming = &received.incoming;
        if !takes(&self.core.config.services.messages, &incoming.request) {
            let accept = Header::from_typed(&self.core.config.services.accept_messages());
            return self.answer(transaction, incoming, StatusCode::UNSUPPORTED_MEDIA_TYPE, Some(accept));
        }
        let screened = match call {
            Some(call) => Screened::ask_in_call(&mut self.core, transaction, incoming.clone(), call),
            None => Screened::ask(&mut self.core, transaction, incoming.clone()),
        };
        self.screened.insert(RequestId(transaction.0), screened);
    }

    /// An INFO of a package: 469 if it is none of ours (RFC 6086 §4.2.2).
    fn serve_info(&mut self, id: InviteId, transaction: TransactionId, received: &Received) {
        let incoming = &received.incoming;
        let Ok(Some(package)) = incoming.request.headers.typed::<InfoPackage>() else {
            return self.answer(transaction, incoming, StatusCode::BAD_REQUEST, None);
        };
        let services = &self.core.config.services;
        if !services.info_packages.iter().any(|known| *known == package.package.as_str()) {
            let ours = services.recv_info();
            return self.answer(transaction, incoming, StatusCode::BAD_INFO_PACKAGE, Some(ours));
        }
        self.answer(transaction, incoming, StatusCode::OK, None);
        let body = headers::body(&incoming.request.headers, &incoming.request.body);
        self.core.event(UaEvent::InCall(InCallEvent::Info { id, package, body }));
    }

    /// Notes the INFO packages that a response of the call's peer names.
    pub(super) fn note_response(&mut self, delivery: &Delivery) {
        let (User::Invite(id) | User::Reinvite(id) | User::Update(id)) = delivery.user else { return };
        if let Outcome::Response(response) = &delivery.outcome
            && response.code.as_u16() < 300
        {
            self.note_packages(id, &response.headers);
        }
    }

    /// Notes the INFO packages that a message of the call's peer names (RFC 6086 §5.1).
    pub(super) fn note_packages(&mut self, id: InviteId, peer: &Headers) {
        if !peer.contains(&RecvInfo::NAME) || !self.calls.contains_key(&id) {
            return;
        }
        let Ok(Some(packages)) = peer.typed::<RecvInfo>() else { return };
        if self.peer_packages.get(&id) != Some(&packages) {
            self.peer_packages.insert(id, packages.clone());
            self.core.event(UaEvent::InCall(InCallEvent::RecvInfo { id, packages }));
        }
    }
}

/// Whether the body of a MESSAGE is of one of these types.
fn takes(types: &[String], request: &Request) -> bool {
    let content_type = request.headers.typed::<ContentType>().ok().flatten();
    let named = |wanted: &String| match &content_type {
        Some(content_type) => content_type.is(wanted),
        None => wanted == PLAIN,
    };
    request.body.is_empty() || types.iter().any(named)
}

impl super::Services {
    /// The types that a MESSAGE may have.
    pub(super) fn accept_messages(&self) -> Accept {
        Accept::parse(&self.messages.join(", ")).unwrap_or_default()
    }
}
