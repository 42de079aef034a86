//! The ACKs of our INVITEs: of a 2xx one for each fork, of a refusal one for its hop (RFC 3261 §13.2.2.4, §17.1.1.3).

use super::TransactionId;
use super::client::SuccessAck;
use super::hop::Hop;
use super::locating::{Pending, Sending};
use super::sending::{next_hop, to_tag};
use crate::endpoint::core::Core;
use crate::message::header::CSeq;
use crate::message::{Header, HeaderName, Headers, Method, Request, Response};
use crate::transport::destination::Destination;
use crate::transport::via;

impl Core {
    /// Sends a request that has no transaction: the ACK of a 2xx.
    pub(crate) fn send_ack(
        &mut self,
        invite: TransactionId,
        to_tag: &str,
        ack: Request,
        hop: impl Into<Hop>,
    ) {
        let to_tag = to_tag.to_owned();
        if let Some(client) = self.transactions.clients.get_mut(&invite) {
            client.success_acks.push(SuccessAck { to_tag: to_tag.clone(), to: None, sent: None });
        }
        match hop.into() {
            Hop::Fixed(way) | Hop::Listed(way, _) => self.transmit_ack(invite, &to_tag, ack, way),
            Hop::Located(locate) => {
                let id = self.transactions.next_id();
                let sending = Sending::Ack { invite, to_tag };
                self.locate(id, Pending { request: ack, sending, locate });
            }
        }
    }

    pub(super) fn transmit_ack(
        &mut self,
        invite: TransactionId,
        to_tag: &str,
        mut ack: Request,
        way: Destination,
    ) {
        let branch = self.new_branch();
        ack.headers.push_front(via::ours(&way, &branch));
        let payload = ack.to_bytes();
        let to = next_hop(&ack);
        self.transmit(&way, payload.clone(), to.as_ref());
        let client = self.transactions.clients.get_mut(&invite);
        let kept = client.and_then(|client| client.success_acks.iter_mut().find(|ack| ack.to_tag == to_tag));
        if let Some(kept) = kept {
            (kept.to, kept.sent) = (to, Some((way, payload)));
        }
    }

    /// Sends the ACK of this fork again (RFC 3261 §13.2.2.4); false when it was never acknowledged.
    pub(super) fn repeat_ack(&mut self, id: TransactionId, response: &Response) -> bool {
        let tag = to_tag(&response.headers).unwrap_or_default();
        let acks = self.transactions.clients.get(&id).map(|client| client.success_acks.as_slice());
        let Some(ack) = acks.unwrap_or_default().iter().find(|ack| ack.to_tag == tag) else { return false };
        if let (Some((way, payload)), to) = (ack.sent.clone(), ack.to.clone()) {
            self.counters.retransmissions_sent += 1;
            self.transmit(&way, payload, to.as_ref());
        }
        true
    }

    pub(super) fn acknowledge_refusal(&mut self, id: TransactionId) {
        let Some(client) = self.transactions.clients.get(&id) else { return };
        let (way, Some(payload)) = (client.way, client.ack.clone()) else { return };
        let to = next_hop(&client.request);
        self.transmit(&way, payload, to.as_ref());
    }
}

/// The ACK of a refusal: the INVITE's hop, the refusal's To (RFC 3261 §17.1.1.3).
pub(super) fn refusal_ack(invite: &Request, response: &Response) -> Request {
    let mut ack = hop_request(invite, Method::Ack);
    if let Some(to) = response.headers.get(&HeaderName::To) {
        ack.headers.set(Header::new(HeaderName::To, to));
    }
    ack
}

/// A request for the same hop and transaction as `invite`, topmost Via included: its ACK.
pub(super) fn hop_request(invite: &Request, method: Method) -> Request {
    let mut copy = same_hop(invite, method);
    if let Some(via) = invite.headers.get(&HeaderName::Via) {
        copy.headers.push_front(Header::new(HeaderName::Via, via));
    }
    copy
}

/// The headers that ACK and CANCEL take from their INVITE (RFC 3261 §9.1, §17.1.1.3); Via is not among them.
pub(crate) fn same_hop(invite: &Request, method: Method) -> Request {
    let mut copy = Request::new(method.clone(), invite.uri.clone(), Headers::new());
    for name in [
        HeaderName::Route,
        HeaderName::MaxForwards,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::SessionId,
    ] {
        let values = invite.headers.get_all(&name);
        copy.headers.extend(values.map(|value| Header::new(name.clone(), value)));
    }
    if let Ok(Some(cseq)) = invite.headers.typed::<CSeq>() {
        copy.headers.push(Header::from_typed(&CSeq { number: cseq.number, method }));
    }
    copy
}
