//! Trunks that are tried, one after the other.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use bytes::Bytes;
use media::{CodecKind, PortSpec};
use sip_stack::message::{Header, NameAddr, Uri};
use sip_stack::{Body, CallOptions, Invite, InviteId, Trust};

use super::bridge::Refusal;
use super::ending::Farewell;
use super::{Call, CallState, Ending, LegIndex, Side};
use crate::cause::Cause;
use crate::directory::Trunk;
use crate::ids::SessionId;
use crate::leg::rtc::RtcLeg;
use crate::leg::sip::{Reoffer, Role, SipLeg};
use crate::leg::{LegState, Owner, Signal};
use crate::number::Destination;
use crate::outcome::EndedBy;
use crate::route::{Hop, Progress, Verdict, after_refusal};
use crate::switch::{Context, SipCommand};

/// What is needed to place a call, and the trunks that are left.
pub(crate) struct Dial {
    pub(crate) destination: Destination,
    /// What the callee sees; the trunk's own if `None`.
    pub(crate) caller_id: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) headers: Vec<Header>,
    pub(crate) hops: VecDeque<Hop>,
    /// The one that is tried now, or was tried last.
    pub(crate) current: Option<Hop>,
}

impl Call {
    /// A browser calls: its port is opened first, then trunks are tried.
    pub(crate) fn start_from(
        &mut self,
        context: &mut Context<'_>,
        session: SessionId,
        sdp: String,
        dial: Dial,
    ) {
        let leg = self.add_leg(context, Side::Caller, Signal::Rtc(RtcLeg::new(session)), Owner::Parked);
        self.legs[leg].advance(LegState::Offered);
        self.near = Some(leg);
        self.dial = Some(dial);
        self.emit_initiated(context);
        self.open_browser(context, leg, sdp);
    }

    /// Opens a browser's port, for sound as wide as the call's trunks can play.
    pub(super) fn open_browser(&mut self, context: &mut Context<'_>, leg: LegIndex, offer: String) {
        let hops = self.dial.iter().flat_map(|dial| &dial.hops).map(|hop| &hop.trunk);
        let joined = self.far.and_then(|trunk| self.legs[trunk].sip()).map(|sip| &sip.trunk);
        let trunks = hops.chain(joined).filter_map(|trunk| context.directory.trunks.get(trunk));
        let rates = trunks.flat_map(|trunk| &trunk.codecs).map(|codec| codec.sample_rate());
        let playback_rate = rates.max().unwrap_or(CodecKind::Opus.sample_rate());
        let codecs = context.config.browser_codecs.clone();
        self.open_port(context, leg, PortSpec::WebRtc { offer, codecs, playback_rate });
    }

    /// A program calls for a user: the user's browsers ring first.
    pub(crate) fn originate(&mut self, context: &mut Context<'_>, dial: Dial) {
        self.dial = Some(dial);
        self.emit_initiated(context);
        self.ring_browsers(context, Side::Caller);
    }

    /// Opens a port for the next trunk; its INVITE follows when the offer is there.
    pub(super) fn dial_next(&mut self, context: &mut Context<'_>, last: Ending) {
        let mut ending = last;
        while let Some(hop) = self.dial.as_mut().and_then(|dial| dial.next_hop(context)) {
            let directory = context.directory;
            let Some(trunk) = directory.trunks.get(&hop.trunk) else { continue };
            if trunk.calls_max.is_some_and(|max| context.index.trunk_legs(&trunk.id) >= max) {
                ending = Ending::new(EndedBy::System, Cause::LimitReached);
                continue;
            }
            if let Some(dial) = &mut self.dial {
                dial.current = Some(hop);
            }
            return self.open_trunk(context, trunk);
        }
        self.unreached(context, ending);
    }

    fn open_trunk(&mut self, context: &mut Context<'_>, trunk: &Trunk) {
        let sip = SipLeg {
            trunk: trunk.id.clone(),
            invite: InviteId(context.ids.number()),
            role: Role::Placing,
            // Sound from an unknown host is taken from where the description says only.
            peer: trunk.addresses.first().map_or(Ipv4Addr::UNSPECIFIED.into(), |address| address.ip()),
            dtmf: trunk.dtmf,
            reoffer: Reoffer::None,
        };
        let near = self.near.filter(|_| self.transfer.is_some()).map(|near| self.legs[near].side);
        let leg = self.add_leg(context, near.unwrap_or(Side::Callee), Signal::Sip(sip), Owner::App);
        match &mut self.transfer {
            Some(transfer) => transfer.target = Some(leg),
            None => self.far = Some(leg),
        }
        let (local, codecs) = (context.config.media_ip, trunk.codecs.clone());
        let spec = PortSpec::RtpOffer { local, codecs, dtmf: trunk.dtmf, srtp: trunk.srtp };
        self.open_trunk_port(context, leg, spec, trunk.dtmf_clamp);
    }

