//! Messages on their way in: to a response's transaction, a request's dialog, or a new call.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;

use super::Endpoint;
use crate::message::header::{MaxForwards, Via};
use crate::message::validate::{self, Refusal};
use crate::message::{Header, HeaderName, Message, Method, Request, Response, StatusCode};
use crate::proxy::preprocess::preprocess;
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::serving::Received;
use crate::transport::destination::Destination;
use crate::transport::via;
use crate::ua::call::{Call, Stage, refuse_interval};
use crate::ua::inspect::inspect;
use crate::ua::{InviteId, RequestId, Source, capabilities, headers, options};

impl Endpoint {
    /// One message, as its datagram or its stream's framing cut it.
    pub(super) fn receive(&mut self, hop: Destination, local: SocketAddr, payload: Bytes) {
        if payload.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return;
        }
        if payload.len() > self.core.config.limits.message_bytes {
            return self.refuse_too_large(hop, payload);
        }
        match validate::receive(payload) {
            Ok(message) => {
                self.core.counters.received += 1;
                match message {
                    Message::Request(request) => self.receive_request(hop, local, request),
                    Message::Response(response) => self.core.receive_response(response),
                }
            }
            Err(refusal) => self.refuse_malformed(hop, refusal),
        }
    }

    fn refuse_too_large(&mut self, hop: Destination, payload: Bytes) {
        self.core.counters.malformed += 1;
        if let Some(response) = validate::refuse_unread(payload, StatusCode::MESSAGE_TOO_LARGE) {
            self.answer_malformed(hop, response);
        }
    }

    fn refuse_malformed(&mut self, hop: Destination, refusal: Refusal) {
        self.core.counters.malformed += 1;
        if let Some(response) = refusal.response {
            self.answer_malformed(hop, *response);
        }
    }

    pub(super) fn answer_malformed(&mut self, hop: Destination, mut response: Response) {
        let via = via::stamp(&mut response.headers, hop.remote);
        let untagged = response.headers.get(&HeaderName::To).filter(|to| !to.contains(";tag="));
        if let Some(to) = untagged.map(str::to_owned) {
            let tag = self.core.random.derived(via.as_ref().and_then(Via::branch).unwrap_or_default());
            response.headers.set(Header::new(HeaderName::To, format!("{to};tag={tag}")));
        }
        response.headers.push(self.core.server());
        // A Via that nobody can read leaves the packet's source.
        let way = via.as_ref().map_or(hop, |via| via::response_way(via, hop));
        self.core.transmit(&way, response.to_bytes(), via.as_ref().map(|via| &via.host));
    }

    fn receive_request(&mut self, hop: Destination, local: SocketAddr, request: Request) {
        let source = Source { transport: hop.transport, remote: hop.remote, local, flow: hop.flow };
        let Some(mut incoming) = IncomingRequest::new(request, source, hop) else {
            self.core.counters.malformed += 1;
            return;
        };
        if let Some(identity) = &self.core.identity {
            preprocess(identity, &mut incoming);
        }
        if let Some(flow) = hop.flow.filter(|_| incoming.via.params.contains("alias")) {
            self.core.transport.take_alias(flow, &incoming.via);
        }
        let makes_call = incoming.request.method == Method::Invite && incoming.to_tag.is_none();
        if makes_call && self.calls.len() >= self.core.config.limits.calls && !self.core.knows(&incoming) {
            self.core.counters.limited_calls += 1;
            return self.core.refuse_for_now(&incoming);
        }
        let Some(received) = self.core.receive_request(incoming) else { return };
        match received.transaction {
            Some(transaction) => {
                self.take_on(transaction, received);
                self.core.await_response(transaction);
            }
            None if self.route_on(&received) => {}
            None => self.receive_ack(&received),
        }
    }

    fn receive_ack(&mut self, received: &Received) {
        match self.call_of(&received.incoming) {
            Some(id) => self.with_call(id, |call, core| call.acknowledged(core, &received.incoming)),
            None => self.core.counters.stray_acks += 1,
        }
    }

    /// The call of a request inside a dialog.
    pub(super) fn call_of(&mut self, incoming: &IncomingRequest) -> Option<InviteId> {
        let key = (incoming.call_id.clone(), incoming.to_tag.clone()?);
        let id = *self.dialogs.get(&key)?;
        let call = self.calls.get_mut(&id)?;
        call.has_dialog(incoming.from_tag.as_deref()).then_some(id)
    }

    /// RFC 3261 §8.2, in its order: method, headers, then the dialog or a new one.
    fn take_on(&mut self, transaction: TransactionId, received: Received) {
        let incoming = &received.incoming;
        if incoming.request.method == Method::Cancel {
            return self.serve_cancel(transaction, incoming);
        }
        if self.route_on(&received) || (incoming.to_tag.is_none() && self.screen(&received)) {
            return;
        }
        self.serve_unscreened(transaction, received);
    }

    pub(super) fn serve_unscreened(&mut self, transaction: TransactionId, received: Received) {
        let incoming = &received.incoming;
        if let Some((code, header)) = inspect(&self.core, &incoming.request) {
            return self.answer(transaction, incoming, code, Some(header));
        }
        if matches!(incoming.request.method, Method::Subscribe | Method::Notify | Method::Refer) {
            return self.serve_subscription(transaction, &received);
        }
        if incoming.to_tag.is_some() {
            return match self.call_of(incoming) {
                Some(id) if self.serve_in_call(id, transaction, &received) => {}
                Some(id) => self.serve_in_dialog(id, transaction, &received),
                None if self.serves_beside(incoming) => {
                    self.core.refuse(transaction, &capabilities(&self.core, incoming, None));
                }
                None => {
                    self.answer(transaction, incoming, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST, None)
                }
            };
        }
        self.serve_outside(transaction, received);
    }

    fn serve_outside(&mut self, transaction: TransactionId, received: Received) {
        if received.incoming.request.method == Method::Invite {
            return self.serve_invite(transaction, received);
        }
        if received.incoming.request.method == Method::Options {
            let tag = self.core.repeatable_tag(&received.incoming);
            let response = options::answer(&self.core, &received.incoming, &tag);
            return self.core.refuse(transaction, &response);
        }
        if received.incoming.request.method == Method::Message {
            return self.serve_message(transaction, &received, None);
        }
        let misplaced = self.misplaces_relation(&received.incoming.request.headers);
        let gone = StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST;
        let code = if misplaced { StatusCode::BAD_REQUEST } else { gone };
        self.answer(transaction, &received.incoming, code, None);
    }

    fn serve_in_dialog(&mut self, id: InviteId, transaction: TransactionId, received: &Received) {
        self.core.own(transaction, id);
        self.note_packages(id, &received.incoming.request.headers);
        self.with_call(id, |call, core| call.receive(core, transaction, &received.incoming));
    }

    fn serve_invite(&mut self, transaction: TransactionId, received: Received) {
        // The owner may place the call on, and two such owners could send it round for ever (RFC 7332 §3).
        if received.incoming.request.headers.typed() == Ok(Some(MaxForwards(0))) {
            return self.answer(transaction, &received.incoming, StatusCode::TOO_MANY_HOPS, None);
        }
        if let Some(min_se) = refuse_interval(&self.core, &received.incoming.request.headers) {
            let code = StatusCode::SESSION_INTERVAL_TOO_SMALL;
            return self.answer(transaction, &received.incoming, code, Some(min_se));
        }
        let relations = match self.relations(&received.incoming.request.headers) {
            Ok(relations) => relations,
            Err(code) => return self.answer(transaction, &received.incoming, code, None),
        };
        let id = self.next_incoming;
        self.next_incoming = InviteId(id.0.wrapping_add(1).max(InviteId::FIRST_INCOMING.0));
        self.core.own(transaction, id);
        let incoming = Arc::clone(&received.incoming);
        match Call::ring(&mut self.core, id, transaction, incoming, relations) {
            Some(call) => {
                self.dialogs.insert(call.key.clone(), id);
                self.calls.insert(id, call);
                self.note_packages(id, &received.incoming.request.headers);
            }
            None => self.answer(transaction, &received.incoming, StatusCode::BAD_REQUEST, None),
        }
    }

    /// RFC 3261 §9.2: 200 if there is something to cancel, whatever becomes of it; else 481, or onward (§16.10).
    fn serve_cancel(&mut self, transaction: TransactionId, cancel: &Arc<IncomingRequest>) {
        let Some(invite) = self.core.canceled_transaction(cancel) else {
            if self.pass_cancel(transaction, cancel) {
                return;
            }
            return self.answer(transaction, cancel, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST, None);
        };
        let id = self.core.owner(invite);
        let screened = self.forget_screened(RequestId(invite.0));
        let tag = id.and_then(|id| self.calls.get(&id)).map(|call| call.key.1.clone());
        let tag = tag.unwrap_or_else(|| self.core.random.token());
        let mut response = cancel.response(StatusCode::OK, Some(&tag));
        response.headers.push(self.core.server());
        self.core.respond(transaction, &response);
        let reason = headers::reason(&cancel.request.headers);
        if let Some(screened) = screened {
            return screened.canceled(&mut self.core);
        }
        self.cancel_forwarded(invite, cancel);
        let Some(id) = id else { return };
        self.with_call(id, |call, core| match &call.stage {
            Stage::Ringing(ringing) if ringing.transaction == invite => call.canceled(core, reason),
            Stage::Calling(_) | Stage::Ringing(_) | Stage::Talking(_) | Stage::Leaving(_) | Stage::Over => {
                call.cancel_offer(core, invite);
            }
        });
    }

    pub(super) fn answer(
        &mut self,
        transaction: TransactionId,
        incoming: &IncomingRequest,
        code: StatusCode,
        header: Option<Header>,
    ) {
        let tag = self.core.repeatable_tag(incoming);
        let mut response: Response = incoming.response(code, Some(&tag));
        response.headers.extend(header);
        response.headers.push(self.core.server());
        self.core.refuse(transaction, &response);
    }
}
