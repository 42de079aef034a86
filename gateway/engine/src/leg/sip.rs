//! A trunk's leg: SIP events to neutral words, neutral words to SIP commands.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use media::DtmfMethod;
use sip_stack::{Body, EndedBy, Hangup, InviteId, Reason, Respond, UaEvent};

use super::dtmf;
use crate::call::bridge::{LegEvent, Refusal};
use crate::cause::{Cause, Origin};
use crate::ids::TrunkId;
use crate::switch::{Sign, SipCommand};

/// Who sends the INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// We do, once our offer is made.
    Placing,
    /// We did.
    Placed,
    /// The trunk did, with an offer.
    Offered,
    /// The trunk did, without; our 2xx carries the offer.
    LateOffer,
}

/// Whether a re-INVITE of the peer waits for our answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reoffer {
    None,
    Pending,
}

/// A leg that SIP signals.
#[derive(Debug)]
pub(crate) struct SipLeg {
    pub(crate) trunk: TrunkId,
    pub(crate) invite: InviteId,
    pub(crate) role: Role,
    /// The address of the peer's signalling.
    pub(crate) peer: IpAddr,
    pub(crate) dtmf: DtmfMethod,
    pub(crate) reoffer: Reoffer,
}

impl SipLeg {
    /// Whether there is an INVITE to end.
    pub(crate) fn invited(&self) -> bool {
        self.role != Role::Placing
    }
}

/// What a SIP event means for the call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Something that the bridge table knows.
    Event(LegEvent),
    /// The same, with the peer's answer to our offer.
    Answer(Bytes, LegEvent),
    /// A digit by INFO.
    Digit { digit: char, duration: Duration },
    /// The ACK of our 2xx, with the peer's answer if ours was an offer.
    Acknowledged(Option<Bytes>),
    /// A re-INVITE, with the peer's offer or without.
    Reoffer(Option<Bytes>),
    /// Nothing to act on.
    Nothing,
}

/// The number of the call that an event is about.
pub(crate) const fn invite_of(event: &UaEvent) -> Option<InviteId> {
    match event {
        UaEvent::Incoming { id, .. }
        | UaEvent::Progress { id, .. }
        | UaEvent::Answered { id, .. }
        | UaEvent::Failed { id, .. }
        | UaEvent::Canceled { id, .. }
        | UaEvent::Acknowledged { id, .. }
        | UaEvent::Reoffer { id, .. }
        | UaEvent::ReofferDone { id, .. }
        | UaEvent::Info { id, .. }
        | UaEvent::Ended { id, .. } => Some(*id),
        UaEvent::Requested { .. }
        | UaEvent::RequestCanceled { .. }
        | UaEvent::Replied { .. }
        | UaEvent::Unreplied { .. }
        | UaEvent::FlowFailed { .. }
        | UaEvent::Registered { .. }
        | UaEvent::RegistrationFailed { .. }
        | UaEvent::Located { .. }
        | UaEvent::OptionsAnswered { .. }
        | UaEvent::Subscription(_)
        | UaEvent::Publication(_)
        | UaEvent::InCall(_) => None,
    }
}

/// Whether the event is the last of its INVITE, so that nothing is left to hang up.
pub(crate) const fn is_last(event: &UaEvent) -> bool {
    matches!(event, UaEvent::Failed { .. } | UaEvent::Canceled { .. } | UaEvent::Ended { .. })
}

/// What an event says about the trunk that an INVITE of ours went to.
pub(crate) const fn sign(event: &UaEvent) -> Option<Sign> {
    match event {
        UaEvent::Failed { synthetic: true, .. } => Some(Sign::Death),
        UaEvent::Progress { .. } | UaEvent::Answered { .. } | UaEvent::Failed { .. } => Some(Sign::Life),
        UaEvent::Incoming { .. }
        | UaEvent::Canceled { .. }
        | UaEvent::Acknowledged { .. }
        | UaEvent::Reoffer { .. }
        | UaEvent::ReofferDone { .. }
        | UaEvent::Info { .. }
        | UaEvent::Ended { .. }
        | UaEvent::Requested { .. }
        | UaEvent::RequestCanceled { .. }
        | UaEvent::Replied { .. }
        | UaEvent::Unreplied { .. }
        | UaEvent::FlowFailed { .. }
        | UaEvent::Registered { .. }
        | UaEvent::RegistrationFailed { .. }
        | UaEvent::Located { .. }
        | UaEvent::OptionsAnswered { .. }
        | UaEvent::Subscription(_)
        | UaEvent::Publication(_)
        | UaEvent::InCall(_) => None,
    }
}