    /// The offer for the trunk is there: INVITE.
    pub(super) fn send_invite(&mut self, context: &mut Context<'_>, leg: LegIndex, offer: Bytes) {
        let Some(sip) = self.legs[leg].sip() else { return };
        let (invite, trunk) = (sip.invite, sip.trunk.clone());
        let trunk = context.directory.trunks.get(&trunk);
        let (Some(trunk), Some(dial)) = (trunk, self.dial.as_ref()) else {
            return self.unreached(context, Ending::new(EndedBy::System, Cause::NoRoute));
        };
        let Some(request) = dial.invite(trunk, &self.origin.user, offer) else {
            return self.unreached(context, Ending::new(EndedBy::System, Cause::NoRoute));
        };
        context.sip(SipCommand::Invite(invite, Box::new(request)));
        self.legs[leg].advance(LegState::Offered);
        if let Some(sip) = self.legs[leg].sip_mut() {
            sip.role = Role::Placed;
        }
        self.timers.ring = Some(context.now.instant + context.config.ring_timeout);
    }

    /// A trunk refused: the next one, or the end.
    pub(super) fn try_next(&mut self, context: &mut Context<'_>, leg: LegIndex, refusal: Refusal) {
        let progress = match self.legs[leg].state() {
            LegState::New | LegState::Offered => Progress::Nothing,
            LegState::Ringing => Progress::Rang,
            LegState::Early | LegState::Answered | LegState::Ended => Progress::Heard,
        };
        let verdict = after_refusal(refusal.code, refusal.origin, progress);
        let cause = refusal.cause();
        let ending = Ending::refused(refusal);
        if verdict == Verdict::Stop {
            return self.unreached(context, ending);
        }
        self.timers.ring = None;
        self.end_leg(context, leg, &Self::aside(EndedBy::Callee, cause, CallState::Failed), Farewell::Gone);
        match &mut self.transfer {
            Some(transfer) => transfer.target = None,
            None => self.far = None,
        }
        self.dial_next(context, ending);
    }
}

impl Dial {
    /// The next trunk that is not dead; if all are, the first, unless one was tried already.
    fn next_hop(&mut self, context: &Context<'_>) -> Option<Hop> {
        let alive = |hop: &Hop| !context.health.is_dead(context.now.instant, &hop.trunk);
        let last_resort = || self.current.is_none().then_some(0);
        let place = self.hops.iter().position(alive).or_else(last_resort)?;
        self.hops.remove(place)
    }

    fn invite(&self, trunk: &Trunk, user: &crate::ids::UserId, offer: Bytes) -> Option<Invite> {
        let hop = self.current.as_ref()?;
        let at_trunk = |name: &str| Uri::sip(Some(name), trunk.domain.clone(), trunk.port);
        let uri = match &self.destination {
            Destination::Number(_) => at_trunk(&hop.number),
            Destination::Uri(uri) => (**uri).clone(),
        };
        let caller_id = hop.caller_id.as_deref().unwrap_or(user.as_str());
        let mut from = NameAddr::new(caller(caller_id, &at_trunk));
        from.display = self.display_name.as_deref().map(Into::into);
        Some(Invite {
            uri: uri.clone(),
            target: trunk.target.clone(),
            route: trunk.route.clone(),
            from,
            to: NameAddr::new(uri),
            headers: self.headers.clone(),
            body: Some(Body::sdp(offer)),
            credentials: trunk.credentials.clone(),
            options: CallOptions { trust: Trust::Trusted, ..CallOptions::default() },
        })
    }
}

/// A caller id is a number or name at the trunk, or a SIP URI of its own.
fn caller(caller_id: &str, at_trunk: &impl Fn(&str) -> Uri) -> Uri {
    match Destination::parse(caller_id) {
        Ok(Destination::Uri(uri)) => *uri,
        Ok(Destination::Number(number)) => at_trunk(&number),
        Err(_) => at_trunk(caller_id),
    }
}
