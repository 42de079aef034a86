//! The caller's side of RFC 3262: each reliable provisional response of each early dialog gets its PRACK, in order,
//! and the PRACK carries our answer to a late offer or a new offer (RFC 6337 §2.2, patterns 4 and 5).

use super::exchange::{Exchange, Meaning};
use super::reoffer_out::{OwnOffer, Purpose};
use super::{Call, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::{CSeq, RAck, RSeq};
use crate::message::{Header, HeaderName, Method, Response};
use crate::transaction::sending::to_tag;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::command::{Body, Pracks};
use crate::ua::event::{Prack, UaEvent};
use crate::ua::headers;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

/// What has been acknowledged in an early dialog.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    /// The last RSeq taken (RFC 3262 §4).
    rseq: Option<u32>,
    /// The PRACK that waits for the owner.
    owed: Option<RAck>,
}

/// How a provisional response asks to be acknowledged.
pub(super) enum Arrival {
    Unreliable,
    InOrder(RAck),
    /// A repetition, or one that came before its turn.
    OutOfOrder,
}

impl Acknowledged {
    /// Notes that a response has been taken.
    pub(super) fn note(&mut self, rack: &RAck) {
        self.rseq = Some(rack.rseq);
    }

    pub(super) fn arrival(&self, response: &Response) -> Arrival {
        let headers = &response.headers;
        let (Ok(Some(RSeq(rseq))), Ok(Some(cseq))) = (headers.typed::<RSeq>(), headers.typed::<CSeq>())
        else {
            return Arrival::Unreliable;
        };
        if !headers::has_option(headers, &HeaderName::Require, "100rel") {
            return Arrival::Unreliable;
        }
        match self.rseq {
            Some(last) if rseq != last.wrapping_add(1) => Arrival::OutOfOrder,
            _ => Arrival::InOrder(RAck { rseq, cseq: cseq.number, method: Method::Invite }),
        }
    }
}

impl Call {
    /// Takes a provisional response, and acknowledges it if it asks for that; answers what its owner may read in
    /// it, or `None` if that was read before.
    pub(super) fn acknowledge_provisional(
        &mut self,
        core: &mut Core,
        fork: usize,
        response: &Response,
    ) -> Option<(Prack, Option<Body>)> {
        let Stage::Calling(calling) = &mut self.stage else { return None };
        let pracks = calling.pracks;
        let fork = calling.forks.get_mut(fork)?;
        fork.session.note_peer(&response.headers);
        let body = headers::description(&response.headers, &response.body);
        let rack = match fork.acknowledged.arrival(response) {
            Arrival::OutOfOrder => return None,
            // Before the answer that must arrive it is a preview; an offer it cannot be (RFC 6337 §3.1.1).
            Arrival::Unreliable => {
                let preview = body.filter(|_| fork.session.exchange == Exchange::Offered);
                return Some((Prack::NotNeeded, preview));
            }
            Arrival::InOrder(rack) => rack,
        };
        fork.acknowledged.note(&rack);
        fork.session.dialog.confirm(response);
        let meaning = body.as_ref().map(|_| fork.session.exchange.hear());
        let body = body.filter(|_| meaning != Some(Meaning::Surplus));
        if meaning == Some(Meaning::Offer) || pracks == Pracks::ByOwner {
            fork.acknowledged.owed = Some(rack);
            return Some((Prack::Owed, body));
        }
        let tag = fork.session.dialog.remote_tag.clone();
        self.send_prack(core, &tag, &rack, None);
        Some((Prack::Sent, body))
    }

    /// Sends the PRACK that waits for the owner.
    pub(crate) fn prack(
        &mut self,
        core: &mut Core,
        fork: u32,
        body: Option<Body>,
    ) -> Result<(), CommandError> {
        let Stage::Calling(calling) = &mut self.stage else { return Err(CommandError::WrongState) };
        let fork = calling.forks.iter_mut().find(|each| each.session.fork == fork);
        let fork = fork.ok_or(CommandError::WrongState)?;
        let session = &mut fork.session;
        let rack = fork.acknowledged.owed.take().ok_or(CommandError::WrongState)?;
        match (session.exchange, &body) {
            (Exchange::Owed, Some(answer)) => {
                session.exchange.say();
                session.local_body = Some(answer.clone());
            }
            (Exchange::Settled, Some(offer)) if session.may_offer() => {
                session.own_offer = Some(OwnOffer::new(Purpose::Prack, Some(offer.clone())));
            }
            (Exchange::Owed, None) | (_, Some(_)) => {
                fork.acknowledged.owed = Some(rack);
                return Err(CommandError::InvalidArgument);
            }
            (Exchange::Open | Exchange::Offered | Exchange::Settled, None) => {}
        }
        let tag = session.dialog.remote_tag.clone();
        self.send_prack(core, &tag, &rack, body.as_ref());
        Ok(())
    }

    pub(super) fn send_prack(&mut self, core: &mut Core, remote_tag: &str, rack: &RAck, body: Option<&Body>) {
        let id = self.id;
        let Some(session) = self.stage.session(remote_tag) else { return };
        let (mut prack, hop) = session.dialog.request(core, Method::Prack);
        prack.headers.push(Header::from_typed(rack));
        headers::set_body(&mut prack.headers, &mut prack.body, body);
        self.authentication.anticipate(core, &mut prack, &hop);
        core.request(prack, hop, User::Prack(id));
    }

    /// What became of a PRACK: a challenge is answered, a refused offer leaves the acknowledgement to be sent alone
    /// (RFC 6337 §2.3).
    pub(crate) fn prack_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        let response = match &delivery.outcome {
            Outcome::Response(response) if response.code.as_u16() < 200 => return,
            Outcome::Response(response) => response,
            Outcome::TimedOut | Outcome::TransportFailed | Outcome::Unresolved(_) => {
                return self.prack_offer_done(core, delivery, None, 408);
            }
        };
        match response.code.as_u16() {
            401 | 407 => self.authorize_prack(core, delivery, response),
            code @ 200..300 => {
                let answer = headers::description(&response.headers, &response.body);
                self.prack_offer_done(core, delivery, answer, code);
            }
            code => {
                let rack = delivery.request.headers.typed::<RAck>().ok().flatten();
                if let (488, Some(rack)) = (code, rack.filter(|_| !delivery.request.body.is_empty())) {
                    let tag = request_tag(delivery);
                    self.send_prack(core, &tag, &rack, None);
                }
                self.prack_offer_done(core, delivery, None, code);
            }
        }
    }

    fn authorize_prack(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let Some(answer) = self.authentication.answer(core, delivery, response) else {
            return self.prack_offer_done(core, delivery, None, response.code.as_u16());
        };
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        let (number, change) = (session.dialog.next_cseq(), Change::Authorize(answer));
        resend(core, &delivery.request, number, change, delivery.hop(), delivery.user);
    }

    fn prack_offer_done(&mut self, core: &mut Core, delivery: &Delivery, body: Option<Body>, code: u16) {
        let id = self.id;
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        let Some(offer) = session.own_offer.take_if(|offer| offer.is_of_prack()) else { return };
        if code < 300 {
            session.local_body = offer.body;
        }
        core.event(UaEvent::ReofferDone { id, fork: session.fork, code, body });
    }
}

/// The To tag of a request of ours: whose dialog it belongs to.
pub(super) fn request_tag(delivery: &Delivery) -> String {
    to_tag(&delivery.request.headers).unwrap_or_default()
}