/// What an event inside a call means.
pub(crate) fn read(event: UaEvent) -> News {
    match event {
        UaEvent::Progress { code, body, .. } => progress(code, body.and_then(sdp)),
        UaEvent::Answered { body, .. } => match body.and_then(sdp) {
            Some(answer) => News::Answer(answer, LegEvent::Answered),
            None => News::Event(LegEvent::Answered),
        },
        UaEvent::Failed { code, reason, synthetic, .. } => {
            let origin = if synthetic { Origin::Local } else { Origin::Peer };
            News::Event(LegEvent::Refused(Refusal { code, reason, origin }))
        }
        UaEvent::Canceled { .. } => News::Event(LegEvent::HungUp { q850: None }),
        UaEvent::Acknowledged { body, .. } => News::Acknowledged(body.and_then(sdp)),
        UaEvent::Reoffer { body, .. } => News::Reoffer(body.and_then(sdp)),
        UaEvent::Info { body, .. } => match dtmf::read(&body) {
            Some((digit, duration)) => News::Digit { digit, duration },
            None => News::Nothing,
        },
        UaEvent::Ended { by: EndedBy::Remote, reason, .. } => {
            News::Event(LegEvent::HungUp { q850: q850(reason) })
        }
        UaEvent::Ended { by: EndedBy::Local | EndedBy::Failure, .. } => {
            News::Event(LegEvent::Lost(Cause::TrunkUnreachable))
        }
        UaEvent::Incoming { .. }
        | UaEvent::ReofferDone { .. }
        | UaEvent::Registered { .. }
        | UaEvent::Requested { .. }
        | UaEvent::RequestCanceled { .. }
        | UaEvent::Replied { .. }
        | UaEvent::Unreplied { .. }
        | UaEvent::FlowFailed { .. }
        | UaEvent::RegistrationFailed { .. }
        | UaEvent::Located { .. }
        | UaEvent::OptionsAnswered { .. }
        | UaEvent::Subscription(_)
        | UaEvent::Publication(_)
        | UaEvent::InCall(_) => News::Nothing,
    }
}

fn progress(code: u16, answer: Option<Bytes>) -> News {
    match (answer, code) {
        (Some(answer), _) => News::Answer(answer, LegEvent::EarlyMedia),
        (None, 180) => News::Event(LegEvent::Ringing),
        (None, _) => News::Nothing,
    }
}

fn q850(reason: Option<Reason>) -> Option<u16> {
    reason.filter(|reason| reason.protocol.eq_ignore_ascii_case("Q.850")).map(|reason| reason.cause)
}

/// The session description in a body, if it is one.
pub(crate) fn sdp(body: Body) -> Option<Bytes> {
    let media_type = body.content_type.split(';').next().unwrap_or_default().trim();
    (media_type.eq_ignore_ascii_case("application/sdp") && !body.content.is_empty()).then_some(body.content)
}

/// 180 to the caller.
pub(crate) const fn alert(invite: InviteId) -> SipCommand {
    SipCommand::Respond(invite, Respond { code: 180, reason: None, headers: Vec::new(), body: None })
}

/// 200 to the caller.
pub(crate) fn answer(invite: InviteId, local: Bytes) -> SipCommand {
    SipCommand::Respond(
        invite,
        Respond { code: 200, reason: None, headers: Vec::new(), body: Some(Body::sdp(local)) },
    )
}

/// CANCEL, BYE or a refusal.
pub(crate) fn hangup(invite: InviteId, cause: Cause) -> SipCommand {
    let reason =
        Reason { protocol: "Q.850".to_owned(), cause: cause.q850(), text: Some(cause.text().to_owned()) };
    SipCommand::Hangup(invite, Hangup { code: cause.to_sip(), reason: Some(reason), headers: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: InviteId = InviteId(1);

    fn progress_of(code: u16, body: Option<Body>) -> News {
        read(UaEvent::Progress {
            id: ID,
            fork: 0,
            code,
            reason: String::new(),
            headers: sip_stack::message::Headers::new(),
            body,
            prack: sip_stack::Prack::NotNeeded,
        })
    }

    #[test]
    fn sound_makes_a_provisional_response_early_media() {
        let sdp = || Some(Body::sdp("v=0"));
        assert_eq!(progress_of(180, None), News::Event(LegEvent::Ringing));
        assert_eq!(progress_of(183, None), News::Nothing);
        for code in [180, 183] {
            assert_eq!(progress_of(code, sdp()), News::Answer("v=0".into(), LegEvent::EarlyMedia));
        }
    }

    #[test]
    fn a_body_of_another_type_is_no_description() {
        let body = Body { content_type: "text/plain".to_owned(), content: "v=0".into() };
        assert_eq!(progress_of(183, Some(body)), News::Nothing);
    }

    #[test]
    fn the_peers_q850_cause_survives() {
        let reason = Some(Reason { protocol: "q.850".to_owned(), cause: 31, text: None });
        let event = UaEvent::Ended { id: ID, by: EndedBy::Remote, reason };
        assert_eq!(read(event), News::Event(LegEvent::HungUp { q850: Some(31) }));
    }
}
